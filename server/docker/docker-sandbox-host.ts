import type { Duplex, Readable } from 'node:stream';
import type { SandboxUse } from '../../protocol/sandbox.ts';
import type { Disposable } from '../disposable.ts';
import { DrydockError, errorForLog } from '../errors.ts';
import { putArchive } from './archive.ts';
import { chooseDisks, type DiskOptions, removeProbes } from './choose-disks.ts';
import { guardDisks } from './disk-guard.ts';
import { closeEgress, openEgress, sweepEgress } from './egress.ts';
import { deadlines, Engine, type EngineAddress, type FoundSandbox, type HostLogger } from './engine.ts';
import { engineStatus, sandboxGone, withDeadline } from './engine-errors.ts';
import { describeEngine, readEngineSurroundings } from './engine-facts.ts';
import { startExecSession } from './exec-session.ts';
import { watchHost } from './host-events.ts';
import { pingDaemon } from './ping-daemon.ts';
import { noContainer, readHome } from './read-home.ts';
import { dialDaemon, dialPort } from './relay.ts';
import {
  type Confinement,
  cpuShares,
  createOptions,
  labels,
  requireLabId,
  requireSandboxId,
  specHash,
} from './sandbox-container.ts';
import type { SandboxDisks } from './sandbox-disks.ts';
import type {
  ExecSession,
  ExecSpec,
  HostDescription,
  HostEvent,
  SandboxEnd,
  SandboxHost,
  SandboxRecord,
  SandboxSpec,
  StartStage,
  TerminalConnection,
  TerminalSpec,
} from './sandbox-host.ts';
import { endOf, recordOf } from './sandbox-record.ts';
import { removeContainer } from './sandbox-removal.ts';
import { pauseSandbox, startSandbox, stopSandbox } from './sandbox-start.ts';
import { measureSandbox } from './sandbox-use.ts';
import { sandboxesWithVolumes, usedByVolumes } from './sandbox-volumes.ts';
import { attachTerminal } from './terminal-connection.ts';
import { Turns } from './turns.ts';

export interface DockerSandboxHostOptions {
  engine: EngineAddress;
  /** `[a-z0-9-]{1,31}`. Labs of different ids on one engine do not see each other's sandboxes. */
  lab: string;
  /** Sent inline with every container; see `server/sandbox/seccomp`. */
  seccompProfile: object;
  /** An AppArmor profile for sandboxes, used where the engine knows AppArmor; it must be loaded there. */
  apparmorProfile?: string | null;
  /** How sandboxes' disks are limited; null: they are plain volumes, and watched. */
  disks?: DiskOptions | null;
  /** IPv4 network for sandboxes that reach the internet, such as `10.213.0.0/16`; null: none does. */
  egressRange?: string | null;
  logger: HostLogger;
}

/** Sandboxes on a Docker Engine. Nothing is asked of the engine yet. @throws config.invalid */
export function createDockerSandboxHost(options: DockerSandboxHostOptions): SandboxHost {
  requireLabId(options.lab);
  return new DockerSandboxHost(new Engine(options.engine, options.lab, options.logger), options);
}

/** What only the engine can tell, asked once. */
interface Means {
  disks: SandboxDisks;
  confinement: Confinement;
}

class DockerSandboxHost implements SandboxHost {
  readonly #engine: Engine;
  readonly #options: DockerSandboxHostOptions;
  #means: Promise<Means> | null = null;
  /** Sandboxes whose volumes may be there before their container is. */
  readonly #making = new Map<string, number>();
  readonly #egressTurns = new Turns();

  constructor(engine: Engine, options: DockerSandboxHostOptions) {
    this.#engine = engine;
    this.#options = options;
  }

