import { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import { type ContainerProgram, programError, registryDiskFull } from '../docker/container-program.ts';
import type { Following } from '../docker/image-builder.ts';
import type { RegistryFiller } from '../docker/registry-filler.ts';
import { DrydockError, describeError } from '../errors.ts';
import { toOciManifest } from './oci-manifest.ts';
import type { PackedImage } from './pack-layout.ts';
import { digestsInUse, hexOf, inspectState, manifestOf, readState, type StorageState } from './storage-state.ts';

/* What is asked of `drydock-registry`'s programs, and how their answers are read. */

export async function stateOf(filler: RegistryFiller): Promise<StorageState> {
  return parseState(await filler.run('look into the registry', ['state']));
}

export function parseState(output: Buffer): StorageState {
  try {
    return readState(output);
  } catch (error) {
    throw programError('look into the registry', describeError(error), 0, error);
  }
}

export function readStaged(doing: string, manifest: Buffer): ReturnType<typeof toOciManifest> {
  try {
    return toOciManifest(manifest);
  } catch (error) {
    throw programError(doing, describeError(error), 0, error);
  }
}

/** The engine, too, needs room: for the archive of an image, and for a container. */
export function asDiskFull(error: unknown): unknown {
  const full = error instanceof DrydockError && /no space left on device/i.test(error.message);
  return full && error.code === 'engine.failed' ? registryDiskFull('put images into the registry', error) : error;
}

export async function apply(filler: RegistryFiller, doing: string, lines: string[]): Promise<void> {
  if (lines.length > 0) await filler.run(doing, ['apply'], [...lines, 'end', ''].join('\n'));
}

/** Blobs one after the other. */
export async function openBlobs(filler: RegistryFiller, digests: string[]): Promise<ContainerProgram> {
  const list = digests.map((digest) => `${digest}\n`).join('');
  return filler.start('read the images of the registry', ['read'], list);
}

/** How many blobs are read at once, between two lines of progress. */
const hashedAtOnce = 64;

/** What the blobs that tags lead to really hash to, by digest. */
export async function hashesOf(
  state: StorageState,
  { signal, onLine }: Following,
  run: (doing: string, list: string) => Promise<Buffer>,
): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  const asked = digestsInUse(state);
  for (let at = 0; at < asked.length; at += hashedAtOnce) {
    signal?.throwIfAborted();
    onLine?.(`reading ${asked.length - at} of ${asked.length} parts`);
    const list = asked.slice(at, at + hashedAtOnce).map((digest) => `${digest}\n`);
    const output = await run('read the images of the registry', list.join(''));
    for (const line of output.toString('utf8').split('\n')) {
      const [digest, actual] = line.split(' ');
      if (digest !== undefined && actual !== undefined) hashes.set(digest, actual);
    }
  }
  return hashes;
}

/** @throws image.unknown */
export function packedImages(state: StorageState, names: string[]): PackedImage[] {
  const { served } = inspectState(state);
  return names.map((name) => {
    const image = served.find((each) => each.name === name);
    const bytes = image === undefined ? undefined : state.json.get(hexOf(image.digest));
    const manifest = image === undefined ? null : manifestOf(state, hexOf(image.digest));
    if (image === undefined || bytes === undefined || manifest === null) {
      throw new DrydockError('image.unknown', `The registry of this lab does not serve ${name}.`);
    }
    return { name, digest: image.digest, bytes, manifest, platform: image.platform };
  });
}

/** A tar of one file, named by its digest. */
export function fileTar({ digest, bytes }: { digest: string; bytes: Buffer }): Readable {
  const tar = pack();
  tar.entry({ name: hexOf(digest), mode: 0o644 }, bytes);
  tar.finalize();
  return Readable.from(tar as AsyncIterable<Buffer>, { objectMode: false });
}
