import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contentsAnnotation } from './bundle-contents.ts';
import {
  archiveOf,
  changeFiles,
  checkContent,
  type Damage,
  type File,
  flipped,
  indexed,
  type OpenBundle,
  openFiles,
  readFiles,
  replaceFile,
  writeFixture,
} from './bundle-fixture.ts';
import { blobPath, nameAnnotation } from './oci-layout.ts';

const folder = mkdtempSync(join(tmpdir(), 'drydock-bundle-'));
let files: File[];

beforeAll(async () => {
  await writeFixture(join(folder, 'class.tar'));
  files = await readFiles(join(folder, 'class.tar'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const withFile = (name: string, content: Buffer | null): File[] => replaceFile(files, name, content);
const changed = (change: (bundle: OpenBundle) => void): Buffer => changeFiles(files, change);
const contentsFile = (): string => blobPath(openFiles(files).index.annotations[contentsAnnotation] ?? '');

const damages: Damage[] = [
  [
    'lacks its list',
    'bundle.damaged',
    /the list of what is in it is missing/,
    () => archiveOf(withFile(contentsFile(), null)),
  ],
  [
    'has a list that was changed',
    'bundle.damaged',
    /is not what was put there/,
    () =>
      archiveOf(
        withFile(
          contentsFile(),
          flipped(files.find(({ name }) => name === contentsFile())?.content ?? Buffer.alloc(0), 20),
        ),
      ),
  ],
  [
    'is of a later form',
    'bundle.unsuitable',
    /later Drydock \(9\.0\.0\)/,
    () => changed((bundle) => Object.assign(bundle.contents, { format: 2, drydock: '9.0.0', more: true })),
  ],
  [
    'says more than it may',
    'bundle.invalid',
    /not as it should be/,
    () => changed((bundle) => Object.assign(bundle.contents, { more: true })),
  ],
  [
    'says something endless',
    'bundle.invalid',
    /images.0.origin/,
    () => changed((bundle) => Object.assign(bundle.contents.images[0] ?? {}, { origin: 'x'.repeat(1000) })),
  ],
  [
    'lacks an image of the lab',
    'bundle.damaged',
    /does not name "drydock\/sandbox:0123456789ab"/,
    () =>
      changed(
        (bundle) =>
          void bundle.index.manifests.splice(
            bundle.index.manifests.indexOf(indexed(bundle, 'drydock/sandbox:0123456789ab')),
            1,
          ),
      ),
  ],
  [
    'lacks a name',
    'bundle.damaged',
    /does not name "nginx:1.26"/,
    () =>
      changed(
        (bundle) =>
          void bundle.index.manifests.splice(bundle.index.manifests.indexOf(indexed(bundle, 'nginx:1.26')), 1),
      ),
  ],
  [
    'has a name too many',
    'bundle.damaged',
    /names "nginx:1.27", which it should not/,
    () =>
      changed(
        (bundle) =>
          void bundle.index.manifests.push({
            ...indexed(bundle, 'nginx:1.26'),
            annotations: { [nameAnnotation]: 'nginx:1.27' },
          }),
      ),
  ],
  [
    'has another image under a name',
    'bundle.damaged',
    /another image as "nginx:1.26"/,
    () =>
      changed((bundle) => {
        const { digest, size } = indexed(bundle, 'busybox:latest');
        Object.assign(indexed(bundle, 'nginx:1.26'), { digest, size });
      }),
  ],
  [
    'says of an image what is not so',
    'bundle.invalid',
    /what it says of "nginx:latest" is not so/,
    () => changed((bundle) => Object.assign(bundle.contents.images[0] ?? {}, { download: 1 })),
  ],
  [
    'says of an image of the lab what is not so',
    'bundle.invalid',
    /what it says of "drydock\/sandbox:0123456789ab" is not so/,
    () => changed(({ contents: { lab } }) => void Object.assign(lab.sandbox, { identity: lab.base.identity })),
  ],
  [
    'says of a layer what is not so',
    'bundle.invalid',
    /what it says of "nginx:latest" is not so/,
    () => changed((bundle) => Object.assign(bundle.contents.images[0]?.layers[0] ?? {}, { bytes: 1 })),
  ],
  [
    'says of an image that it is for another processor',
    'bundle.invalid',
    /what it says of "nginx:latest" is not so/,
    () => changed((bundle) => Object.assign(bundle.contents.images[0] ?? {}, { platform: 'linux/arm64' })),
  ],
  [
    'has two images of one id',
    'bundle.invalid',
    /not as it should be \(images.id\)/,
    () => changed((bundle) => Object.assign(bundle.contents.images[0] ?? {}, { id: 'busybox' })),
  ],
  [
    'gives a name of the lab to learners',
    'bundle.invalid',
    /not as it should be \(images.names\)/,
    () => changed((bundle) => Object.assign(bundle.contents.images[0] ?? {}, { names: ['drydock/base:trixie'] })),
  ],
  [
    'has a name that is none',
    'bundle.invalid',
    /not as it should be \(images.0.names.0\)/,
    () => changed((bundle) => Object.assign(bundle.contents.images[0] ?? {}, { names: ['../../x'] })),
  ],
];

describe('what a bundle says of itself', () => {
  it.each(damages)('is not believed where it %s: %s', async (_what, code, words, make) => {
    const message = expect.stringMatching(words) as string;
    await expect(checkContent(folder, make())).rejects.toMatchObject({ code, message });
  });
});
