import { createHash } from 'node:crypto';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import { imageIdentity } from '../docker/image-identity.ts';
import { DrydockError, describeError } from '../errors.ts';
import { archiveEnd, archiveHeader, archivePadding, digestOf } from './bundle-archive.ts';
import { type BundledImage, type CheckedBundle, checkBundle } from './bundle-check.ts';
import { type BundleContents, contentsAnnotation } from './bundle-contents.ts';
import { engineManifest } from './engine-manifest.ts';
import {
  blobPath,
  imageConfigSchema,
  indexSchema,
  layoutFile,
  manifestSchema,
  mediaTypes,
  nameAnnotation,
} from './oci-layout.ts';

/** Bytes of a blob that may be kept in memory until it is known whether it is a manifest or a configuration. */
const keptBytes = 4 * 2 ** 20;

export interface WriteOptions {
  /** Bytes that have been written. */
  onWritten?: (bytes: number) => void;
  /** Bytes that have been read again, of all. */
  onChecked?: (done: number, all: number) => void;
  signal?: AbortSignal;
}

/**
 * Writes a bundle: the blobs of an OCI layout as they come, then what says what they are. The file has its name only when
 * all of it is on the disk and was read again; until then it is FILE.part, which an interruption removes.
 * @param layout tar of an OCI layout, see Registry.pack
 * @param contentsOf what the bundle says of itself, once its images are known by name
 * @throws host.disk-full, registry.failed when the layout is not what it should be
 */
export async function writeBundle(
  file: string,
  layout: Readable,
  contentsOf: (images: ReadonlyMap<string, BundledImage>) => BundleContents,
  options: WriteOptions = {},
): Promise<{ bytes: number; bundle: CheckedBundle }> {
  const part = `${file}.part`;
  // It may break off while the file is opened; that is seen when it is read.
  layout.on('error', () => undefined);
  try {
    const bytes = await withFile(part, 'w', async (handle) => writeArchive(handle, layout, contentsOf, options));
    const bundle = await withFile(part, 'r', async (handle) => readAgain(handle, options));
    options.signal?.throwIfAborted();
    await rename(part, file);
    await withFile(dirname(file), 'r', async (folder) => folder.sync());
    return { bytes, bundle };
  } catch (error) {
    layout.destroy();
    await rm(part, { force: true });
    options.signal?.throwIfAborted();
    throw writeFailure(error, file);
  }
}

/** Before anything else is done: whether a bundle can be written there at all. @throws file.failed, host.disk-full */
export async function requireWritable(file: string): Promise<void> {
  try {
    const found = await stat(file).catch(() => null);
    if (found?.isDirectory() === true)
      throw new DrydockError(
        'file.failed',
        `${file} is a folder. Name the file in it that the bundle is to be written to.`,
      );
    const part = `${file}.part`;
    const isLeft = (await stat(part).catch(() => null)) !== null;
    await withFile(part, 'a', () => Promise.resolve());
    if (!isLeft) await rm(part, { force: true });
  } catch (error) {
    throw writeFailure(error, file);
  }
}

async function writeArchive(
  handle: FileHandle,
  layout: Readable,
  contentsOf: (images: ReadonlyMap<string, BundledImage>) => BundleContents,
  { onWritten, signal }: WriteOptions,
): Promise<number> {
  const out = new ArchiveWriter(handle);
  const kept = new Map<string, Buffer>();
  const had = new Set<string>();
  let index: Buffer | null = null;
  if (layout.errored !== null) throw layout.errored;
  if (layout.destroyed) throw layoutFailure('it broke off');
  const parser = extract();
  const failed = (error: Error): void => parser.destroy(error);
  // tar-stream would take an archive that breaks off for one that ends there, or wait for ever.
  let ended = false;
  layout.once('end', () => {
    ended = true;
  });
  const closed = (): void => {
    if (!ended) parser.destroy(layoutFailure('it broke off'));
  };
  layout.once('error', failed);
  layout.once('close', closed);
  const give = (): void => parser.destroy(new Error('interrupted'));
  signal?.addEventListener('abort', give, { once: true });
  layout.pipe(parser as unknown as NodeJS.WritableStream);
  try {
    for await (const entry of parser) {
      signal?.throwIfAborted();
      // A stream of its own kind that Node can go through, whatever its types say.
      const content = entry as unknown as AsyncIterable<Buffer>;
      const name = entry.header.name.replace(/^(\.\/)+/, '');
      const size = entry.header.size ?? 0;
      if (name === 'index.json') index = await readWhole(content, size);
      else if (!/^blobs\/sha256\/[0-9a-f]{64}$/.test(name) || entry.header.type !== 'file') entry.resume();
      else {
        const digest = name.replace('blobs/sha256/', 'sha256:');
        if (had.has(digest)) throw layoutFailure(`it gave ${digest} twice`);
        had.add(digest);
        const small = await copyBlob(out, content, digest, size, onWritten);
        if (small !== null) kept.set(digest, small);
      }
    }
  } finally {
    layout.off('error', failed);
    layout.off('close', closed);
    signal?.removeEventListener('abort', give);
  }
  signal?.throwIfAborted();
  if (index === null) throw layoutFailure('it gave no index');
  const images = readImages(index, kept);
  const contents = contentsOf(images);
  await writeDescription(out, contents, images);
  await out.write(archiveEnd);
  await handle.sync();
  return out.bytes;
}

