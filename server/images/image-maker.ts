import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Engine } from '../docker/engine.ts';
import { type Following, ImageBuilder } from '../docker/image-builder.ts';
import { removeMakersLeftovers } from '../docker/maker-leftovers.ts';
import { DrydockError, describeError, errorForLog } from '../errors.ts';
import type { Registry } from '../registry/registry.ts';
import { systemClock } from '../system-clock.ts';
import { type CatalogueImage, readCatalogue } from './catalogue.ts';
import { Hub } from './hub.ts';
import { diskFull, isDiskFull } from './image-build.ts';
import { ImageSources, isMakersTag, type ObtainedImage } from './image-sources.ts';
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
import { typedName } from './typed-name.ts';

export type { MadeImage } from './images-record.ts';

export interface MakeOptions extends Following {
  /** Take what Docker Hub has now, though it is not what was first pulled. */
  accept?: boolean;
  /** Only from there, and anew even when it is served; without it the maker decides and makes only what is not there. */
  source?: 'docker-hub' | 'drydock';
  /** How long another process that makes images is waited for, in milliseconds, before image.busy. */
  patienceMs?: number;
  /** True: whoever uses the machine meanwhile goes first. */
  inBackground?: boolean;
}

/** What of the catalogue is there. */
export interface ImagesState {
  /** By id: `docker pull` gets all names of these. */
  served: Map<string, MadeImage>;
  /** Ids of those that would become another image now: their files, the catalogue or the Debian base has changed since. */
  outdated: ReadonlySet<string>;
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
  #isSwept = false;

  constructor(parts: ImageMakerParts) {
    this.#parts = parts;
    this.#clock = parts.clock ?? systemClock;
    this.#images = new ImageBuilder(parts.engine);
    this.hub = parts.hub ?? new Hub(this.#images, parts.config.images.hub, this.#clock);
    this.#sources = new ImageSources({ images: this.#images, hub: this.hub, config: parts.config });
  }

  /**
   * Makes an image and serves it. Without `source` one that is there and up to date is left as it is, and one that came
   * from Docker Hub and is renewed does not become one of Debian packages.
   * @throws image.unavailable, image.build-failed, image.digest-mismatch, image.busy, registry.failed, host.disk-full,
   * engine.*; then nothing has changed
   */
  make(image: CatalogueImage, options: MakeOptions = {}): Promise<MadeImage> {
    return this.#alone(options, () => this.#make(image, options));
  }

  /** The images that are there, by id, up to date or not. */
  async state(): Promise<Map<string, MadeImage>> {
    return (await this.look()).served;
  }

  /** The images that are there, and which of them are not up to date. */
  async look(): Promise<ImagesState> {
    const { dataDir, registry } = this.#parts;
    const [record, listed, base, catalogue] = await Promise.all([
      readImagesRecord(dataDir),
      registry.list(),
      this.#images.find(baseReference),
      this.#readCatalogue(),
    ]);
    const digests = new Map(listed.map((each) => [each.name, each.digest]));
    const served = new Map<string, MadeImage>();
    const outdated = new Set<string>();
    for (const image of catalogue) {
      const made = record.images.get(image.id);
      if (made === undefined || !image.names.every((name) => digests.get(name) === made.digest)) continue;
      served.set(image.id, { ...made, names: image.names });
      const recipe = await recipeOf(image, made.source, base?.identity ?? null);
      // Without a base nothing could be built anew, so what is there is as good as it gets.
      if (recipe !== null && recipe !== made.recipe) outdated.add(image.id);
    }
    return { served, outdated };
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
   * Takes what is damaged out of the registry, and what nothing leads to.
   * @returns the images of the catalogue that were there once and are not now, to be made anew
   */
  async mend(options: Following = {}): Promise<CatalogueImage[]> {
    const { registry } = this.#parts;
    await this.#alone(options, async () => {
      await registry.mend(options);
      await registry.clean();
    });
    const [there, record, catalogue] = await Promise.all([
      this.state(),
      readImagesRecord(this.#parts.dataDir),
      this.#readCatalogue(),
    ]);
    return catalogue.filter(({ id }) => record.images.has(id) && !there.has(id));
  }

  /** Takes away what images have left behind that the catalogue has no more, and what nothing leads to. */
  async tidy(options: MakeOptions = {}): Promise<void> {
    const { registry, dataDir } = this.#parts;
    await this.#alone(options, async () => {
      const [record, catalogue] = await Promise.all([readImagesRecord(dataDir), this.#readCatalogue()]);
      const names = new Set(catalogue.flatMap((image) => image.names));
      const gone = [...record.images.values()].filter(({ id }) => !catalogue.some((image) => image.id === id));
      const dropped = gone.flatMap((image) => image.names).filter((name) => !names.has(name));
      if (dropped.length > 0) await registry.remove(dropped);
      for (const { id } of gone) record.images.delete(id);
      if (gone.length > 0) await writeImagesRecord(dataDir, record);
      await registry.clean({ onlyIfNeeded: true, ...(options.signal === undefined ? {} : { signal: options.signal }) });
    });
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
      return withImagesLock(this.#parts.dataDir, lock, async () => {
        await this.#sweep();
        return act();
      });
    });
    this.#turn = done.catch(() => undefined);
    return done;
  }

  /** Once: what a process left that was killed. Whoever has the lock knows that nobody is at work with it. */
  async #sweep(): Promise<void> {
    if (this.#isSwept) return;
    this.#isSwept = true;
    const { engine, config } = this.#parts;
    await removeMakersLeftovers(engine, (name) => isMakersTag(name, config.lab)).catch((error: unknown) => {
      engine.logger.debug(errorForLog(error), 'what an earlier process left stays');
    });
  }

  async #make(image: CatalogueImage, options: MakeOptions): Promise<MadeImage> {
    const { dataDir } = this.#parts;
    let renewed: MadeImage | undefined;
    if (options.source === undefined) {
      const { served, outdated } = await this.look();
      renewed = served.get(image.id);
      // Another process may have made it while this one waited.
      if (renewed !== undefined && !outdated.has(image.id)) return renewed;
    }
    const began = this.#clock.now();
    const record = await readImagesRecord(dataDir);
    const obtained = await this.#sources.obtain(image, {
      ...options,
      renews: renewed?.source ?? null,
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
    { signal, onLine, source: asked }: MakeOptions,
  ): Promise<MadeImage> {
    const { registry, dataDir } = this.#parts;
    onLine?.('putting it into the registry');
    const following = {
      // Somebody who asks for it anew may do so because what is there is damaged.
      anew: asked !== undefined,
      ...(signal === undefined ? {} : { signal }),
      ...(onLine === undefined ? {} : { onLine }),
    };
    const [served] = await registry.publish(obtained.reference, image.names, following).catch((error: unknown) => {
      throw isDiskFull(describeError(error)) ? diskFull(typedName(image), error) : error;
    });
    if (served === undefined)
      throw new DrydockError('registry.failed', `The registry serves nothing under the names of ${typedName(image)}.`);
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
