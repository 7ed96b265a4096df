import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { programError } from '../docker/container-program.ts';
import type { Following, ImageBuilder, ImageFacts } from '../docker/image-builder.ts';
import type { RegistryContainers } from '../docker/registry-containers.ts';
import type { RegistryFiller } from '../docker/registry-filler.ts';
import { DrydockError } from '../errors.ts';
import { type ImageManifest, platformOf } from './oci-manifest.ts';
import { packLayout } from './pack-layout.ts';
import { linesToClean, linesToMend, linesToRemove, linesToServe } from './storage-changes.ts';
import {
  apply,
  asDiskFull,
  fileTar,
  hashesOf,
  openBlobs,
  packedImages,
  parseState,
  readStaged,
  stateOf,
} from './storage-programs.ts';
import { type Damage, hexOf, inspectState, type ServedImage, type StorageState } from './storage-state.ts';
import { LayoutReader } from './unpack-layout.ts';

export type { Damage, ServedImage };

export interface RegistryOptions {
  containers: RegistryContainers;
  images: ImageBuilder;
  /** Reference of the image made from `images/registry`. */
  image: string;
  /** How long other processes that fill this registry are waited for, in milliseconds. */
  patience?: number;
}

/** How long a registry may take from its start to its socket, in milliseconds. */
const startPatience = 15_000;

/** After so long without an answer the serving container is replaced, in milliseconds. */
const longestSilence = 20_000;

/** Others may be making a big image. */
const usualPatience = 10 * 60_000;

/**
 * The registry that serves the lab's images to sandboxes, read-only, over a unix socket. One container serves and
 * cannot write; another is there only while something is written, and no two at a time, whatever process wants it.
 * Neither has a network. The storage itself says what is served.
 */
export class Registry {
  readonly #options: RegistryOptions;
  /** One change after the other. */
  #changing: Promise<unknown> = Promise.resolve();
  /** Since when it has not answered, as `performance.now()`. */
  #silentSince: number | null = null;
  /** It served when this process looked last. */
  #hasServed = false;
  /** What was logged last: it is looked at often. */
  #lastDamages = '';

  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  /** Name of the volume with the socket, to be mounted read-only into sandboxes. */
  get socketVolume(): string {
    return this.#options.containers.names.socketVolume;
  }

  /** True when it serves. `exactly`: with this very image, not with one of another version of these files. */
  async isServing({ exactly = false }: { exactly?: boolean } = {}): Promise<boolean> {
    const { containers, images, image } = this.#options;
    const serving = await containers.findServing();
    if (serving?.running !== true || serving.protocol !== 'same') return false;
    return !exactly || serving.imageId === (await images.find(image))?.id;
  }

  /**
   * Makes the registry serve, whatever state it is in; does nothing when it does already, be it with the image of another
   * version that another process of this lab put there: taking it away would break what is pulled, and the other would
   * do the same. `replace`: that is taken in place of it all the same.
   * @throws sandbox.image-missing when its image is not there, registry.failed when it does not come up or answer
   */
  async ensure({ replace = false }: { replace?: boolean } = {}): Promise<void> {
    const { containers } = this.#options;
    const isThere = await this.#present(replace);
    if (isThere) {
      if (await containers.answers()) {
        this.#silentSince = null;
        this.#hasServed = true;
        return;
      }
      this.#silentSince ??= performance.now();
      // It may have much to do, or just have been started. When it goes on like that it hangs, and whoever pulls waits in vain.
      if (performance.now() - this.#silentSince > longestSilence) {
        containers.logger.warn(
          { container: containers.names.container },
          'the registry does not answer: it is replaced',
        );
        await containers.removeServing();
      }
    }
    await this.#serve((await this.#ownImage()).id);
    if (this.#hasServed && !isThere) {
      const facts = { container: containers.names.container };
      containers.logger.warn(facts, 'the registry of this lab had stopped: it was started again, and serves');
    }
    this.#silentSince = null;
    this.#hasServed = true;
  }

