import type Docker from 'dockerode';
import { DrydockError } from '../errors.ts';
import { runProgram, startProgram } from './container-program.ts';
import { deadlines, type Engine, type HostLogger } from './engine.ts';
import { engineStatus, withDeadline } from './engine-errors.ts';
import { confined, RegistryFiller } from './registry-filler.ts';

/** What the lab's registry is called on the engine. */
export interface RegistryNames {
  container: string;
  /** The container that may write, while there is one. */
  filler: string;
  storageVolume: string;
  /** Holds nothing but `registry.sock` and `words`; sandboxes mount it read-only. */
  socketVolume: string;
}

function registryNames(lab: string): RegistryNames {
  const container = `drydock-${lab}-registry`;
  return { container, filler: `${container}-filler`, storageVolume: container, socketVolume: `${container}-socket` };
}

/** Roles of the lab's own containers and volumes; never together with the label of a sandbox. */
const roleLabel = 'drydock.role';

/**
 * What the programs of a serving container are asked and answer: raised by who changes either, so that a Drydock does not
 * talk to one that it would misunderstand.
 */
const protocol = 1;
const protocolLabel = 'drydock.registry-protocol';

export interface ServingContainer {
  id: string;
  /** Of the image it was made from. */
  imageId: string;
  running: boolean;
  /** Somebody froze it (`docker pause`). */
  paused: boolean;
  /** Whether the Drydock that made it is as new as this one as far as both talk to it. */
  protocol: 'same' | 'older' | 'newer';
}

