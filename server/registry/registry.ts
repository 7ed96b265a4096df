import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ImageBuilder } from '../docker/image-builder.ts';
import type { RegistryContainers } from '../docker/registry-containers.ts';
import { DrydockError } from '../errors.ts';
import { mirrorName } from '../images/catalogue.ts';
import { readPublished, writePublished } from './published-record.ts';

export interface RegistryOptions {
  containers: RegistryContainers;
  images: ImageBuilder;
  /** Reference of the image made from `images/registry`. */
  image: string;
  dataDir: string;
}

/** How long a registry may take from its start to its socket, in milliseconds. */
const startPatience = 15_000;

/**
 * The registry that serves the lab's images to sandboxes, read-only, over a unix socket. Two containers: one
 * serves and cannot write, the other writes one image and ends; neither has a network.
 */
export class Registry {
  readonly #options: RegistryOptions;
  readonly #recordFile: string;
  /** One image after the other: they share the storage and the record. */
  #publishing: Promise<void> = Promise.resolve();

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.#recordFile = join(options.dataDir, 'registry.json');
  }

  /** Name of the volume with the socket, to be mounted read-only into sandboxes. */
  get socketVolume(): string {
    return this.#options.containers.names.socketVolume;
  }

  /** True when the serving container runs and is of the right image. */
  async isServing(): Promise<boolean> {
    const { containers, images, image } = this.#options;
    const [serving, wanted] = await Promise.all([containers.findServing(), images.find(image)]);
    return serving?.running === true && serving.imageId === wanted?.id;
  }

  /**
   * Makes the registry serve, whatever state it is in; does nothing when it does already.
   * @throws sandbox.image-missing when its image is not there, engine.failed when it does not come up
   */
  async ensure(): Promise<void> {
    const { containers, images, image } = this.#options;
    const [serving, wanted] = await Promise.all([containers.findServing(), images.find(image)]);
    if (wanted === null) {
      throw new DrydockError(
        'sandbox.image-missing',
        'The image of the registry is not on this server. `npm start` builds it.',
      );
    }
    if (serving?.running === true && serving.imageId === wanted.id) return;
    await containers.ensureVolumes();
    if (serving !== null && serving.imageId === wanted.id) await containers.startServing();
    else await containers.serve(wanted.id);
    await this.#waitForSocket();
  }

  /** Which of these names are not served from exactly this image. */
  async missing(imageId: string, names: string[]): Promise<string[]> {
    const record = await readPublished(this.#recordFile, await this.#options.containers.ensureVolumes());
    return names.filter((name) => record.images[name] !== imageId);
  }

  /**
   * Puts an image of the engine into the registry under names as a learner types them (`busybox:latest`).
   * What is there already is not sent again.
   */
  async publish(reference: string, names: string[], onLine: (line: string) => void = () => undefined): Promise<void> {
    const turn = this.#publishing.then(async () => this.#publish(reference, names, onLine));
    this.#publishing = turn.catch(() => undefined);
    await turn;
  }

  async #publish(reference: string, names: string[], onLine: (line: string) => void): Promise<void> {
    const { containers, images, image } = this.#options;
    const found = await images.find(reference);
    if (found === null)
      throw new DrydockError('sandbox.image-missing', `The image ${reference} is not on this server.`);
    const storage = await containers.ensureVolumes();
    const record = await readPublished(this.#recordFile, storage);
    const missing = names.filter((name) => record.images[name] !== found.id);
    if (missing.length === 0) return;
    await containers.fill(image, await images.export(reference), missing.map(mirrorName), onLine);
    for (const name of missing) record.images[name] = found.id;
    await writePublished(this.#recordFile, record);
  }

  async #waitForSocket(): Promise<void> {
    const giveUpAt = performance.now() + startPatience;
    while (performance.now() < giveUpAt) {
      const serving = await this.#options.containers.findServing();
      if (serving?.running === true && (await this.#options.containers.socketIsThere())) return;
      await sleep(100);
    }
    throw new DrydockError(
      'engine.failed',
      `The registry of this lab does not come up. \`docker logs ${this.#options.containers.names.container}\` says why.`,
    );
  }
}
