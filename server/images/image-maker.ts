import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Engine } from '../docker/engine.ts';
import { type Following, ImageBuilder } from '../docker/image-builder.ts';
import { DrydockError, describeError, errorForLog } from '../errors.ts';
import type { Registry } from '../registry/registry.ts';
import { systemClock } from '../system-clock.ts';
import { type CatalogueImage, readCatalogue } from './catalogue.ts';
import { Hub } from './hub.ts';
import { diskFull, isDiskFull } from './image-build.ts';
import { ImageSources, type ObtainedImage } from './image-sources.ts';
import { withImagesLock } from './images-lock.ts';
import {
  hubDigestKey,
  type ImagesRecord,
  type MadeImage,
  readImagesRecord,
  writeImagesRecord,
} from './images-record.ts';
import { baseReference } from './lab-images.ts';
import { recipeOf } from './recipe.ts';

export type { MadeImage } from './images-record.ts';

export interface MakeOptions extends Following {
  /** Take what Docker Hub has now, though it is not what was first pulled. */
  accept?: boolean;
  /** Only from there, and anew even when it is served; without it the maker decides and makes only what is not there. */
  source?: 'docker-hub' | 'drydock';
  /** How long another process that makes images is waited for, in milliseconds, before image.busy. */
  patienceMs?: number;
}

export interface ImageMakerParts {
  config: Config;
  engine: Engine;
  registry: Pick<Registry, 'list' | 'publish' | 'remove' | 'clean' | 'mend'>;
  /** The folder of `images.json`: `registry.dataDir` of the set-up's record. */
  dataDir: string;
  /** The folder with the catalogue; `images` of the clone unless given. */
  catalogue?: string;
  /** One that was asked already; an own one unless given. */
  hub?: Hub;
  clock?: Clock;
}

/** Milliseconds another process is waited for that makes an image: twice what the longest takes on a slow machine. */
const lockPatience = 20 * 60_000;

