import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { type Pack, pack } from 'tar-stream';
import { DrydockError } from '../errors.ts';
import { digestOf, type ImageManifest, manifestType } from './oci-manifest.ts';
import { hexOf } from './storage-state.ts';
import { writeEntry } from './tar-entry.ts';

/** One image in a layout. */
export interface PackedImage {
  /** Under which it is found again. */
  name: string;
  digest: string;
  /** Of the manifest. */
  bytes: Buffer;
  manifest: ImageManifest;
  platform: string;
}

/** A program that gives blobs, one after the other. */
export interface BlobSource {
  stdout: Readable;
  ended: Promise<void>;
  destroy(): void;
}

/**
 * A tar of an OCI image layout: `oci-layout`, `index.json`, then manifests, then everything else, each blob once. What
 * is read is compared with its digest on the way.
 * @param read gives these blobs (64 hexadecimal digits each), one after the other
 */
export function packLayout(images: readonly PackedImage[], read: (digests: string[]) => Promise<BlobSource>): Readable {
  const tar = pack();
  write(tar, images, read).then(
    () => tar.finalize(),
    (error: unknown) => tar.destroy(error instanceof Error ? error : new Error(String(error))),
  );
  return Readable.from(tar as AsyncIterable<Buffer>, { objectMode: false, highWaterMark: 64 * 1024 });
}

async function write(
  tar: Pack,
  images: readonly PackedImage[],
  read: (digests: string[]) => Promise<BlobSource>,
): Promise<void> {
  const index = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: images.map(({ name, digest, bytes, platform }) => {
      const [os, architecture, variant] = platform.split('/');
      return {
        mediaType: manifestType,
        digest,
        size: bytes.length,
        annotations: { 'org.opencontainers.image.ref.name': name },
        platform: { architecture, os, ...(variant === undefined ? {} : { variant }) },
      };
    }),
  };
  const put = async (name: string, bytes: Buffer) => writeEntry(tar, name, bytes.length, Readable.from([bytes]));
  await put('oci-layout', Buffer.from('{"imageLayoutVersion":"1.0.0"}'));
  await put('index.json', Buffer.from(JSON.stringify(index)));
  const manifests = new Map(images.map(({ digest, bytes }) => [digest, bytes]));
  for (const [digest, bytes] of manifests) {
    if (digestOf(bytes) !== digest) throw damaged(digest);
    await put(blobName(digest), bytes);
  }
  const parts = images.flatMap(({ manifest }) => [manifest.config, ...manifest.layers]);
  const sizes = new Map(parts.filter((part) => !manifests.has(part.digest)).map((part) => [part.digest, part.size]));
  const source = await read([...sizes.keys()].map(hexOf));
  try {
    const rest = new ByteQueue(source);
    for (const [digest, size] of sizes) await writeEntry(tar, blobName(digest), size, checked(digest, size, rest));
  } finally {
    source.destroy();
  }
}

/** The next `size` bytes. @throws image.damaged when there are fewer, or they are not what the digest says */
async function* checked(digest: string, size: number, source: ByteQueue): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  for (let left = size; left > 0; ) {
    const chunk = await source.take(left);
    if (chunk === null) throw damaged(digest);
    hash.update(chunk);
    left -= chunk.length;
    if (left === 0 && `sha256:${hash.digest('hex')}` !== digest) throw damaged(digest);
    yield chunk;
  }
}

/** Takes a stream in pieces of at most the size that is wanted. */
class ByteQueue {
  readonly #source: BlobSource;
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: BlobSource) {
    this.#source = source;
    this.#chunks = (source.stdout as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  }

  /** null: it is over. */
  async take(most: number): Promise<Buffer | null> {
    while (this.#rest.length === 0) {
      const next = await this.#next();
      if (next === null) return null;
      this.#rest = next;
    }
    const taken = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(taken.length);
    return taken;
  }

  async #next(): Promise<Buffer | null> {
    try {
      const { done, value } = await this.#chunks.next();
      return done === true ? null : value;
    } catch (error) {
      // How the program ended says more than its broken stream.
      await this.#source.ended;
      throw error;
    }
  }
}

function blobName(digest: string): string {
  return `blobs/sha256/${hexOf(digest)}`;
}

function damaged(digest: string): DrydockError {
  return new DrydockError(
    'image.damaged',
    `A part of an image in the registry is not what was put there (${digest}). \`npm run images -- verify\` says which images it belongs to, and \`npm run images -- verify --mend\` makes them anew.`,
  );
}
