import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mirrorName, readCatalogue } from './catalogue.ts';
import { readPublished, writePublished } from './published-record.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-catalogue-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function declare(name: string, text: string): void {
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, 'image.yaml'), text);
}

describe('readCatalogue', () => {
  it('has the images that the lessons use', async () => {
    const names = (await readCatalogue(resolve(import.meta.dirname, '../../images'))).flatMap((image) => image.names);
    expect(names).toEqual(
      expect.arrayContaining(['busybox:latest', 'debian:latest', 'debian:trixie', 'debian:trixie-slim']),
    );
  });

  it('leaves out folders that are no image for learners', async () => {
    mkdirSync(join(folder, 'sandbox'));
    declare('tool', 'description: A tool.\nhub: null\nnames: [tool:1]\n');
    expect(await readCatalogue(folder)).toEqual([
      { name: 'tool', folder: join(folder, 'tool'), description: 'A tool.', hub: null, names: ['tool:1'] },
    ]);
  });

  it.each([
    ['description: A tool.\nhub: null\nnames: [tool]\n', 'names'],
    ['description: A tool.\nhub: null\nnames: [tool:1]\nextra: 1\n', 'extra'],
    ['names: [', 'image.yaml'],
  ])('refuses %j and says where', async (text, word) => {
    declare('bad', text);
    await expect(readCatalogue(folder)).rejects.toThrow(word);
  });
});

describe('mirrorName', () => {
  it('is what a Docker client asks a mirror of Docker Hub for', () => {
    expect(mirrorName('busybox:latest')).toBe('library/busybox:latest');
    expect(mirrorName('drydock/web:1')).toBe('drydock/web:1');
  });
});

describe('the record of what is published', () => {
  it('counts only for the storage it was written about', async () => {
    const file = join(folder, 'registry.json');
    await writePublished(file, { storage: 'one', images: { 'busybox:latest': 'sha256:a' } });
    expect((await readPublished(file, 'one')).images).toEqual({ 'busybox:latest': 'sha256:a' });
    expect((await readPublished(file, 'two')).images).toEqual({});
  });

  it('counts as empty when it is missing or broken', async () => {
    const file = join(folder, 'registry.json');
    expect((await readPublished(file, 'one')).images).toEqual({});
    writeFileSync(file, '{"storage":');
    expect((await readPublished(file, 'one')).images).toEqual({});
  });
});
