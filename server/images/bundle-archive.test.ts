import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { archiveEnd, archiveHeader, archivePadding } from './bundle-archive.ts';
import { archiveOf, checkContent, type Damage, type File, flipped, readFiles, writeFixture } from './bundle-fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'drydock-bundle-'));
let files: File[];

beforeAll(async () => {
  await writeFixture(join(folder, 'class.tar'));
  files = await readFiles(join(folder, 'class.tar'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A file of the archive with another header. */
function withHeader(
  change: (header: Buffer) => void,
  name = 'blobs/sha256/'.padEnd(77, '0'),
  rest = archiveEnd,
): Buffer {
  const header = archiveHeader(name, 0);
  change(header);
  header.write('        ', 148);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, rest]);
}

const whole = (): Buffer => archiveOf(files);
/** What happened to a bundle; what is thrown; what is said. */
const damages: Damage[] = [
  // the archive
  ['is an empty file', 'bundle.damaged', /is empty/, () => Buffer.alloc(0)],
  ['is something else', 'bundle.invalid', /not even a tar archive/, () => Buffer.alloc(4096, 'not a tar ')],
  ['is shorter than a block', 'bundle.invalid', /not even a tar archive/, () => Buffer.from('nginx')],
  ['was compressed with gzip', 'bundle.invalid', /compressed with gzip.*`gunzip`/, () => gzipSync(whole())],
  [
    'was compressed with zip',
    'bundle.invalid',
    /compressed with zip/,
    () => Buffer.concat([Buffer.from('PK\x03\x04'), whole()]),
  ],
  ['was cut in a blob', 'bundle.damaged', /cut off/, () => whole().subarray(0, 512 + 20)],
  ['was cut between two files', 'bundle.damaged', /cut off/, () => whole().subarray(0, -archiveEnd.length)],
  ['was cut in the last block', 'bundle.damaged', /cut off/, () => whole().subarray(0, -1)],
  ['was cut in a header', 'bundle.damaged', /cut off/, () => whole().subarray(0, -archiveEnd.length - 1200)],
  ['goes on after its end', 'bundle.damaged', /follows its end/, () => Buffer.concat([whole(), whole()])],
  [
    'is followed by zeros without end',
    'bundle.damaged',
    /follows its end/,
    () => Buffer.concat([whole(), Buffer.alloc(100_000)]),
  ],
  [
    'has a header that was changed',
    'bundle.damaged',
    /something else than the next file/,
    () =>
      flipped(
        whole(),
        512 + (files[0]?.content.length ?? 0) + archivePadding(files[0]?.content.length ?? 0).length + 20,
      ),
  ],
  [
    'has a file larger than itself',
    'bundle.damaged',
    /cut off/,
    () => withHeader((header) => header.write('77777777777\0', 124)),
  ],
  [
    'has a file of exabytes',
    'bundle.damaged',
    /not a number that can be/,
    () => withHeader((header) => header.fill(0xff, 124, 136)),
  ],
  [
    'has a size that is none',
    'bundle.damaged',
    /not a number that can be/,
    () => withHeader((header) => header.write('9e9         ', 124)),
  ],
  // what is in it
  [
    'climbs out',
    'bundle.invalid',
    /has a file "..\/..\/etc\/passwd"/,
    () => withHeader(() => undefined, '../../etc/passwd'),
  ],
  [
    'has an absolute path',
    'bundle.invalid',
    /has a file "\/etc\/passwd"/,
    () => withHeader(() => undefined, '/etc/passwd'),
  ],
  [
    'has a path that hides in a blob',
    'bundle.invalid',
    /has a file/,
    () => withHeader(() => undefined, 'blobs/sha256/../../x'),
  ],
  ['has a symbolic link', 'bundle.invalid', /no regular file/, () => withHeader((header) => header.write('2', 156))],
  ['has a hard link', 'bundle.invalid', /no regular file/, () => withHeader((header) => header.write('1', 156))],
  ['has a device', 'bundle.invalid', /no regular file/, () => withHeader((header) => header.write('4', 156))],
  ['has a sparse file', 'bundle.invalid', /no regular file/, () => withHeader((header) => header.write('S', 156))],
  [
    'has another folder',
    'bundle.invalid',
    /no regular file/,
    () => withHeader((header) => header.write('5', 156), 'blobs/sha512'),
  ],
  ['has a file twice', 'bundle.invalid', /twice/, () => archiveOf([...files, ...files.slice(0, 1)])],
  [
    'has more files than any',
    'bundle.invalid',
    /too many files/,
    () =>
      Buffer.concat([
        ...Array.from({ length: 10_001 }, (_, each) =>
          archiveHeader(`blobs/sha256/${String(each).padStart(64, '0')}`, 0),
        ),
        archiveEnd,
      ]),
  ],
  ['has nothing', 'bundle.invalid', /no file oci-layout/, () => Buffer.concat([archiveEnd])],
];

describe('the archive that a bundle is', () => {
  it('is sound in another order, with folders, and filled up to a record as tar does', async () => {
    const dir = (name: string): Buffer => withHeader((header) => header.write('5', 156), name, Buffer.alloc(0));
    const turned = archiveOf([...files].reverse().map(({ name, content }) => ({ name: `./${name}`, content })));
    const bundle = Buffer.concat([dir('./'), dir('./blobs/'), dir('./blobs/sha256/'), turned]);
    const record = 10_240;
    const filled = Buffer.concat([bundle, Buffer.alloc((record - (bundle.length % record)) % record)]);
    expect((await checkContent(folder, filled)).images.size).toBe(6);
  });

  it.each(damages)('that %s is refused with %s', async (_what, code, words, make) => {
    const message = expect.stringMatching(words) as string;
    await expect(checkContent(folder, make())).rejects.toMatchObject({ code, message });
  });
});