/** The parts of the registry on the engine; `server/registry` decides when. */
export class RegistryContainers {
  readonly names: RegistryNames;
  readonly logger: HostLogger;
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.logger = engine.logger;
    this.names = registryNames(engine.lab);
  }

  /** Makes both volumes where they are missing. */
  async ensureVolumes(): Promise<void> {
    await this.#ensureVolume(this.names.socketVolume);
    await this.#ensureVolume(this.names.storageVolume);
  }

  /** null: there is none. */
  async findServing(): Promise<ServingContainer | null> {
    return withDeadline('look at the registry', deadlines.request, async (abortSignal) => {
      try {
        const info = await this.#serving().inspect({ abortSignal });
        this.#requireOwn(info.Config.Labels, `container ${this.names.container}`);
        const { Running: runs, Restarting: restarts, Paused: paused } = info.State;
        const spoken = Number(info.Config.Labels[protocolLabel] ?? 0);
        return {
          id: info.Id,
          imageId: info.Image,
          running: runs && !restarts && !paused,
          paused,
          protocol: spoken === protocol ? 'same' : spoken > protocol ? 'newer' : 'older',
        };
      } catch (error) {
        if (engineStatus(error) === 404) return null;
        throw error;
      }
    });
  }

  /**
   * Makes the serving container where there is none, and starts it. It can do nothing but read its storage and answer on
   * its socket: no network, no capability, read-only root, storage mounted read-only.
   */
  async serve(imageId: string): Promise<void> {
    await withDeadline('start the registry', deadlines.change, async (abortSignal) => {
      await this.#create({
        name: this.names.container,
        Image: imageId,
        Cmd: ['serve'],
        Labels: { ...this.#labels(), [protocolLabel]: String(protocol) },
        HostConfig: {
          ...confined,
          Memory: 512 * 2 ** 20,
          PidsLimit: 256,
          RestartPolicy: { Name: 'unless-stopped' },
          LogConfig: { Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '1' } },
          Mounts: [
            { Type: 'volume', Source: this.names.storageVolume, Target: '/var/lib/registry', ReadOnly: true },
            { Type: 'volume', Source: this.names.socketVolume, Target: '/run/drydock-registry' },
          ],
        },
        abortSignal,
      });
    });
    await this.#start();
  }

  async #create(options: Docker.ContainerCreateOptions): Promise<void> {
    try {
      await this.#engine.docker.createContainer(options);
    } catch (error) {
      if (engineStatus(error) !== 409) throw error;
    }
  }

  async #start(): Promise<void> {
    await withDeadline('start the registry', deadlines.change, async (abortSignal) => {
      try {
        await this.#serving().start({ abortSignal });
      } catch (error) {
        // It runs, or another process is just making it: the engine gives away the name before there is a container.
        const status = engineStatus(error);
        if (status !== 304 && status !== 404) throw error;
      }
    });
  }

  /** Lets the serving container go on that somebody paused. */
  async resume(): Promise<void> {
    await withDeadline('start the registry', deadlines.change, async (abortSignal) => {
      try {
        await this.#serving().unpause({ abortSignal });
      } catch (error) {
        // Gone, or somebody was quicker.
        const status = engineStatus(error);
        if (status !== 404 && status !== 409 && status !== 500) throw error;
      }
    });
  }

  /**
   * Runs one of `drydock-registry`'s programs beside the one that serves, which sees the storage and cannot write to it.
   * @throws registry.failed, host.disk-full, engine.*
   */
  async runInServing(doing: string, argv: string[], input: Buffer | string = ''): Promise<Buffer> {
    return runProgram(this.#serving(), ['drydock-registry', ...argv], { doing, input });
  }

  /** True when the registry answers a request within some seconds; a socket alone may be left from before. */
  async answers(): Promise<boolean> {
    const socket = '/run/drydock-registry/registry.sock';
    const request = 'GET /v2/ HTTP/1.0\\r\\n\\r\\n';
    const ask = `alarm 10; my $s = IO::Socket::UNIX->new('${socket}') or exit 1; syswrite $s, "${request}"; exit !sysread $s, my $answer, 1`;
    const doing = 'look at the registry';
    try {
      const program = await startProgram(this.#serving(), ['perl', '-MIO::Socket::UNIX', '-e', ask], { doing });
      program.stdout.resume();
      // Nothing in a container that is frozen ends by itself.
      const timer = setTimeout(() => program.destroy(), 15_000);
      await program.ended.finally(() => clearTimeout(timer));
      return true;
    } catch (error) {
      // engine.failed: it has just ended.
      if (error instanceof DrydockError && error.code !== 'engine.unreachable') return false;
      throw error;
    }
  }

  /** @param patience how long another filler of this lab is waited for, in milliseconds. @throws image.busy, engine.* */
  async openFiller(
    imageId: string,
    options: { patience: number; signal?: AbortSignal | undefined; onWait?: () => void },
  ): Promise<RegistryFiller> {
    const { filler: name, storageVolume } = this.names;
    const labels = { ...this.#labels(), [roleLabel]: 'registry-filler' };
    return RegistryFiller.open(this.#engine, { name, labels, imageId, storageVolume }, options);
  }

  async removeServing(): Promise<void> {
    const found = await this.findServing();
    if (found === null) return;
    await withDeadline('remove the registry', deadlines.change, async (abortSignal) => {
      try {
        // By its id: another process may have put a new one in its place.
        await this.#engine.docker.getContainer(found.id).remove({ force: true, v: true, abortSignal });
      } catch (error) {
        const status = engineStatus(error);
        if (status !== 404 && status !== 409) throw error;
      }
    });
  }

  /** Removes everything of the registry, with all published images. */
  async removeAll(): Promise<void> {
    await this.removeServing();
    for (const name of [this.names.storageVolume, this.names.socketVolume]) {
      await withDeadline('remove the registry', deadlines.change, async (abortSignal) => {
        try {
          const volume = this.#engine.docker.getVolume(name);
          this.#requireOwn((await volume.inspect({ abortSignal })).Labels, `volume ${name}`);
          await volume.remove({ abortSignal });
        } catch (error) {
          if (engineStatus(error) !== 404) throw error;
        }
      });
    }
  }

  async #ensureVolume(name: string): Promise<void> {
    await withDeadline('make the disk of the registry', deadlines.request, async (abortSignal) => {
      // Creating what exists changes nothing.
      await this.#engine.docker.createVolume({ Name: name, Labels: this.#labels(), abortSignal });
      const info = await this.#engine.docker.getVolume(name).inspect({ abortSignal });
      this.#requireOwn(info.Labels, `volume ${name}`);
    });
  }

  #serving(): Docker.Container {
    return this.#engine.docker.getContainer(this.names.container);
  }

  #labels(): Record<string, string> {
    return { 'drydock.lab': this.#engine.lab, [roleLabel]: 'registry' };
  }

  #requireOwn(labels: Record<string, string> | null | undefined, what: string): void {
    if (labels?.['drydock.lab'] === this.#engine.lab && labels[roleLabel] === 'registry') return;
    throw new DrydockError(
      'engine.failed',
      `There is a ${what} on this engine that does not belong to this lab, so Drydock leaves it alone. Whoever runs this Drydock has to rename or remove it.`,
    );
  }
}
