import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DrydockError } from '../errors.ts';
import { requireUnchanged } from './bundle.ts';
import { archiveEnd, digestOf } from './bundle-archive.ts';
import type { BundleContents } from './bundle-contents.ts';
import { archiveOf, fixtureContents, fixtureImages, fixtureLayout, json, readFiles } from './bundle-fixture.ts';
import { requireWritable, writeBundle } from './bundle-writer.ts';
import type { MadeImage } from './images-record.ts';
import { blobPath } from './oci-layout.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-bundle-'));
  file = join(folder, 'class.tar');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const tarOf = (files: Parameters<typeof archiveOf>[0]): Readable => Readable.from([archiveOf(files)]);

describe('writing a bundle', () => {
  it('has every blob once, the lab itself for docker load, and all names in its index', async () => {
    const { bytes, bundle } = await writeBundle(file, fixtureLayout().tar, fixtureContents);
    const files = await readFiles(file);
    expect((await readFile(file)).length).toBe(bytes);
    expect(new Set(files.map(({ name }) => name)).size).toBe(files.length);
    expect(files.map(({ name }) => name).filter((name) => !name.startsWith('blobs/'))).toEqual([
      'manifest.json',
      'index.json',
      'oci-layout',
    ]);
    const listed = JSON.parse(files.find(({ name }) => name === 'manifest.json')?.content.toString() ?? '') as {
      RepoTags: string[];
      Config: string;
      Layers: string[];
    }[];
    expect(listed.map(({ RepoTags }) => RepoTags)).toEqual([
      fixtureImages.base?.names,
      fixtureImages.sandbox?.names,
      fixtureImages.registry?.names,
    ]);
    for (const path of listed.flatMap(({ Config, Layers }) => [Config, ...Layers]))
      expect(files.map(({ name }) => name)).toContain(path);
    expect(bundle.images.get('nginx:1.26')).toEqual(bundle.images.get('nginx:latest'));
    expect(readdirSync(folder)).toEqual(['class.tar']);
  });

  it('writes the same bytes for the same images', async () => {
    await writeBundle(file, fixtureLayout().tar, fixtureContents);
    await writeBundle(join(folder, 'again.tar'), fixtureLayout().tar, fixtureContents);
    expect(digestOf(await readFile(join(folder, 'again.tar')))).toBe(digestOf(await readFile(file)));
  });

  it('takes the place of an older bundle only when it is whole', async () => {
    await writeFile(file, 'older');
    const { files } = fixtureLayout();
    const cut = archiveOf(files).subarray(0, 3000);
    await expect(writeBundle(file, Readable.from([cut]), fixtureContents)).rejects.toBeInstanceOf(Error);
    expect(await readFile(file, 'utf8')).toBe('older');
    expect(readdirSync(folder)).toEqual(['class.tar']);
    await writeBundle(file, tarOf(files), fixtureContents);
    expect((await readFiles(file)).length).toBeGreaterThan(10);
  });

  it.each([
    ['a blob that is not what its name says', /is not what its name says/, changeFirstBlob],
    ['a blob twice', /twice/, (files: ReturnType<typeof fixtureLayout>['files']) => [...files, ...files.slice(2, 3)]],
    [
      'no index',
      /no index/,
      (files: ReturnType<typeof fixtureLayout>['files']) => files.filter(({ name }) => name !== 'index.json'),
    ],
    [
      'an index that is no index',
      /cannot be used/,
      (files: ReturnType<typeof fixtureLayout>['files']) => [
        ...files.filter(({ name }) => name !== 'index.json'),
        { name: 'index.json', content: json([]) },
      ],
    ],
  ])('says that the registry gave %s, and leaves no file', async (_what, words, change) => {
    const writing = writeBundle(file, tarOf(change(fixtureLayout().files)), fixtureContents);
    await expect(writing).rejects.toMatchObject({
      code: 'registry.failed',
      message: expect.stringMatching(words) as string,
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('passes on why the registry broke off, and leaves no file', async () => {
    const reason = new DrydockError('image.damaged', 'A blob of nginx is gone.');
    const content = archiveOf(fixtureLayout().files);
    const broken = Readable.from(
      (async function* () {
        yield content.subarray(0, 1500);
        await Promise.resolve();
        throw reason;
      })(),
      { objectMode: false },
    );
    await expect(writeBundle(file, broken, fixtureContents)).rejects.toBe(reason);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('does not wait for a registry that went away, nor take a part for the whole', async () => {
    const { files } = fixtureLayout();
    for (const moment of ['at once', 'in the middle']) {
      const layout = new PassThrough();
      // All of the first files, so that the archive could end here.
      layout.write(archiveOf(files.slice(0, 4)).subarray(0, -archiveEnd.length));
      const options = moment === 'at once' ? {} : { onWritten: () => layout.destroy() };
      const writing = writeBundle(file, layout, fixtureContents, options);
      if (moment === 'at once') layout.destroy();
      await expect(writing).rejects.toMatchObject({
        code: 'registry.failed',
        message: expect.stringContaining('broke off') as string,
      });
      expect(readdirSync(folder)).toEqual([]);
    }
  });

  it('leaves no file when it is interrupted while it writes, or while it reads again', async () => {
    for (const moment of ['onWritten', 'onChecked'] as const) {
      const abort = new AbortController();
      const options = { [moment]: () => abort.abort(), signal: abort.signal };
      await expect(writeBundle(file, fixtureLayout().tar, fixtureContents, options)).rejects.toMatchObject({
        name: 'AbortError',
      });
      expect(readdirSync(folder)).toEqual([]);
    }
  });

  it('writes nothing when what it would say of itself is not so', async () => {
    const wrong: typeof fixtureContents = (found) => ({ ...fixtureContents(found), platform: 'linux/arm64' });
    await expect(writeBundle(file, fixtureLayout().tar, wrong)).rejects.toMatchObject({ code: 'registry.failed' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('says in words that a folder is not there', async () => {
    const away = join(folder, 'none', 'class.tar');
    await expect(writeBundle(away, fixtureLayout().tar, fixtureContents)).rejects.toMatchObject({
      code: 'file.failed',
      message: expect.stringContaining('Name a file in a folder that is there') as string,
    });
  });
});

describe('the place for a bundle', () => {
  it('is looked at without leaving anything there', async () => {
    await requireWritable(file);
    expect(readdirSync(folder)).toEqual([]);
    await writeFile(file, 'older');
    await requireWritable(file);
    expect(readdirSync(folder)).toEqual(['class.tar']);
  });

  it('is refused when it is a folder, or in a folder that is not there', async () => {
    await expect(requireWritable(folder)).rejects.toMatchObject({
      code: 'file.failed',
      message: expect.stringContaining('is a folder') as string,
    });
    await expect(requireWritable(join(folder, 'none', 'class.tar'))).rejects.toMatchObject({ code: 'file.failed' });
  });
});

describe('what a registry packed', () => {
  it('is what was asked for, or no bundle is written', async () => {
    const { bundle } = await writeBundle(file, fixtureLayout().tar, fixtureContents);
    const contents = (): BundleContents => structuredClone(bundle.contents);
    requireUnchanged(contents(), bundle.images);
    const [nginx] = contents().images;
    const other = `sha256:${'0'.repeat(64)}`;
    const changedImage = { ...contents(), images: [{ ...(nginx as MadeImage), digest: other }] };
    expect(() => requireUnchanged(changedImage, bundle.images)).toThrow(/another image as nginx:latest/);
    const changedLab = contents();
    changedLab.lab.sandbox.identity = other;
    expect(() => requireUnchanged(changedLab, bundle.images)).toThrow(
      /drydock\/sandbox:0123456789ab would have become another/,
    );
  });
});

function changeFirstBlob(files: ReturnType<typeof fixtureLayout>['files']): ReturnType<typeof fixtureLayout>['files'] {
  return files.map((each, place) =>
    place === 2 ? { name: blobPath(digestOf(Buffer.from('other'))), content: each.content } : each,
  );
}