  /** Whether a container serves that this process can talk to; one that does not, or is to be replaced, is removed. */
  async #present(replace: boolean): Promise<boolean> {
    const { containers } = this.#options;
    const serving = await containers.findServing();
    if (serving?.running === true && serving.protocol === 'same' && !replace) return true;
    if (serving?.protocol === 'newer' && !replace) {
      throw new DrydockError(
        'registry.failed',
        'The registry of this lab was put in place by a newer Drydock than the one that runs here. What it serves stays served. Stop this one and start it anew.',
      );
    }
    const own = await this.#ownImage();
    await containers.ensureVolumes();
    if (serving === null) return false;
    const isOwn = serving.imageId === own.id && serving.protocol === 'same';
    const isResumed = serving.paused && serving.protocol === 'same' && !replace;
    if (!isOwn && !isResumed) await containers.removeServing();
    return isOwn && serving.running;
  }

  /** Everything that can be pulled whole, as the storage itself tells. @throws registry.failed, engine.* */
  async list(): Promise<ServedImage[]> {
    const { served, damages } = inspectState(await this.#stateOfServing());
    const found = JSON.stringify(damages);
    if (damages.length > 0 && found !== this.#lastDamages) {
      this.#options.containers.logger.warn({ damages }, 'the registry has damaged images');
    }
    this.#lastDamages = found;
    return served;
  }

  /**
   * Puts an image of the engine into the registry under names as a learner types them (`busybox:latest`), in place of
   * what has these names. Each name leads to the old image or to the new one, at any moment, and when this
   * returns the new one is on the disk. What is there already is not sent again, unless `anew` says so: then damage is gone
   * afterwards, too.
   * @throws sandbox.image-missing, registry.failed, host.disk-full, image.busy, engine.*
   */
  async publish(
    reference: string,
    names: string[],
    { anew = false, ...following }: Following & { anew?: boolean } = {},
  ): Promise<ServedImage[]> {
    const found = await this.#require(reference);
    await this.ensure();
    const isServed = (image: ServedImage): boolean => !anew && names.includes(image.name) && image.imageId === found.id;
    const before = (await this.list()).filter(isServed);
    if (names.every((name) => before.some((image) => image.name === name))) return before;
    await this.#change(following, async (filler) => {
      const staged = await this.#stage(filler, reference, 'storage');
      for (const name of names) following.onLine?.(`publishing ${name}`);
      const images = names.map((name) => ({ name, ...staged }));
      await apply(filler, `put ${reference} into the registry`, linesToServe(images));
    });
    return this.#listed(names);
  }

  /** Takes names off what is served. Names it does not serve are no error. */
  async remove(names: string[]): Promise<void> {
    await this.#change({}, async (filler) => {
      const lines = linesToRemove(await stateOf(filler), new Set(names));
      await apply(filler, 'remove images from the registry', lines);
    });
  }

  /** Removes what no name leads to any more. @returns how many bytes that was */
  async clean({
    onlyIfNeeded = false,
    ...following
  }: Following & { onlyIfNeeded?: boolean } = {}): Promise<{ freed: number }> {
    if (onlyIfNeeded && linesToClean(await this.#stateOfServing()).lines.length === 0) return { freed: 0 };
    return this.#change(following, async (filler) => {
      const { lines, freed } = linesToClean(await stateOf(filler));
      await apply(filler, 'clean the registry', lines);
      return { freed };
    });
  }

  /** Reads all that is served and says what is missing, cut, or changed. @throws registry.failed, engine.* */
  async verify(following: Following = {}): Promise<Damage[]> {
    const state = await this.#stateOfServing();
    const { containers } = this.#options;
    const hashes = await hashesOf(state, following, (doing, list) => containers.runInServing(doing, ['hash'], list));
    return inspectState(state, hashes).damages;
  }

  /** Removes what is damaged, and the names that need it, so that publishing puts it there anew. */
  async mend(following: Following = {}): Promise<void> {
    await this.#change(following, async (filler) => {
      const state = await stateOf(filler);
      const hashes = await hashesOf(state, following, (doing, list) => filler.run(doing, ['hash'], list));
      await apply(filler, 'mend the registry', linesToMend(state, hashes, inspectState(state, hashes).damages));
    });
  }

  /**
   * A tar of an OCI image layout with what is served under these names, and with images of the engine (`extra`) under
   * their references; image ids and digests stay as they are. Nothing is published until it was read or destroyed.
   * @throws image.unknown, and through the stream image.damaged, registry.failed, engine.*
   */
  async pack(names: string[], extra: { reference: string }[], following: Following = {}): Promise<Readable> {
    return new Promise((resolve, reject) => {
      this.#change(following, async (filler) => {
        const images = packedImages(await stateOf(filler), names);
        for (const [at, { reference }] of extra.entries()) {
          following.onLine?.(`packing ${reference}`);
          const staged = await this.#stage(filler, reference, `extra-${at}`);
          const config = await filler.run(`read ${reference}`, ['read'], `${hexOf(staged.manifest.config.digest)}\n`);
          images.push({ ...staged, name: reference, platform: platformOf(config) ?? 'linux/amd64' });
        }
        const tar = packLayout(images, async (digests) => openBlobs(filler, digests));
        resolve(tar);
        // The filler stays as long as somebody reads; a reader that fails knows that from its stream.
        await finished(tar, { writable: false }).catch(() => undefined);
      }).catch(reject);
    });
  }

  /**
   * Serves images of an OCI image layout (a tar of it) under the names they have there.
   * @throws bundle.invalid, bundle.damaged (then nothing of it is served), registry.failed, host.disk-full,
   * image.busy, engine.*
   */
  async unpack(layout: Readable, names: string[], following: Following = {}): Promise<ServedImage[]> {
    // What breaks while it waits for its turn is seen when it is read.
    layout.on('error', () => undefined);
    await this.ensure();
    try {
      await this.#change(following, async (filler) => {
        const doing = 'put images into the registry';
        const reader = new LayoutReader(layout);
        await filler.run(doing, ['receive'], reader.blobs);
        const images = reader.images(names);
        for (const name of names) following.onLine?.(`publishing ${name}`);
        await apply(filler, doing, linesToServe(images));
      });
    } finally {
      layout.destroy();
    }
    return this.#listed(names);
  }

  /** What sandboxes are told when an image cannot be had: the file `words` beside the socket. */
  async setWords(text: string): Promise<void> {
    await this.#inServing('tell sandboxes which images there are', ['words'], text);
  }

  /** Runs `change` with the one container that may write, after all changes before, of this process or another. */
  async #change<T>(following: Following, change: (filler: RegistryFiller) => Promise<T>): Promise<T> {
    const { signal } = following;
    const turn = this.#changing.then(async () => {
      const filler = await this.#openFiller(following);
      const stop = (): void => void filler.kill();
      signal?.addEventListener('abort', stop, { once: true });
      try {
        signal?.throwIfAborted();
        return await change(filler);
      } catch (error) {
        throw signal?.aborted === true ? signal.reason : asDiskFull(error);
      } finally {
        signal?.removeEventListener('abort', stop);
        await filler.close();
      }
    });
    this.#changing = turn.catch(() => undefined);
    return turn;
  }

  async #openFiller({ signal, onLine }: Following): Promise<RegistryFiller> {
    const { containers, patience } = this.#options;
    const { id } = await this.#ownImage();
    try {
      await containers.ensureVolumes();
      return await containers.openFiller(id, {
        patience: patience ?? usualPatience,
        signal,
        onWait: () => onLine?.('waiting for another process that puts images into the registry'),
      });
    } catch (error) {
      throw asDiskFull(error);
    }
  }

  /** Makes an OCI image of an image of the engine, in the filler; only a manifest is made by us. */
  async #stage(
    filler: RegistryFiller,
    reference: string,
    place: string,
  ): Promise<{ digest: string; bytes: Buffer; manifest: ImageManifest }> {
    await this.#require(reference);
    const doing = `pack the image ${reference}`;
    const archive = await this.#options.images.export(reference);
    try {
      const image = readStaged(doing, await filler.run(doing, ['stage', place], archive));
      if (place === 'storage') await filler.run(doing, ['receive'], fileTar(image));
      return image;
    } finally {
      archive.destroy();
    }
  }

  async #require(reference: string): Promise<ImageFacts> {
    const found = await this.#options.images.find(reference);
    if (found !== null) return found;
    throw new DrydockError('sandbox.image-missing', `The image ${reference} is not on this server.`);
  }

  async #ownImage(): Promise<ImageFacts> {
    const { images, image } = this.#options;
    const found = await images.find(image);
    if (found !== null) return found;
    throw new DrydockError(
      'sandbox.image-missing',
      'The image of the registry is not on this server. `npm start` builds it.',
    );
  }

  /** What is served under these names now. @throws registry.failed when it is not all of them */
  async #listed(names: string[]): Promise<ServedImage[]> {
    const served = (await this.list()).filter((image) => names.includes(image.name));
    if (names.every((name) => served.some((image) => image.name === name))) return served;
    throw programError('put images into the registry', 'they are not served afterwards', 0);
  }

  async #stateOfServing(): Promise<StorageState> {
    return parseState(await this.#inServing('look into the registry', ['state']));
  }

  /** As `runInServing`, on a registry that is there, or that is just being started again. */
  async #inServing(doing: string, argv: string[], input?: string): Promise<Buffer> {
    const giveUpAt = performance.now() + startPatience;
    for (;;) {
      if (!(await this.#present(false))) await this.ensure();
      try {
        return await this.#options.containers.runInServing(doing, argv, input);
      } catch (error) {
        if (performance.now() > giveUpAt || (await this.isServing())) throw error;
      }
      await sleep(200);
    }
  }

  /** Again and again, for another process may be doing the same, or undoing it. */
  async #serve(imageId: string): Promise<void> {
    const { containers } = this.#options;
    const giveUpAt = performance.now() + startPatience;
    while (performance.now() < giveUpAt) {
      const serving = await containers.findServing();
      if (serving?.paused === true) await containers.resume();
      else if (serving?.running !== true) await containers.serve(imageId);
      else if (await containers.answers()) return;
      await sleep(50);
    }
    throw new DrydockError(
      'registry.failed',
      `The registry of this lab does not come up, or does not answer. \`docker logs ${containers.names.container}\` says why.`,
    );
  }
}
