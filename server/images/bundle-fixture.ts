import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import type { ErrorCode } from '../../protocol/errors.ts';
import { archiveEnd, archiveHeader, archivePadding, digestOf } from './bundle-archive.ts';
import { type BundledImage, checkBundle } from './bundle-check.ts';
import { type BundleContents, contentsAnnotation } from './bundle-contents.ts';
import { writeBundle } from './bundle-writer.ts';
import { blobPath, type Manifest, mediaTypes, nameAnnotation } from './oci-layout.ts';

/** For tests: small bundles, and what can happen to them on the way. */

export interface File {
  name: string;
  content: Buffer;
}

interface FixtureImage {
  names: string[];
  layers: Buffer[];
  architecture?: string;
}

const base = layer('debian');

/** Three images of the lab and two for learners, on the layer of one base. */
export const fixtureImages: Record<string, FixtureImage> = {
  base: { names: ['drydock/base:trixie'], layers: [base] },
  sandbox: { names: ['drydock/sandbox:0123456789ab'], layers: [base, layer('sandbox')] },
  registry: { names: ['drydock/registry:0123456789ab'], layers: [base, layer('registry')] },
  nginx: { names: ['nginx:latest', 'nginx:1.26'], layers: [base, layer('nginx')] },
  busybox: { names: ['busybox:latest'], layers: [layer('busybox')] },
};

export function layer(text: string): Buffer {
  return gzipSync(Buffer.from(text.repeat(100)));
}

