import type Docker from 'dockerode';
import { DrydockError } from '../errors.ts';
import { runProgram } from './container-program.ts';
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

  /** The serving container, the id of the image it was made from, and whether it runs; null: there is none. */
  async findServing(): Promise<{ id: string; imageId: string; running: boolean } | null> {
    return withDeadline('look at the registry', deadlines.request, async (abortSignal) => {
      try {
        const info = await this.#serving().inspect({ abortSignal });
        this.#requireOwn(info.Config.Labels, `container ${this.names.container}`);
        return { id: info.Id, imageId: info.Image, running: info.State.Running && !info.State.Restarting };
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
        Labels: this.#labels(),
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

  /**
   * Runs one of `drydock-registry`'s programs beside the one that serves, which sees the storage and cannot write to it.
   * @throws registry.failed, host.disk-full, engine.*
   */
  async runInServing(doing: string, argv: string[], input: Buffer | string = ''): Promise<Buffer> {
    return runProgram(this.#serving(), ['drydock-registry', ...argv], { doing, input });
  }

  /** True once the registry takes connections; a socket alone may be left from before. */
  async answers(): Promise<boolean> {
    const socket = '/run/drydock-registry/registry.sock';
    const argv = ['perl', '-MIO::Socket::UNIX', '-e', `exit !IO::Socket::UNIX->new('${socket}')`];
    const doing = 'look at the registry';
    return runProgram(this.#serving(), argv, { doing }).then(
      () => true,
      (error: unknown) => {
        // engine.failed: it has just ended.
        if (error instanceof DrydockError && error.code !== 'engine.unreachable') return false;
        throw error;
      },
    );
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