/** @returns its content when it is small enough to be a manifest or a configuration */
async function copyBlob(
  out: ArchiveWriter,
  content: AsyncIterable<Buffer>,
  digest: string,
  size: number,
  onWritten: WriteOptions['onWritten'],
): Promise<Buffer | null> {
  const hash = createHash('sha256');
  const pieces: Buffer[] | null = size <= keptBytes ? [] : null;
  await out.write(archiveHeader(blobPath(digest), size));
  for await (const piece of content) {
    hash.update(piece);
    pieces?.push(piece);
    await out.write(piece);
    onWritten?.(out.bytes);
  }
  await out.write(archivePadding(size));
  if (`sha256:${hash.digest('hex')}` !== digest) throw layoutFailure(`its blob ${digest} is not what its name says`);
  const whole = pieces === null ? null : Buffer.concat(pieces);
  return whole?.[0] === 0x7b ? whole : null;
}

function readImages(index: Buffer, kept: ReadonlyMap<string, Buffer>): Map<string, BundledImage> {
  const images = new Map<string, BundledImage>();
  const read = (digest: string): unknown => JSON.parse(kept.get(digest)?.toString('utf8') ?? 'null');
  try {
    for (const { digest, size, annotations } of indexSchema.parse(JSON.parse(index.toString('utf8'))).manifests) {
      const manifest = manifestSchema.parse(read(digest));
      const { rootfs, config } = imageConfigSchema.parse(read(manifest.config.digest));
      const identity = imageIdentity(rootfs.diff_ids, config);
      images.set(annotations[nameAnnotation] ?? digest, { digest, size, manifest, identity });
    }
  } catch (error) {
    throw layoutFailure(describeError(error));
  }
  return images;
}

/** The files that say what the blobs are, last: they are known only then. */
async function writeDescription(
  out: ArchiveWriter,
  contents: BundleContents,
  images: ReadonlyMap<string, BundledImage>,
): Promise<void> {
  const said = Buffer.from(JSON.stringify(contents));
  const [os = '', architecture = ''] = contents.platform.split('/');
  const index = {
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: [...images]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, { digest, size }]) => ({
        mediaType: mediaTypes.manifest,
        digest,
        size,
        platform: { os, architecture },
        annotations: { [nameAnnotation]: name },
      })),
    annotations: { [contentsAnnotation]: digestOf(said) },
  };
  await out.add(blobPath(digestOf(said)), said);
  await out.add('manifest.json', Buffer.from(engineManifest(contents, images)));
  await out.add('index.json', Buffer.from(JSON.stringify(index)));
  await out.add('oci-layout', Buffer.from(layoutFile));
}

class ArchiveWriter {
  readonly #file: FileHandle;
  bytes = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  async add(name: string, content: Buffer): Promise<void> {
    await this.write(archiveHeader(name, content.length));
    await this.write(content);
    await this.write(archivePadding(content.length));
  }

  async write(piece: Uint8Array): Promise<void> {
    let done = 0;
    while (done < piece.length) done += (await this.#file.write(piece, done, piece.length - done)).bytesWritten;
    this.bytes += piece.length;
  }
}

async function readWhole(content: AsyncIterable<Buffer>, size: number): Promise<Buffer> {
  if (size > keptBytes) throw layoutFailure('its index is too big');
  const pieces: Buffer[] = [];
  for await (const piece of content) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function withFile<T>(path: string, flags: string, use: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await open(path, flags, 0o644);
  try {
    return await use(handle);
  } finally {
    await handle.close();
  }
}

/** What was written is looked at as whoever loads it will: better no bundle than one that fails there. */
async function readAgain(handle: FileHandle, { onChecked, signal }: WriteOptions): Promise<CheckedBundle> {
  try {
    return await checkBundle(handle, {
      ...(onChecked === undefined ? {} : { onProgress: onChecked }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    throw error instanceof DrydockError ? layoutFailure(error.message) : error;
  }
}

function layoutFailure(why: string): DrydockError {
  return new DrydockError(
    'registry.failed',
    `The images could not be put together into a bundle: what the lab's registry gave cannot be used (${why.slice(0, 200)}). \`npm run images -- verify\` says whether its storage is damaged.`,
  );
}

function writeFailure(error: unknown, file: string): unknown {
  if (error instanceof DrydockError || !(error instanceof Error)) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') {
    return new DrydockError(
      'host.disk-full',
      `The bundle does not fit: there is no room left where ${file} was to be written. Nothing was left there. Make room, or name a file on another disk.`,
      { cause: error },
    );
  }
  if (['ENOENT', 'EACCES', 'EPERM', 'EROFS', 'EISDIR', 'ENOTDIR'].includes(code)) {
    return new DrydockError(
      'file.failed',
      `The bundle cannot be written to ${file}: ${error.message}. Name a file in a folder that is there and that you may write to.`,
      { cause: error },
    );
  }
  return error;
}
