import type { Duplex, Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { DrydockError } from '../errors.ts';
import { getArchive, putArchive } from './archive.ts';
import { deadlines, Engine, type EngineAddress, type HostLogger } from './engine.ts';
import { engineStatus, withDeadline } from './engine-errors.ts';
import { startExecSession } from './exec-session.ts';
import { watchHost } from './host-events.ts';
import { pingDaemon } from './ping-daemon.ts';
import { dialDaemon, dialPort } from './relay.ts';
import {
  containerName,
  createOptions,
  labels,
  requireLabId,
  requireSandboxId,
  volumeNames,
} from './sandbox-container.ts';
import type {
  ExecSession,
  ExecSpec,
  HostDescription,
  HostEvent,
  SandboxHost,
  SandboxRecord,
  SandboxSpec,
  StartStage,
  TerminalConnection,
  TerminalSpec,
} from './sandbox-host.ts';
import { startSandbox, stopSandbox } from './sandbox-start.ts';
import { makeVolume, removeVolume } from './sandbox-volumes.ts';
import { attachTerminal } from './terminal-connection.ts';

export interface DockerSandboxHostOptions {
  engine: EngineAddress;
  /** `[a-z0-9-]{1,31}`. Labs of different ids on one engine do not see each other's sandboxes. */
  lab: string;
  /** Sent inline with every container; see `server/sandbox/seccomp`. */
  seccompProfile: object;
  logger: HostLogger;
}

/** Sandboxes on a Docker Engine. Nothing is asked of the engine yet. @throws config.invalid */
export function createDockerSandboxHost(options: DockerSandboxHostOptions): SandboxHost {
  requireLabId(options.lab);
  return new DockerSandboxHost(new Engine(options.engine, options.lab, options.logger), options.seccompProfile);
}

class DockerSandboxHost implements SandboxHost {
  readonly #engine: Engine;
  readonly #seccompProfile: object;

  constructor(engine: Engine, seccompProfile: object) {
    this.#engine = engine;
    this.#seccompProfile = seccompProfile;
  }

  async describe(): Promise<HostDescription> {
    const { docker } = this.#engine;
    return withDeadline('look at the engine', deadlines.ping, async () => {
      const [info, version] = await Promise.all([docker.info() as Promise<Record<string, unknown>>, docker.version()]);
      const options = info.SecurityOptions;
      return {
        engineVersion: version.Version,
        apiVersion: version.ApiVersion,
        cgroupVersion: info.CgroupVersion === '2' ? '2' : '1',
        operatingSystem: text(info.OperatingSystem),
        kernel: text(info.KernelVersion),
        cpus: number(info.NCPU),
        memory: number(info.MemTotal),
        securityOptions: Array.isArray(options) ? options.map(String) : [],
      };
    });
  }

  async make(spec: SandboxSpec): Promise<void> {
    const engine = this.#engine;
    requireSandboxId(spec.id);
    if ((await engine.find(spec.id)) !== null) return;
    const volumes = volumeNames(engine.lab, spec.id);
    await makeVolume(engine, volumes.docker, spec);
    await makeVolume(engine, volumes.home, spec);
    await withDeadline('make the sandbox', deadlines.change, async (abortSignal) => {
      const options = createOptions(engine.lab, spec, this.#seccompProfile);
      try {
        await engine.docker.createContainer({ ...options, abortSignal });
      } catch (error) {
        // Made by a call at the same time; `find` refuses one that is not ours.
        if (engineStatus(error) === 409 && (await engine.find(spec.id)) !== null) return;
        throw error;
      }
    });
  }

  async start(id: string, options: { timeoutMs: number; onStage?: (stage: StartStage) => void }): Promise<void> {
    await startSandbox(this.#engine, id, options, async () => pingDaemon(await this.dialDaemon(id)));
  }

  async stop(id: string, options: { graceSeconds: number }): Promise<void> {
    await stopSandbox(this.#engine, id, options.graceSeconds);
  }

  async remove(id: string, options: { keepHome: boolean }): Promise<void> {
    const engine = this.#engine;
    const found = await engine.find(id);
    if (found !== null) {
      await withDeadline('remove the sandbox', deadlines.change, async (abortSignal) => {
        try {
          await found.container.remove({ force: true, abortSignal });
        } catch (error) {
          // 409: another call is removing it already.
          if (engineStatus(error) !== 404 && engineStatus(error) !== 409) throw error;
        }
      });
      await this.#waitUntilRemoved(id);
    }
    const volumes = volumeNames(engine.lab, id);
    await removeVolume(engine, volumes.docker, id);
    if (!options.keepHome) await removeVolume(engine, volumes.home, id);
  }

  async list(): Promise<SandboxRecord[]> {
    const engine = this.#engine;
    return withDeadline('list the sandboxes', deadlines.request, async (abortSignal) => {
      const filters = { label: [`${labels.lab}=${engine.lab}`, labels.sandbox] };
      const containers = await engine.docker.listContainers({ all: true, filters, abortSignal });
      return containers.flatMap((container) => {
        const id = container.Labels[labels.sandbox];
        if (id === undefined || !container.Names.includes(`/${containerName(engine.lab, id)}`)) return [];
        return [recordOf(id, container)];
      });
    });
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

  async getArchive(id: string, path: string): Promise<Readable> {
    return getArchive(this.#engine, id, path);
  }

  async putArchive(id: string, path: string, tar: Readable): Promise<void> {
    await putArchive(this.#engine, id, path, tar);
  }

  watch(listener: (event: HostEvent) => void, signal: AbortSignal): void {
    watchHost(this.#engine, listener, signal);
  }

  /** Its volumes are in use until the container is really gone. */
  async #waitUntilRemoved(id: string): Promise<void> {
    const giveUpAt = Date.now() + deadlines.change;
    while ((await this.#engine.find(id)) !== null) {
      if (Date.now() > giveUpAt) {
        throw new DrydockError(
          'engine.failed',
          'The Docker Engine does not get done with removing the sandbox. Try again in a minute.',
        );
      }
      await sleep(200);
    }
  }
}

function recordOf(id: string, container: Docker.ContainerInfo): SandboxRecord {
  return {
    id,
    learner: container.Labels[labels.learner] ?? null,
    state: stateOf(container.State),
    createdAt: container.Created * 1000,
    imageId: container.ImageID,
  };
}

function stateOf(state: string): SandboxRecord['state'] {
  switch (state) {
    case 'created':
    case 'running':
    case 'paused':
    case 'exited':
      return state;
    case 'restarting':
      return 'running';
    default:
      // 'removing' and 'dead': of no use any more.
      return 'dead';
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