/** The tar that a registry packs. */
export function fixtureLayout(images: Record<string, FixtureImage> = fixtureImages): { tar: Readable; files: File[] } {
  const blobs = new Map<string, Buffer>();
  const add = (content: Buffer): { digest: string; size: number } => {
    blobs.set(digestOf(content), content);
    return { digest: digestOf(content), size: content.length };
  };
  const manifests = Object.entries(images).flatMap(([id, { names, layers, architecture = 'amd64' }]) => {
    const config = add(
      json({
        os: 'linux',
        architecture,
        config: { Labels: { id } },
        rootfs: { type: 'layers', diff_ids: layers.map((each) => digestOf(each)) },
      }),
    );
    const manifest = add(
      json({
        schemaVersion: 2,
        mediaType: mediaTypes.manifest,
        config: { mediaType: mediaTypes.config, ...config },
        layers: layers.map((each) => ({ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', ...add(each) })),
      }),
    );
    return names.map((name) => ({
      mediaType: mediaTypes.manifest,
      ...manifest,
      annotations: { [nameAnnotation]: name },
    }));
  });
  const files = [
    { name: 'oci-layout', content: json({ imageLayoutVersion: '1.0.0' }) },
    { name: 'index.json', content: json({ schemaVersion: 2, manifests }) },
    ...[...blobs]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([digest, content]) => ({ name: blobPath(digest), content })),
  ];
  const tar = pack();
  for (const { name, content } of files) tar.entry({ name }, content);
  tar.finalize();
  return { tar: Readable.from(tar, { objectMode: false }), files };
}

export function fixtureContents(found: ReadonlyMap<string, BundledImage>): BundleContents {
  const lab = (name: string) => {
    const [reference = ''] = fixtureImages[name]?.names ?? [];
    return {
      reference,
      identity: found.get(reference)?.identity ?? '',
      files: `files of ${name}`,
      unpacked: 1000,
    };
  };
  const made = (id: string) => {
    const { names = [] } = fixtureImages[id] ?? {};
    const image = found.get(names[0] ?? '');
    const layers = (image?.manifest.layers ?? []).map(({ digest, size }) => ({ digest, bytes: size }));
    return {
      id,
      source: 'drydock' as const,
      origin: `${id} from Debian trixie`,
      names,
      digest: image?.digest ?? '',
      hubDigest: null,
      recipe: '0123456789ab',
      platform: 'linux/amd64',
      download:
        (image?.size ?? 0) + (image?.manifest.config.size ?? 0) + layers.reduce((sum, { bytes }) => sum + bytes, 0),
      unpacked: 2000,
      layers,
      madeAt: 1_700_000_000_000,
      tookMs: 1000,
    };
  };
  return {
    format: 1,
    drydock: '0.1.0',
    platform: 'linux/amd64',
    lab: { base: lab('base'), sandbox: lab('sandbox'), registry: lab('registry') },
    images: [made('nginx'), made('busybox')],
  };
}

/** A sound bundle in that file. */
export async function writeFixture(file: string): Promise<void> {
  await writeBundle(file, fixtureLayout().tar, fixtureContents);
}

/** The files of a bundle, to be changed. */
export async function readFiles(file: string): Promise<File[]> {
  const content = await readFile(file);
  const files: File[] = [];
  let offset = 0;
  while (content[offset] !== 0) {
    const name = content.toString('latin1', offset, content.indexOf(0, offset));
    const size = Number.parseInt(content.toString('latin1', offset + 124, offset + 135), 8);
    files.push({ name, content: content.subarray(offset + 512, offset + 512 + size) });
    offset += 512 + size + archivePadding(size).length;
  }
  return files;
}

export function archiveOf(files: readonly File[]): Buffer {
  const pieces = files.flatMap(({ name, content }) => [
    archiveHeader(name, content.length),
    content,
    archivePadding(content.length),
  ]);
  return Buffer.concat([...pieces, archiveEnd]);
}

export function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

interface IndexEntry {
  mediaType: string;
  digest: string;
  size: number;
  annotations: Record<string, string>;
}

/** A bundle in parts that can be changed and still agree with each other: what somebody could write on purpose. */
export interface OpenBundle {
  index: { manifests: IndexEntry[]; annotations: Record<string, string> };
  contents: BundleContents;
  engine: Buffer;
  blobs: Map<string, Buffer>;
}

export function openFiles(files: readonly File[]): OpenBundle {
  const content = (name: string): Buffer => files.find((file) => file.name === name)?.content ?? Buffer.alloc(0);
  const index = JSON.parse(content('index.json').toString()) as OpenBundle['index'];
  const said = index.annotations[contentsAnnotation] ?? '';
  const blobs = new Map(
    files
      .filter(({ name }) => name.startsWith('blobs/') && name !== blobPath(said))
      .map((file) => [file.name.replace('blobs/sha256/', 'sha256:'), file.content]),
  );
  const contents = JSON.parse(content(blobPath(said)).toString()) as BundleContents;
  return { index, contents, engine: content('manifest.json'), blobs };
}

function closeFiles({ index, contents, engine, blobs }: OpenBundle): File[] {
  const said = json(contents);
  const annotations = { [contentsAnnotation]: digestOf(said) };
  return [
    ...[...blobs].map(([digest, content]) => ({ name: blobPath(digest), content })),
    { name: blobPath(digestOf(said)), content: said },
    { name: 'manifest.json', content: engine },
    { name: 'index.json', content: json({ ...index, annotations }) },
    { name: 'oci-layout', content: json({ imageLayoutVersion: '1.0.0' }) },
  ];
}

/** Puts another manifest (or whatever bytes) in the place of an image's, and says so wherever the old one was named. */
export function changeManifest(bundle: OpenBundle, name: string, change: (manifest: Manifest) => unknown): void {
  const old = bundle.index.manifests.find(({ annotations }) => annotations[nameAnnotation] === name)?.digest ?? '';
  const changed = change(JSON.parse(bundle.blobs.get(old)?.toString() ?? '{}') as Manifest);
  const content = Buffer.isBuffer(changed) ? changed : json(changed);
  const digest = digestOf(content);
  bundle.blobs.delete(old);
  bundle.blobs.set(digest, content);
  for (const entry of bundle.index.manifests) {
    if (entry.digest === old) Object.assign(entry, { digest, size: content.length });
  }
  for (const image of bundle.contents.images) if (image.digest === old) image.digest = digest;
}

/** What happened to a bundle; what is thrown; what is said. */
export type Damage = [what: string, code: ErrorCode, words: RegExp, make: () => Buffer];

export async function checkContent(folder: string, content: Buffer): ReturnType<typeof checkBundle> {
  const path = join(folder, 'other.tar');
  await writeFile(path, content);
  const handle = await open(path);
  try {
    return await checkBundle(handle);
  } finally {
    await handle.close();
  }
}

export function flipped(content: Buffer, at: number): Buffer {
  const copy = Buffer.from(content);
  copy[at] = (copy[at] ?? 0) ^ 0x01;
  return copy;
}

/** The same bundle with one file in the place of another of the same name, or without it. */
export function replaceFile(files: readonly File[], name: string, content: Buffer | null): File[] {
  return files.flatMap((each) => (each.name !== name ? [each] : content === null ? [] : [{ name, content }]));
}

/** The same bundle after somebody changed it who knows how it is put together. */
export function changeFiles(files: readonly File[], change: (bundle: OpenBundle) => void): Buffer {
  const bundle = openFiles(files);
  change(bundle);
  return archiveOf(closeFiles(bundle));
}

/** What the index says of an image. */
export function indexed(bundle: OpenBundle, name: string): IndexEntry {
  const found = bundle.index.manifests.find(({ annotations }) => annotations[nameAnnotation] === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}