/** Makes one image of the catalogue after the other, and knows which are there. What is served stays served until its successor is. */
export class ImageMaker {
  readonly #parts: ImageMakerParts;
  readonly #images: ImageBuilder;
  readonly #sources: ImageSources;
  readonly #clock: Clock;
  readonly hub: Hub;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: ImageMakerParts) {
    this.#parts = parts;
    this.#clock = parts.clock ?? systemClock;
    this.#images = new ImageBuilder(parts.engine);
    this.hub = parts.hub ?? new Hub(this.#images, parts.config.images.hub, this.#clock);
    this.#sources = new ImageSources({ images: this.#images, hub: this.hub, config: parts.config });
  }

  /**
   * Makes an image and serves it. Without `source` one that is there and up to date is left as it is.
   * @throws image.unavailable, image.build-failed, image.digest-mismatch, image.busy, registry.failed, host.disk-full,
   * engine.*; then nothing has changed
   */
  make(image: CatalogueImage, options: MakeOptions = {}): Promise<MadeImage> {
    return this.#alone(options, () => this.#make(image, options));
  }

  /** The images that are there and up to date, by id. */
  async state(): Promise<Map<string, MadeImage>> {
    const { dataDir, registry } = this.#parts;
    const [record, served, base, catalogue] = await Promise.all([
      readImagesRecord(dataDir),
      registry.list(),
      this.#images.find(baseReference),
      this.#readCatalogue(),
    ]);
    const digests = new Map(served.map((each) => [each.name, each.digest]));
    const there = new Map<string, MadeImage>();
    for (const image of catalogue) {
      const made = record.images.get(image.id);
      if (made === undefined || !image.names.every((name) => digests.get(name) === made.digest)) continue;
      const recipe = await recipeOf(image, made.source, base?.id ?? null);
      // Without a base nothing could be built anew, so what is there is as good as it gets.
      if (recipe !== null && recipe !== made.recipe) continue;
      there.set(image.id, { ...made, names: image.names });
    }
    return there;
  }

  /** Every name that was put into the registry, with the digest it then had and the one it has; null: it is not served. */
  async recorded(): Promise<{ name: string; expected: string; served: string | null }[]> {
    const [record, served] = await Promise.all([readImagesRecord(this.#parts.dataDir), this.#parts.registry.list()]);
    const digests = new Map(served.map((each) => [each.name, each.digest]));
    return [...record.images.values()].flatMap(({ names, digest }) =>
      names.map((name) => ({ name, expected: digest, served: digests.get(name) ?? null })),
    );
  }

  /**
   * Takes what is damaged out of the registry.
   * @returns the images of the catalogue that were there once and are not now, to be made anew
   */
  async mend(options: Following = {}): Promise<CatalogueImage[]> {
    await this.#alone(options, () => this.#parts.registry.mend());
    const [there, record, catalogue] = await Promise.all([
      this.state(),
      readImagesRecord(this.#parts.dataDir),
      this.#readCatalogue(),
    ]);
    return catalogue.filter(({ id }) => record.images.has(id) && !there.has(id));
  }

  #readCatalogue(): Promise<CatalogueImage[]> {
    return readCatalogue(this.#parts.catalogue ?? join(this.#parts.config.root, 'images'));
  }

  /** One at a time in this process, and one process at a time for this data folder. */
  #alone<T>({ signal, onLine, patienceMs = lockPatience }: MakeOptions, act: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(async () => {
      signal?.throwIfAborted();
      const onWait = (pid: number): void => onLine?.(`waiting for process ${pid}, which makes images for this lab`);
      const lock = { waitMs: patienceMs, onWait, ...(signal === undefined ? {} : { signal }) };
      return withImagesLock(this.#parts.dataDir, lock, act);
    });
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #make(image: CatalogueImage, options: MakeOptions): Promise<MadeImage> {
    const { dataDir } = this.#parts;
    if (options.source === undefined) {
      // Another process may have made it while this one waited.
      const there = (await this.state()).get(image.id);
      if (there !== undefined) return there;
    }
    const began = this.#clock.now();
    const record = await readImagesRecord(dataDir);
    const obtained = await this.#sources.obtain(image, {
      ...options,
      expected: (platform) => record.hubDigests.get(hubDigestKey(image.hub ?? '', platform)) ?? null,
    });
    try {
      return await this.#publish(image, obtained, record, began, options);
    } finally {
      await obtained.release().catch((error: unknown) => {
        // Somebody uses it. It is served all the same.
        this.#parts.engine.logger.warn(errorForLog(error), 'the engine keeps a copy of an image for learners');
      });
    }
  }

  async #publish(
    image: CatalogueImage,
    obtained: ObtainedImage,
    record: ImagesRecord,
    began: number,
    { signal, onLine }: Following,
  ): Promise<MadeImage> {
    const { registry, dataDir } = this.#parts;
    onLine?.('putting it into the registry');
    const following = { ...(signal === undefined ? {} : { signal }), ...(onLine === undefined ? {} : { onLine }) };
    const [served] = await registry.publish(obtained.reference, image.names, following).catch((error: unknown) => {
      throw isDiskFull(describeError(error)) ? diskFull(image.id, error) : error;
    });
    if (served === undefined)
      throw new DrydockError('registry.failed', `The registry serves nothing under the names of ${image.id}.`);
    const before = record.images.get(image.id);
    const { source, origin, hubDigest, recipe, platform, size } = obtained;
    const now = this.#clock.now();
    const made: MadeImage = {
      id: image.id,
      source,
      origin,
      names: image.names,
      digest: served.digest,
      hubDigest,
      recipe,
      platform,
      download: served.download,
      unpacked: size,
      layers: served.layers,
      madeAt: now,
      tookMs: now - began,
    };
    record.images.set(image.id, made);
    if (hubDigest !== null) record.hubDigests.set(hubDigestKey(image.hub ?? '', platform), hubDigest);
    await writeImagesRecord(dataDir, record);
    const others = [...record.images.values()].filter((each) => each.id !== image.id).flatMap((each) => each.names);
    const dropped = (before?.names ?? []).filter((name) => !image.names.includes(name) && !others.includes(name));
    if (dropped.length > 0) await registry.remove(dropped);
    // The new one is served; what could not be cleaned away now goes with the next.
    if (before !== undefined && (before.digest !== made.digest || dropped.length > 0))
      await registry.clean().catch(() => undefined);
    return made;
  }
}

export function openImageMaker(parts: ImageMakerParts): ImageMaker {
  return new ImageMaker(parts);
}