  async describe(): Promise<HostDescription> {
    const description = await describeEngine(this.#engine);
    const { disks } = await this.#findMeans();
    const diskLimit = { kind: disks.kind, reason: disks.reason };
    return { ...description, diskLimit, diskFree: await disks.free() };
  }

  async specOf(spec: Pick<SandboxSpec, 'image' | 'limits' | 'registryVolume'>): Promise<string> {
    const { disks, confinement } = await this.#findMeans();
    return specHash(spec, confinement, disks.kind);
  }

  async make(spec: SandboxSpec): Promise<void> {
    const { id } = spec;
    requireSandboxId(id);
    this.#making.set(id, (this.#making.get(id) ?? 0) + 1);
    try {
      await this.#make(spec);
    } finally {
      const others = (this.#making.get(id) ?? 1) - 1;
      if (others === 0) this.#making.delete(id);
      else this.#making.set(id, others);
    }
  }

  async start(id: string, options: { timeoutMs: number; onStage?: (stage: StartStage) => void }): Promise<void> {
    await startSandbox(this.#engine, id, {
      ...options,
      ping: async () => pingDaemon(await this.dialDaemon(id)),
      attachDisks: async () => (await this.#findMeans()).disks.attach(id),
    });
  }

  async stop(id: string, options: { graceSeconds: number }): Promise<void> {
    await stopSandbox(this.#engine, id, options.graceSeconds);
    // Its gate has ended with it; what stays is a network.
    await closeEgress(this.#engine, id).catch((error: unknown) => {
      this.#engine.logger.warn(errorForLog(error), 'the network of a stopped sandbox stays until the next start');
    });
  }

  async pause(id: string): Promise<void> {
    await pauseSandbox(this.#engine, id);
  }

  async setPriority(id: string, priority: 'normal' | 'background'): Promise<void> {
    const found = await this.#require(id);
    await withDeadline('change the priority of the sandbox', deadlines.request, async (abortSignal) => {
      await found.container.update({ CpuShares: cpuShares[priority], abortSignal });
    });
  }

  async setEgress(id: string, egress: 'none' | 'internet'): Promise<void> {
    const range = this.#options.egressRange ?? null;
    if (range === null) {
      if (egress === 'none') return;
      throw new DrydockError('egress.unavailable', 'This lab has no way to the internet for its sandboxes.');
    }
    await this.#egressTurns.take(id, async () => {
      if (egress === 'none') await closeEgress(this.#engine, id);
      else await openEgress(this.#engine, id, { range });
    });
  }

  measure(
    id: string,
    options: { intervalMs: number; onUse: (use: SandboxUse) => void; onEnd: () => void },
  ): Disposable {
    return measureSandbox(this.#engine, id, options);
  }

  async diskUse(): Promise<Map<string, number>> {
    return usedByVolumes(this.#engine);
  }

  async readHome(id: string): Promise<Readable> {
    const found = await this.#engine.find(id);
    const { disks } = await this.#findMeans();
    if (found === null) throw await noContainer(this.#engine, id, await disks.found());
    return readHome(found, () => disks.attach(id));
  }

  async remove(id: string, options: { keepHome: boolean }): Promise<void> {
    await removeContainer(this.#engine, id);
    await this.setEgress(id, 'none');
    await (await this.#findMeans()).disks.remove(id, options);
  }

  async sweep(keep: Iterable<string>, only?: ReadonlySet<string>): Promise<string[]> {
    await sweepEgress(this.#engine);
    await removeProbes(this.#engine);
    const { disks } = await this.#findMeans();
    const kept = new Set(keep);
    const ids = new Set([...(await sandboxesWithVolumes(this.#engine)), ...(await disks.found())]);
    // Looked at after the volumes: a container that was being made meanwhile is there by now, or in the making.
    for (const record of await this.list()) kept.add(record.id);
    const removed: string[] = [];
    for (const id of ids) {
      if (kept.has(id) || this.#making.has(id) || only?.has(id) === false) continue;
      await this.remove(id, { keepHome: false });
      removed.push(id);
    }
    return removed;
  }

  async list(): Promise<SandboxRecord[]> {
    const engine = this.#engine;
    return withDeadline('list the sandboxes', deadlines.request, async (abortSignal) => {
      const filters = { label: [`${labels.lab}=${engine.lab}`, labels.sandbox] };
      const containers = await engine.docker.listContainers({ all: true, filters, abortSignal });
      return containers.flatMap((container) => recordOf(engine.lab, container) ?? []);
    });
  }

  async endOf(id: string): Promise<SandboxEnd | null> {
    const found = await this.#engine.find(id);
    return found === null ? null : endOf(found.info.State);
  }

  async exec(id: string, spec: ExecSpec): Promise<ExecSession> {
    return startExecSession(this.#engine, id, spec);
  }

  async attachTerminal(id: string, spec: TerminalSpec): Promise<TerminalConnection> {
    return attachTerminal(this.#engine, id, spec);
  }

  async dialDaemon(id: string): Promise<Duplex> {
    return dialDaemon(this.#engine, id);
  }

  async dialPort(id: string, port: number): Promise<Duplex> {
    return dialPort(this.#engine, id, port);
  }

  async putArchive(id: string, path: string, tar: Readable): Promise<void> {
    await putArchive(this.#engine, id, path, tar);
  }

  watch(listener: (event: HostEvent) => void, signal: AbortSignal): void {
    watchHost(this.#engine, listener, signal);
    guardDisks(this.#engine, async () => (await this.#findMeans()).disks, signal);
  }

  async #make(spec: SandboxSpec): Promise<void> {
    const engine = this.#engine;
    const { disks, confinement } = await this.#findMeans();
    const hash = specHash(spec, confinement, disks.kind);
    const found = await engine.find(spec.id);
    if (found?.info.State.Running === true) return;
    // Also where a container is: what a power cut took of its disks is made anew.
    const copying = await disks.make(spec);
    if (found !== null) {
      if (found.info.Config.Labels[labels.spec] === hash && found.info.State.Status !== 'dead') return;
      await removeContainer(engine, spec.id);
    }
    await withDeadline('make the sandbox', deadlines.change, async (abortSignal) => {
      const options = createOptions(engine.lab, spec, confinement, copying);
      try {
        const Labels = { ...options.Labels, [labels.spec]: hash };
        await engine.docker.createContainer({ ...options, Labels, abortSignal });
      } catch (error) {
        // Made by a call at the same time; `find` refuses one that is not ours.
        if (engineStatus(error) === 409 && (await engine.find(spec.id)) !== null) return;
        throw error;
      }
    });
  }

  async #findMeans(): Promise<Means> {
    this.#means ??= this.#lookForMeans();
    const means = this.#means;
    try {
      return await means;
    } catch (error) {
      // The engine was away: asked again the next time.
      if (this.#means === means) this.#means = null;
      throw error;
    }
  }

  async #lookForMeans(): Promise<Means> {
    const { seccompProfile, apparmorProfile = null, disks = null } = this.#options;
    const usable =
      apparmorProfile !== null && (await readEngineSurroundings(this.#engine)).security.includes('apparmor');
    return {
      disks: await chooseDisks(this.#engine, disks),
      confinement: { seccompProfile, apparmorProfile: usable ? apparmorProfile : null },
    };
  }

  async #require(id: string): Promise<FoundSandbox> {
    const found = await this.#engine.find(id);
    if (found === null) throw sandboxGone(id);
    return found;
  }
}
