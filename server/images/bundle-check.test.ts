import { mkdtempSync, rmSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from './bundle-archive.ts';
import { checkBundle } from './bundle-check.ts';
import {
  archiveOf,
  changeFiles,
  changeManifest,
  checkContent,
  type Damage,
  type File,
  flipped,
  indexed,
  json,
  type OpenBundle,
  openFiles,
  readFiles,
  replaceFile,
  writeFixture,
} from './bundle-fixture.ts';
import { blobPath } from './oci-layout.ts';

const folder = mkdtempSync(join(tmpdir(), 'drydock-bundle-'));
const file = join(folder, 'class.tar');
let files: File[];

beforeAll(async () => {
  await writeFixture(file);
  files = await readFiles(file);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const withFile = (name: string, content: Buffer | null): File[] => replaceFile(files, name, content);
const changed = (change: (bundle: OpenBundle) => void): Buffer => changeFiles(files, change);
const check = async (content: Buffer) => checkContent(folder, content);

const biggest = (): File =>
  files.filter(({ name }) => name.startsWith('blobs/')).reduce((a, b) => (b.content.length > a.content.length ? b : a));

/** What happened to a bundle; what is thrown; what is said. */
const damages: Damage[] = [
  // the layout
  [
    'is what docker save writes',
    'bundle.invalid',
    /what `docker save` writes/,
    () => archiveOf([{ name: 'manifest.json', content: json([]) }]),
  ],
  ['has no index', 'bundle.invalid', /no file index.json/, () => archiveOf(withFile('index.json', null))],
  [
    'has no list for engines',
    'bundle.invalid',
    /no file manifest.json/,
    () => archiveOf(withFile('manifest.json', null)),
  ],
  [
    'is of another layout',
    'bundle.invalid',
    /oci-layout in it is not as it should be/,
    () => archiveOf(withFile('oci-layout', json({ imageLayoutVersion: '2.0.0' }))),
  ],
  [
    'has an index that is no JSON',
    'bundle.damaged',
    /index.json cannot be read/,
    () => archiveOf(withFile('index.json', Buffer.from('{"schema'))),
  ],
  [
    'has an index of gigabytes',
    'bundle.invalid',
    /too big to be read/,
    () => archiveOf(withFile('index.json', Buffer.alloc(5 * 2 ** 20, ' '))),
  ],
  [
    'has an index of another form',
    'bundle.invalid',
    /not as it should be \(manifests\)/,
    () => archiveOf(withFile('index.json', json({ schemaVersion: 2 }))),
  ],
  [
    'is an OCI layout of somebody else',
    'bundle.invalid',
    /nothing says that Drydock put them together/,
    () => archiveOf(withFile('index.json', json({ ...openFiles(files).index, annotations: {} }))),
  ],
  [
    'has a digest of another kind',
    'bundle.invalid',
    /manifests.0.digest/,
    () => changed((bundle) => Object.assign(bundle.index.manifests[0] ?? {}, { digest: `sha512:${'0'.repeat(128)}` })),
  ],
  [
    'has an image without a name',
    'bundle.invalid',
    /has no name/,
    () => changed((bundle) => Object.assign(bundle.index.manifests[0] ?? {}, { annotations: {} })),
  ],
  [
    'has a name twice',
    'bundle.invalid',
    /two images in it are called "nginx:latest"/,
    () => changed((bundle) => void bundle.index.manifests.push(indexed(bundle, 'nginx:latest'))),
  ],
  // manifests, configurations, blobs
  [
    'has a manifest that is too small',
    'bundle.damaged',
    /the manifest of "nginx:latest" should have 1 bytes/,
    () => changed((bundle) => Object.assign(indexed(bundle, 'nginx:latest'), { size: 1 })),
  ],
  [
    'has a manifest of Docker’s own kind',
    'bundle.invalid',
    /not as it should be \(mediaType\)/,
    () =>
      changed((bundle) =>
        changeManifest(bundle, 'nginx:latest', (manifest) => ({
          ...manifest,
          mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
        })),
      ),
  ],
  [
    'has a manifest that is no JSON',
    'bundle.invalid',
    /should be JSON, and is not/,
    () => changed((bundle) => changeManifest(bundle, 'nginx:latest', () => Buffer.from('nginx'))),
  ],
  [
    'has a layer that an engine fetches from elsewhere',
    'bundle.invalid',
    /layers.0.mediaType/,
    () =>
      changed((bundle) =>
        changeManifest(bundle, 'nginx:latest', (manifest) => ({
          ...manifest,
          layers: manifest.layers.map((each) => ({
            ...each,
            mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
          })),
        })),
      ),
  ],
  [
    'has an image with fewer layers than it was made with',
    'bundle.invalid',
    /layers of "nginx:1.26" are not those/,
    () =>
      changed((bundle) =>
        changeManifest(bundle, 'nginx:latest', (manifest) => ({ ...manifest, layers: manifest.layers.slice(0, 1) })),
      ),
  ],
  [
    'has an image with a thousand layers',
    'bundle.invalid',
    /layers/,
    () =>
      changed((bundle) =>
        changeManifest(bundle, 'nginx:latest', (manifest) => ({
          ...manifest,
          layers: Array.from({ length: 1000 }, () => manifest.layers[0]),
        })),
      ),
  ],
  [
    'lacks a configuration',
    'bundle.damaged',
    /the configuration of "busybox:latest" is missing/,
    () =>
      changed((bundle) =>
        changeManifest(bundle, 'busybox:latest', (manifest) => {
          bundle.blobs.delete(manifest.config.digest);
          return manifest;
        }),
      ),
  ],
  [
    'lacks a layer',
    'bundle.damaged',
    /a layer of "busybox:latest" is missing/,
    () =>
      changed((bundle) =>
        changeManifest(bundle, 'busybox:latest', (manifest) => {
          bundle.blobs.delete(manifest.layers[0]?.digest ?? '');
          return manifest;
        }),
      ),
  ],
  [
    'has a layer of another size',
    'bundle.damaged',
    /a layer of "busybox:latest" should have/,
    () =>
      changed((bundle) =>
        changeManifest(bundle, 'busybox:latest', (manifest) => {
          bundle.blobs.set(manifest.layers[0]?.digest ?? '', Buffer.from('short'));
          return manifest;
        }),
      ),
  ],
  [
    'has a bit in a layer that turned',
    'bundle.damaged',
    /the content of sha256:[0-9a-f]{64} is not what was put there/,
    () =>
      archiveOf(
        withFile(layerFile(), flipped(files.find(({ name }) => name === layerFile())?.content ?? Buffer.alloc(0), 15)),
      ),
  ],
  [
    'has a bit in the biggest blob that turned',
    'bundle.damaged',
    /is not what was put there/,
    () => archiveOf(withFile(biggest().name, flipped(biggest().content, 9))),
  ],
  [
    'has an image for another processor than the others',
    'bundle.invalid',
    /"busybox:latest" is for linux\/arm64, and the others are for linux\/amd64/,
    () =>
      changed((bundle) =>
        changeManifest(bundle, 'busybox:latest', (manifest) => {
          const config = JSON.parse(bundle.blobs.get(manifest.config.digest)?.toString() ?? '{}') as object;
          const content = json({ ...config, architecture: 'arm64' });
          bundle.blobs.delete(manifest.config.digest);
          bundle.blobs.set(digestOf(content), content);
          return { ...manifest, config: { ...manifest.config, digest: digestOf(content), size: content.length } };
        }),
      ),
  ],
  [
    'has a blob that nobody needs',
    'bundle.invalid',
    /no image in it needs its blob/,
    () => changed((bundle) => void bundle.blobs.set(digestOf(Buffer.from('x')), Buffer.from('x'))),
  ],
  [
    'tells engines something else',
    'bundle.damaged',
    /manifest.json, for `docker load`, does not fit/,
    () => archiveOf(withFile('manifest.json', json([{ Config: 'x', RepoTags: ['nginx:latest'], Layers: [] }]))),
  ],
];

/** A layer of busybox: nobody shares it. */
function layerFile(): string {
  const { contents } = openFiles(files);
  return blobPath(contents.images.find(({ id }) => id === 'busybox')?.layers[0]?.digest ?? '');
}

describe('a bundle', () => {
  it('is sound as it was written', async () => {
    const { contents, images, blobs } = await check(await readFile(file));
    expect(contents.images.map(({ id }) => id)).toEqual(['nginx', 'busybox']);
    expect([...images.keys()].sort()).toEqual([
      'busybox:latest',
      'drydock/base:trixie',
      'drydock/registry:0123456789ab',
      'drydock/sandbox:0123456789ab',
      'nginx:1.26',
      'nginx:latest',
    ]);
    // 5 layers, 5 configurations, 5 manifests, and the list of what is in it
    expect(blobs.size).toBe(16);
  });

  it('the changes of these tests do nothing by themselves', async () => {
    expect((await check(changed(() => undefined))).images.size).toBe(6);
    expect(
      (await check(changed((bundle) => changeManifest(bundle, 'nginx:latest', (manifest) => manifest)))).images.size,
    ).toBe(6);
  });

  it.each(damages)('that %s is refused with %s', async (_what, code, words, make) => {
    const message = expect.stringMatching(words) as string;
    await expect(check(make())).rejects.toMatchObject({ code, message });
  });

  it('tells how far it is, and can be interrupted', async () => {
    const handle = await open(file);
    try {
      const told: number[] = [];
      await checkBundle(handle, { onProgress: (done, all) => told.push(done / all) });
      expect(told.at(-1)).toBe(1);
      expect(told).toEqual([...told].sort((a, b) => a - b));
      await expect(checkBundle(handle, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
    } finally {
      await handle.close();
    }
  });
});
