import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import * as z from 'zod';
import { imageIdentity } from '../docker/image-identity.ts';
import { DrydockError } from '../errors.ts';
import {
  type ArchiveEntry,
  damagedBundle,
  digestOf,
  invalidBundle,
  quote,
  readArchive,
  readEntry,
  readSmallEntry,
} from './bundle-archive.ts';
import {
  type BundleContents,
  bundleParts,
  contentsAnnotation,
  contentsFormat,
  contentsSchema,
} from './bundle-contents.ts';
import { engineManifest } from './engine-manifest.ts';
import {
  imageConfigSchema,
  indexSchema,
  layoutSchema,
  type Manifest,
  manifestSchema,
  nameAnnotation,
  platformName,
} from './oci-layout.ts';

/** Bytes of a JSON file; the biggest that occurs (a configuration with a long history) has some ten thousand. */
const jsonLimit = 4 * 2 ** 20;

export interface CheckOptions {
  /** Bytes that were looked at, of all. */
  onProgress?: (done: number, all: number) => void;
  signal?: AbortSignal;
}

export interface BundledImage {
  /** Digest of its manifest. */
  digest: string;
  /** bytes of the manifest */
  size: number;
  manifest: Manifest;
  /** What it is on an engine, see `imageIdentity`. */
  identity: string;
}

export interface CheckedBundle {
  contents: BundleContents;
  /** Manifest by the name that learners type, and by the reference of the lab's own images. */
  images: Map<string, BundledImage>;
  /** Blobs by digest. */
  blobs: Map<string, ArchiveEntry>;
}

/**
 * Looks at every byte of a bundle: that its parts fit together, and that every blob is what its digest says. What passes
 * can be loaded, as far as this can be known without an engine.
 * @throws bundle.invalid, bundle.damaged; bundle.unsuitable for a format of a later Drydock
 */
export async function checkBundle(file: FileHandle, options: CheckOptions = {}): Promise<CheckedBundle> {
  const entries = await readArchive(file);
  requireLayout(entries);
  await readJson(file, 'oci-layout', entries.get('oci-layout'), layoutSchema);
  const blobs = new Map(
    [...entries.values()]
      .filter(({ name }) => name.startsWith('blobs/'))
      .map((entry) => [entry.name.replace('blobs/sha256/', 'sha256:'), entry]),
  );
  const seen = new Set<string>();
  const blob = (digest: string, size: number | null, what: string): ArchiveEntry => {
    const entry = blobs.get(digest);
    if (entry === undefined) throw damagedBundle(`The bundle is damaged: ${what} is missing (${digest}).`);
    if (size !== null && entry.size !== size) {
      throw damagedBundle(
        `The bundle is damaged: ${what} should have ${size} bytes and has ${entry.size} (${digest}).`,
      );
    }
    seen.add(digest);
    return entry;
  };

  const index = await readJson(file, 'index.json', entries.get('index.json'), indexSchema);
  const contentsDigest = index.annotations[contentsAnnotation];
  if (contentsDigest === undefined)
    throw invalidBundle(
      'This is no bundle of Drydock: it has container images, but nothing says that Drydock put them together.',
    );
  const contents = await readContents(file, blob(contentsDigest, null, 'the list of what is in it'), contentsDigest);

  const images = new Map<string, BundledImage>();
  const manifests = new Map<string, BundledImage>();
  for (const { digest, size, annotations } of index.manifests) {
    const name = annotations[nameAnnotation];
    if (name === undefined) throw invalidBundle(`This is no bundle of Drydock: the image ${digest} in it has no name.`);
    if (images.has(name))
      throw invalidBundle(`This is no bundle of Drydock: two images in it are called ${quote(name)}.`);
    const known = manifests.get(digest);
    const entry = blob(digest, size, `the manifest of ${quote(name)}`);
    const image = known ?? {
      digest,
      size,
      manifest: await readBlob(file, entry, digest, manifestSchema),
      identity: '',
    };
    manifests.set(digest, image);
    images.set(name, image);
  }
  requireSameNames(contents, images);

  for (const [name, image] of images) {
    const { manifest } = image;
    const entry = blob(manifest.config.digest, manifest.config.size, `the configuration of ${quote(name)}`);
    const config = await readBlob(file, entry, manifest.config.digest, imageConfigSchema);
    if (platformName(config) !== contents.platform) {
      throw invalidBundle(
        `This is no bundle of Drydock: ${quote(name)} is for ${platformName(config)}, and the others are for ${contents.platform}.`,
      );
    }
    if (config.rootfs.diff_ids.length !== manifest.layers.length)
      throw invalidBundle(`This is no bundle of Drydock: the layers of ${quote(name)} are not those it was made with.`);
    for (const layer of manifest.layers) blob(layer.digest, layer.size, `a layer of ${quote(name)}`);
    image.identity = imageIdentity(config.rootfs.diff_ids, config.config);
  }
  requireMadeAsSaid(contents, images);
  await requireEngineManifest(file, entries, contents, images);
  for (const digest of blobs.keys()) {
    if (!seen.has(digest))
      throw invalidBundle(`This is no bundle of Drydock: no image in it needs its blob ${digest}.`);
  }
  await hashBlobs(file, blobs, options);
  return { contents, images, blobs };
}

/** Which files there must be; who brings another kind of archive is told what it is. */
function requireLayout(entries: Map<string, ArchiveEntry>): void {
  for (const name of ['oci-layout', 'index.json', 'manifest.json']) {
    if (entries.has(name)) continue;
    throw invalidBundle(
      name === 'oci-layout' && entries.has('manifest.json')
        ? 'This is what `docker save` writes, and no bundle of Drydock: it has no file oci-layout.'
        : `This is no bundle of Drydock: it has no file ${name}.`,
    );
  }
}

