import type { Duplex } from 'node:stream';
import Docker from 'dockerode';
import { DrydockError } from '../errors.ts';
import { engineStatus, sandboxGone, withDeadline } from './engine-errors.ts';
import { QuietAgent } from './quiet-agent.ts';
import { containerName, labels, requireSandboxId, sandboxUser } from './sandbox-container.ts';

export type EngineAddress = { socketPath: string } | { host: string; port: number; protocol: 'http' | 'https' };

/** The part of a pino logger this folder uses. */
export interface HostLogger {
  debug(facts: object, message: string): void;
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

/** Milliseconds an engine may take. Long ones cover a busy disk, not a hung engine. */
export const deadlines = { ping: 4_000, request: 15_000, change: 60_000 } as const;

/** The host's Docker Engine, and the sandboxes of one lab on it. */
export class Engine {
  readonly docker: Docker;
  readonly lab: string;
  readonly logger: HostLogger;
  /** It may be on this machine; one that is reached over TCP is taken for another. */
  readonly isLocalSocket: boolean;

  constructor(address: EngineAddress, lab: string, logger: HostLogger) {
    // A connection kept alive over a restart of the engine would fail the first request after it. `host` and
    // `socketPath` are both given, or dockerode lets DOCKER_HOST of our environment win.
    const agent = new QuietAgent({ keepAlive: false });
    const options: Docker.DockerOptions & { agent?: QuietAgent } =
      'socketPath' in address
        ? { socketPath: address.socketPath, host: undefined, protocol: 'http', agent }
        : address.protocol === 'http'
          ? { ...address, agent }
          : address;
    this.docker = new Docker(options);
    this.lab = lab;
    this.logger = logger;
    this.isLocalSocket = 'socketPath' in address;
  }

  async ping(): Promise<void> {
    await withDeadline('reach its engine', deadlines.ping, () => this.docker.ping());
  }

  /**
   * The sandbox's container, whatever its state, or null when there is none.
   * @throws engine.failed when a container of that name belongs to somebody else
   */
  async find(id: string): Promise<FoundSandbox | null> {
    requireSandboxId(id);
    const name = containerName(this.lab, id);
    return withDeadline('look at the sandbox', deadlines.request, async (abortSignal) => {
      let info: Docker.ContainerInspectInfo;
      try {
        info = await this.docker.getContainer(name).inspect({ abortSignal });
      } catch (error) {
        if (engineStatus(error) === 404) return null;
        throw error;
      }
      // The engine also resolves id prefixes; only the exact name with our labels is ours.
      const own = info.Config.Labels[labels.lab] === this.lab && info.Config.Labels[labels.sandbox] === id;
      if (!own || info.Name !== `/${name}`) {
        throw new DrydockError(
          'engine.failed',
          `There is a container named ${name} on this engine that is not a sandbox of this lab, so Drydock leaves it alone. Whoever runs this Drydock has to rename or remove it.`,
        );
      }
      return { container: this.docker.getContainer(info.Id), info };
    });
  }

  /** @throws sandbox.gone when there is none, or it does not run */
  async requireRunning(id: string): Promise<FoundSandbox> {
    const found = await this.find(id);
    if (found === null || !found.info.State.Running || found.info.State.Paused) throw sandboxGone(id);
    return found;
  }

  /**
   * Starts a program in the running sandbox's container, as uid 1000 of the *outer* container.
   * @throws sandbox.gone
   */
  async startExec(
    id: string,
    argv: readonly string[],
    options: { stdin: boolean },
  ): Promise<{ exec: Docker.Exec; socket: Duplex }> {
    const { container } = await this.requireRunning(id);
    return withDeadline('run a program in the sandbox', deadlines.request, async (abortSignal) => {
      try {
        const exec = await container.exec({
          Cmd: [...argv],
          User: sandboxUser,
          AttachStdin: options.stdin,
          AttachStdout: true,
          AttachStderr: true,
          Tty: false,
          abortSignal,
        });
        const socket = await exec.start({ hijack: true, stdin: options.stdin, Tty: false, abortSignal });
        return { exec, socket };
      } catch (error) {
        // It stopped between our look at it and the exec.
        const status = engineStatus(error);
        if (status === 404 || status === 409) throw sandboxGone(id, error);
        // While it is being removed, engines say that with a status of their own fault.
        const found = await this.find(id).catch(() => undefined);
        if (found === null || found?.info.State.Running === false) throw sandboxGone(id, error);
        throw error;
      }
    });
  }
}

export interface FoundSandbox {
  container: Docker.Container;
  info: Docker.ContainerInspectInfo;
}
