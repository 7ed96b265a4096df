import { readFile, statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import * as z from 'zod';
import { formatBytes } from '../checks/comparison.ts';
import type { Config } from '../config.ts';
import type { Engine } from '../docker/engine.ts';
import { readEngineFacts } from '../docker/engine-facts.ts';
import { type Following, ImageBuilder, type ImageFacts } from '../docker/image-builder.ts';
import { DrydockError } from '../errors.ts';
import type { Registry } from '../registry/registry.ts';
import type { BundledImage } from './bundle-check.ts';
import { type BundleContents, bundleParts, contentsFormat } from './bundle-contents.ts';
import { requireWritable, writeBundle } from './bundle-writer.ts';
import type { CatalogueImage } from './catalogue.ts';
import { enginePlatform } from './engine-platform.ts';
import type { ImageMaker } from './image-maker.ts';
import { withImagesLock } from './images-lock.ts';
import type { MadeImage } from './images-record.ts';
import { baseReference, labFilesHash, labImageReference } from './lab-images.ts';

export interface BundleParts {
  config: Pick<Config, 'root'>;
  /** The folder of `images.json`, as the maker has it. */
  dataDir: string;
  engine: Engine;
  registry: Pick<Registry, 'pack'>;
  maker: Pick<ImageMaker, 'state' | 'make'>;
  /** Those that belong into the bundle; what is not there yet is made first. */
  images: readonly CatalogueImage[];
  /** Ids of those whose failure keeps nothing else out of it. */
  spare?: ReadonlySet<string>;
}

export interface BundleSummary {
  /** Whole path. */
  file: string;
  bytes: number;
  /** Ids of the images that are in it. */
  images: string[];
  /** Those that cannot be had here, and why. */
  left: { id: string; why: string }[];
}

/** Milliseconds another process that makes images for this lab is waited for: twice what the longest takes. */
const lockPatience = 20 * 60_000;

/** Images of the lab itself are some 40% of their size when they are compressed; at least this part, to be on the safe side. */
const leastCompressed = 0.25;

/**
 * Writes one archive with everything that a class needs on a machine without internet: the images of the catalogue that
 * are asked for, and those that the lab itself consists of.
 * @throws what making an image throws; host.disk-full, file.failed, registry.failed, image.busy
 */
export async function bundleImages(parts: BundleParts, file: string, options: Following = {}): Promise<BundleSummary> {
  const { config, engine, registry } = parts;
  const tell = options.onLine ?? (() => undefined);
  const path = resolve(file);
  await requireWritable(path);
  const { made, left } = await makeMissing(parts, options);
  const builder = new ImageBuilder(engine);
  const lab = await labParts(config.root, builder);
  const [facts, drydock] = await Promise.all([readEngineFacts(engine), readVersion(config.root)]);
  const platform = enginePlatform(facts.architecture);
  const names = made.flatMap((image) => image.names);
  const layers = new Map(made.flatMap((image) => image.layers.map(({ digest, bytes }) => [digest, bytes] as const)));
  const unpacked = bundleParts.reduce((sum, part) => sum + lab[part].unpacked, 0);
  const expected = [...layers.values()].reduce((sum, bytes) => sum + bytes, 0) + unpacked * leastCompressed;
  await requireRoom(path, expected);

  tell(`putting together ${names.length === 0 ? 'the lab itself' : made.map(({ id }) => id).join(', ')}`);
  const extra = bundleParts.map((part) => ({ reference: lab[part].reference }));
  const contentsOf = (found: ReadonlyMap<string, BundledImage>): BundleContents => {
    const contents: BundleContents = { format: contentsFormat, drydock, platform, lab, images: made };
    requireUnchanged(contents, found);
    return contents;
  };
  const signal = options.signal === undefined ? {} : { signal: options.signal };
  const lock = {
    waitMs: lockPatience,
    onWait: () => tell('waiting for another process that makes images for this lab'),
    ...signal,
  };
  // As long as the registry gives, nothing can be put into it: whoever makes images had better wait before than after.
  const { bytes } = await withImagesLock(parts.dataDir, lock, async () =>
    writeBundle(path, await registry.pack(names, extra, options), contentsOf, {
      onWritten: (done) => tell(`writing: ${formatBytes(done)}`),
      onChecked: (done, all) => tell(`reading it again: ${formatBytes(done)} of ${formatBytes(all)}`),
      ...signal,
    }),
  );
  return { file: path, bytes, images: made.map(({ id }) => id), left };
}

/** Those of Docker Hub alone, where that cannot be reached, are left out, and of what is spare all that cannot be made. */
export async function makeMissing(
  { maker, images, spare }: Pick<BundleParts, 'maker' | 'images' | 'spare'>,
  options: Following,
): Promise<{ made: MadeImage[]; left: BundleSummary['left'] }> {
  const state = await maker.state();
  const made: MadeImage[] = [];
  const left: BundleSummary['left'] = [];
  for (const image of images) {
    options.signal?.throwIfAborted();
    try {
      made.push(state.get(image.id) ?? (await maker.make(image, options)));
    } catch (error) {
      if (!(error instanceof DrydockError)) throw error;
      const { code } = error;
      const isSpare =
        spare?.has(image.id) === true && (code === 'image.build-failed' || code === 'image.digest-mismatch');
      if (code !== 'image.unavailable' && !isSpare) throw error;
      left.push({ id: image.id, why: error.message });
    }
  }
  return { made: made.sort((a, b) => (a.id < b.id ? -1 : 1)), left };
}

async function labParts(root: string, builder: ImageBuilder): Promise<BundleContents['lab']> {
  const base = await requireImage(builder, baseReference);
  const part = async (name: 'sandbox' | 'registry') => {
    const reference = await labImageReference(root, base.identity, name);
    const found = await requireImage(builder, reference);
    return { reference, identity: found.identity, files: await labFilesHash(root, name), unpacked: found.size };
  };
  return {
    base: {
      reference: baseReference,
      identity: base.identity,
      files: base.labels['drydock.recipe'] ?? null,
      unpacked: base.size,
    },
    sandbox: await part('sandbox'),
    registry: await part('registry'),
  };
}

async function requireImage(builder: ImageBuilder, reference: string): Promise<ImageFacts> {
  const found = await builder.find(reference);
  if (found !== null) return found;
  throw new DrydockError(
    'sandbox.image-missing',
    `The image ${reference}, of which a lab consists, is not on this machine. \`npm start\` makes it.`,
  );
}

/** On the way out of engine and registry nothing may become something else: not the lab's own, not the digests. */
export function requireUnchanged(contents: BundleContents, found: ReadonlyMap<string, BundledImage>): void {
  for (const part of bundleParts) {
    const { reference, identity } = contents.lab[part];
    if (found.get(reference)?.identity === identity) continue;
    throw new DrydockError(
      'registry.failed',
      `The bundle was not written: the image ${reference} would have become another one on its way into it.`,
    );
  }
  for (const { names, digest } of contents.images) {
    for (const name of names) {
      if (found.get(name)?.digest === digest) continue;
      throw new DrydockError(
        'image.damaged',
        `The bundle was not written: the registry has another image as ${name} than was put there. \`npm run images -- verify --mend\` makes it anew.`,
      );
    }
  }
}

async function requireRoom(file: string, bytes: number): Promise<void> {
  const space = await statfs(dirname(file)).catch(() => null);
  if (space === null) return; // writing says why
  const free = space.bavail * space.bsize;
  if (free > bytes) return;
  throw new DrydockError(
    'host.disk-full',
    `The bundle takes at least ${formatBytes(bytes)}, and ${dirname(file)} has ${formatBytes(free)} free. Make room, or name a file on another disk.`,
  );
}

export async function readVersion(root: string): Promise<string> {
  const file = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as unknown;
  return z.object({ version: z.string() }).parse(file).version;
}
