import { randomUUID } from 'node:crypto';
import { PassThrough, type Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type Docker from 'dockerode';
import { DrydockError, errorForLog } from '../errors.ts';
import { deadlines, type Engine } from './engine.ts';
import { engineStatus, printable, toEngineError, withDeadline } from './engine-errors.ts';

/** What the lab's registry is called on the engine. */
export interface RegistryNames {
  container: string;
  storageVolume: string;
  /** Holds nothing but `registry.sock`; sandboxes mount it read-only. */
  socketVolume: string;
}

function registryNames(lab: string): RegistryNames {
  const container = `drydock-${lab}-registry`;
  return { container, storageVolume: container, socketVolume: `${container}-socket` };
}

/** Roles of the lab's own containers and volumes; never together with the label of a sandbox. */
const roleLabel = 'drydock.role';

/** Tells a volume from one of the same name that was made after it was removed. */
const identityLabel = 'drydock.identity';

/** Copying a big image takes minutes on a slow disk. */
const fillDeadline = 30 * 60_000;

/** The parts of the registry on the engine; `server/registry` decides when. */
export class RegistryContainers {
  readonly names: RegistryNames;
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.names = registryNames(engine.lab);
  }

  /** Makes both volumes where they are missing. @returns what identifies this storage: a new volume is empty */
  async ensureVolumes(): Promise<string> {
    await this.#ensureVolume(this.names.socketVolume);
    return this.#ensureVolume(this.names.storageVolume);
  }

  /** The id of the image the serving container was made from and whether it runs; null: there is none. */
  async findServing(): Promise<{ imageId: string; running: boolean } | null> {
    return withDeadline('look at the registry', deadlines.request, async (abortSignal) => {
      try {
        const info = await this.#serving().inspect({ abortSignal });
        this.#requireOwn(info.Config.Labels, `container ${this.names.container}`);
        return { imageId: info.Image, running: info.State.Running && !info.State.Restarting };
      } catch (error) {
        if (engineStatus(error) === 404) return null;
        throw error;
      }
    });
  }

  /**
   * Makes and starts the serving container, in place of one that is there. It can do nothing but read its
   * storage and answer on its socket: no network, no capability, read-only root, storage mounted read-only.
   */
  async serve(imageId: string): Promise<void> {
    await this.removeServing();
    await withDeadline('start the registry', deadlines.change, async (abortSignal) => {
      const container = await this.#engine.docker.createContainer({
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
      await container.start({ abortSignal });
    });
  }

  /** Starts the serving container that is there, stopped. */
  async startServing(): Promise<void> {
    await withDeadline('start the registry', deadlines.change, async (abortSignal) => {
      await this.#serving().start({ abortSignal });
    });
  }

  /** True once the socket is there. */
  async socketIsThere(): Promise<boolean> {
    return withDeadline('look at the registry', deadlines.request, async () => {
      const exec = await this.#serving().exec({ Cmd: ['test', '-S', '/run/drydock-registry/registry.sock'] });
      await exec.start({ Detach: true });
      for (;;) {
        const state = await exec.inspect();
        if (!state.Running && state.ExitCode !== null) return state.ExitCode === 0;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    });
  }

  async removeServing(): Promise<void> {
    if ((await this.findServing()) === null) return;
    await withDeadline('remove the registry', deadlines.change, async (abortSignal) => {
      try {
        await this.#serving().remove({ force: true, v: true, abortSignal });
      } catch (error) {
        if (engineStatus(error) !== 404) throw error;
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

  /**
   * Publishes an image under names of the form `library/busybox:latest`, in a container of its own that alone
   * may write to the storage and that ends afterwards.
   * @param archive the tar of `docker save`
   * @throws engine.failed with what the copying program said
   */
  async fill(imageId: string, archive: Readable, names: string[], onLine: (line: string) => void): Promise<void> {
    const doing = 'put an image into the registry';
    let container: Docker.Container | null = null;
    try {
      container = await this.#engine.docker.createContainer({
        Image: imageId,
        Cmd: ['fill', ...names],
        Labels: { ...this.#labels(), [roleLabel]: 'registry-filler' },
        OpenStdin: true,
        StdinOnce: true,
        AttachStdin: true,
        AttachStdout: true,
        AttachStderr: true,
        HostConfig: {
          ...confined,
          PidsLimit: 256,
          Mounts: [
            { Type: 'volume', Source: this.names.storageVolume, Target: '/var/lib/registry' },
            // Anonymous, so it goes with the container: the archive is too big for memory.
            { Type: 'volume', Source: '', Target: '/work' },
          ],
        },
      });
      const filler = container;
      await withDeadline(doing, fillDeadline, async () => this.#runFiller(filler, archive, onLine));
    } catch (error) {
      archive.destroy();
      throw toEngineError(error, doing);
    } finally {
      await container?.remove({ force: true, v: true }).catch((error: unknown) => {
        this.#engine.logger.warn(errorForLog(error), 'a registry filler stays');
      });
    }
  }

  async #runFiller(container: Docker.Container, archive: Readable, onLine: (line: string) => void): Promise<void> {
    const socket = await container.attach({ stream: true, hijack: true, stdin: true, stdout: true, stderr: true });
    const output = new PassThrough();
    this.#engine.docker.modem.demuxStream(socket, output, output);
    let said = '';
    output.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString('utf8')).slice(-4096);
      for (const line of chunk.toString('utf8').split('\n')) if (line.trim() !== '') onLine(printable(line));
    });
    const ended = container.wait({ condition: 'next-exit' }) as Promise<{ StatusCode: number }>;
    await container.start();
    archive.pipe(socket);
    // When the filler dies, its exit code tells more than the broken stream.
    const sent = finished(archive, { writable: false }).then(
      () => null,
      (error: unknown) => error,
    );
    socket.on('error', () => archive.destroy());
    const { StatusCode } = await ended;
    if (StatusCode !== 0) {
      throw new DrydockError(
        'engine.failed',
        `Drydock could not put an image into its registry. The copying program says: ${printable(said, 600)}`,
        { details: { exitCode: StatusCode } },
      );
    }
    const broken = await sent;
    if (broken !== null) throw broken;
  }

  async #ensureVolume(name: string): Promise<string> {
    return withDeadline('make the disk of the registry', deadlines.request, async (abortSignal) => {
      // Creating what exists changes nothing, so an existing volume keeps its identity. (`CreatedAt` would not do:
      // the engine takes it from the folder, and it moves with what is written.)
      const Labels = { ...this.#labels(), [identityLabel]: randomUUID() };
      await this.#engine.docker.createVolume({ Name: name, Labels, abortSignal });
      const info = await this.#engine.docker.getVolume(name).inspect({ abortSignal });
      this.#requireOwn(info.Labels, `volume ${name}`);
      return info.Labels[identityLabel] ?? '';
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

const confined = {
  NetworkMode: 'none',
  CapDrop: ['ALL'],
  SecurityOpt: ['no-new-privileges'],
  ReadonlyRootfs: true,
  Init: true,
};
