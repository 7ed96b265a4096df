import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { type ArchiveEntry, archiveEnd, archiveHeader, archivePadding, readEntry } from './bundle-archive.ts';
import type { BundledImage } from './bundle-check.ts';
import { type BundleContents, bundleParts } from './bundle-contents.ts';
import { engineManifest } from './engine-manifest.ts';
import { blobPath, layoutFile, mediaTypes, nameAnnotation } from './oci-layout.ts';

export interface ReadOptions {
  /** Bytes that were read, of all. */
  onRead?: (done: number, all: number) => void;
  signal?: AbortSignal;
}

/** The part of a bundle that an engine gets: the lab's own images in the form of `docker save`. */
export function engineArchive(
  file: FileHandle,
  contents: BundleContents,
  images: ReadonlyMap<string, BundledImage>,
  blobs: ReadonlyMap<string, ArchiveEntry>,
  options: ReadOptions,
): Readable {
  const digests = bundleParts.flatMap((part) => {
    const image = images.get(contents.lab[part].reference);
    // The engine has no use for the manifest.
    return image === undefined
      ? []
      : [image.manifest.config.digest, ...image.manifest.layers.map((layer) => layer.digest)];
  });
  return partOf(file, [['manifest.json', engineManifest(contents, images)]], digests, blobs, options);
}

/** The part of a bundle that a registry gets: an OCI layout with the images of these names. */
export function registryLayout(
  file: FileHandle,
  names: readonly string[],
  images: ReadonlyMap<string, BundledImage>,
  blobs: ReadonlyMap<string, ArchiveEntry>,
  options: ReadOptions,
): Readable {
  const chosen = names.flatMap((name) => {
    const image = images.get(name);
    return image === undefined ? [] : [{ name, image }];
  });
  const index = {
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: chosen.map(({ name, image: { digest, size } }) => ({
      mediaType: mediaTypes.manifest,
      digest,
      size,
      annotations: { [nameAnnotation]: name },
    })),
  };
  const digests = chosen.flatMap(({ image: { digest, manifest } }) => [
    digest,
    manifest.config.digest,
    ...manifest.layers.map((layer) => layer.digest),
  ]);
  const small: [string, string][] = [
    ['oci-layout', layoutFile],
    ['index.json', JSON.stringify(index)],
  ];
  return partOf(file, small, digests, blobs, options);
}

function partOf(
  file: FileHandle,
  small: readonly [name: string, content: string][],
  digests: readonly string[],
  blobs: ReadonlyMap<string, ArchiveEntry>,
  { onRead, signal }: ReadOptions,
): Readable {
  const chosen = [...new Set(digests)].sort().flatMap((digest) => {
    const entry = blobs.get(digest);
    return entry === undefined ? [] : [{ digest, entry }];
  });
  const all = chosen.reduce((sum, { entry }) => sum + entry.size, 0);
  async function* write(): AsyncGenerator<Buffer> {
    for (const [name, text] of small) {
      const content = Buffer.from(text);
      yield Buffer.concat([archiveHeader(name, content.length), content, archivePadding(content.length)]);
    }
    let done = 0;
    for (const { digest, entry } of chosen) {
      yield archiveHeader(blobPath(digest), entry.size);
      for await (const piece of readEntry(file, entry, signal)) {
        done += piece.length;
        onRead?.(done, all);
        yield piece;
      }
      yield archivePadding(entry.size);
    }
    yield archiveEnd;
  }
  return Readable.from(write(), { objectMode: false });
}