/** The index and the contents say the same of every name, or one of them was changed. */
function requireSameNames(contents: BundleContents, images: Map<string, BundledImage>): void {
  const said = new Map(contents.images.flatMap(({ names, digest }) => names.map((name) => [name, digest] as const)));
  const ours = bundleParts.map((part) => contents.lab[part].reference);
  for (const name of [...ours, ...said.keys()]) {
    if (!images.has(name)) throw damagedBundle(`The bundle is damaged: its index does not name ${quote(name)}.`);
  }
  for (const [name, { digest }] of images) {
    if (ours.includes(name)) continue;
    const expected = said.get(name);
    if (expected === undefined)
      throw damagedBundle(`The bundle is damaged: its index names ${quote(name)}, which it should not have.`);
    if (expected !== digest)
      throw damagedBundle(`The bundle is damaged: its index has another image as ${quote(name)} than was put in.`);
  }
}

/** What is said of each image against what it is. */
function requireMadeAsSaid(contents: BundleContents, images: Map<string, BundledImage>): void {
  for (const part of bundleParts) {
    const { reference, identity } = contents.lab[part];
    if (images.get(reference)?.identity !== identity)
      throw invalidBundle(`This is no bundle of Drydock: what it says of ${quote(reference)} is not so.`);
  }
  for (const { names, layers, platform, download } of contents.images) {
    for (const name of names) {
      const image = images.get(name);
      if (image === undefined) continue;
      const same =
        withoutVariant(platform) === contents.platform &&
        layers.length === image.manifest.layers.length &&
        layers.every(
          ({ digest, bytes }, place) =>
            image.manifest.layers[place]?.digest === digest && image.manifest.layers[place].size === bytes,
        ) &&
        download === downloadOf(image);
      if (!same) throw invalidBundle(`This is no bundle of Drydock: what it says of ${quote(name)} is not so.`);
    }
  }
}

/** `linux/arm64` of `linux/arm64/v8` */
function withoutVariant(platform: string): string {
  return platform.split('/').slice(0, 2).join('/');
}

/** Bytes that a pull of it alone moves. */
function downloadOf({ size, manifest }: BundledImage): number {
  return size + manifest.config.size + manifest.layers.reduce((sum, layer) => sum + layer.size, 0);
}

/** `docker load` reads this file and not the index, so both have to mean the same. */
async function requireEngineManifest(
  file: FileHandle,
  entries: Map<string, ArchiveEntry>,
  contents: BundleContents,
  images: Map<string, BundledImage>,
): Promise<void> {
  const entry = entries.get('manifest.json');
  const found =
    entry === undefined || entry.size > jsonLimit ? '' : (await readSmallEntry(file, entry)).toString('utf8');
  if (found !== engineManifest(contents, images))
    throw damagedBundle('The bundle is damaged: its manifest.json, for `docker load`, does not fit its index.');
}

async function hashBlobs(
  file: FileHandle,
  blobs: Map<string, ArchiveEntry>,
  { onProgress, signal }: CheckOptions,
): Promise<void> {
  const all = [...blobs.values()].reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  for (const [digest, entry] of blobs) {
    const hash = createHash('sha256');
    for await (const piece of readEntry(file, entry, signal)) {
      hash.update(piece);
      done += piece.length;
      onProgress?.(done, all);
    }
    if (`sha256:${hash.digest('hex')}` !== digest) throw changed(digest);
  }
}

async function readContents(file: FileHandle, entry: ArchiveEntry, digest: string): Promise<BundleContents> {
  const versions = await readBlob(file, entry, digest, z.object({ format: z.number(), drydock: z.string().max(100) }));
  if (versions.format > contentsFormat) {
    throw new DrydockError(
      'bundle.unsuitable',
      `This bundle was written by a later Drydock (${versions.drydock}), in a form that this one does not know. Update this Drydock, or make the bundle with this version.`,
    );
  }
  return readBlob(file, entry, digest, contentsSchema);
}

async function readBlob<S extends z.ZodType>(
  file: FileHandle,
  entry: ArchiveEntry,
  digest: string,
  schema: S,
): Promise<z.infer<S>> {
  return readJson(file, entry.name, entry, schema, digest);
}

/** @throws bundle.damaged when it is not what its digest says, bundle.invalid when it is, and yet not what it should be */
async function readJson<S extends z.ZodType>(
  file: FileHandle,
  name: string,
  entry: ArchiveEntry | undefined,
  schema: S,
  digest?: string,
): Promise<z.infer<S>> {
  if (entry === undefined) throw invalidBundle(`This is no bundle of Drydock: it has no file ${name}.`);
  if (entry.size > jsonLimit) throw invalidBundle(`This is no bundle of Drydock: ${name} in it is too big to be read.`);
  const content = await readSmallEntry(file, entry);
  if (digest !== undefined && digestOf(content) !== digest) throw changed(digest);
  let value: unknown;
  try {
    value = JSON.parse(content.toString('utf8'));
  } catch (cause) {
    throw digest === undefined
      ? damagedBundle(`The bundle is damaged: its ${name} cannot be read.`)
      : new DrydockError('bundle.invalid', `${name} in this bundle should be JSON, and is not.`, { cause });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const place = issue === undefined || issue.path.length === 0 ? '' : ` (${issue.path.map(String).join('.')})`;
  throw invalidBundle(`This is no bundle of Drydock: ${name} in it is not as it should be${place}.`);
}

function changed(digest: string): DrydockError {
  return damagedBundle(`The bundle is damaged: the content of ${digest} is not what was put there.`);
}
