import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mirrorName, readCatalogue } from './catalogue.ts';

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

  it('names for people what is on the shelves', async () => {
    const images = resolve(import.meta.dirname, '../../images');
    const shelves = new Map((await readCatalogue(images)).map(({ id, shelf }) => [id, [...(shelf ?? [])].sort()]));
    const lines = (path: string) =>
      readFileSync(join(images, path), 'utf8')
        .split('\n')
        .flatMap((line) => /^[^#\s]+/.exec(line)?.[0] ?? []);
    const { dependencies } = JSON.parse(readFileSync(join(images, 'node/shelf/package.json'), 'utf8'));
    expect(shelves.get('node')).toEqual(Object.keys(dependencies).sort());
    expect(shelves.get('golang')).toEqual(lines('golang/shelf/modules').sort());
    const python = lines('python/shelf/packages.txt').map((line) => line.replace('python3-', ''));
    expect(shelves.get('python')).toEqual(
      python.map((name) => (name === 'dateutil' ? 'python-dateutil' : name)).sort(),
    );
  });

  it('leaves out folders that are no image for learners', async () => {
    mkdirSync(join(folder, 'sandbox'));
    declare('tool', 'description: A tool.\nhub: null\nnames: [tool:1]\nbuild: {seconds: 3}\n');
    expect(await readCatalogue(folder)).toEqual([
      {
        id: 'tool',
        folder: join(folder, 'tool'),
        description: 'A tool.',
        hub: null,
        extend: false,
        names: ['tool:1'],
        build: { seconds: 3, args: {} },
      },
    ]);
  });

  it('lets two images share a Dockerfile', async () => {
    declare('tool', 'description: A tool.\nhub: null\nnames: [tool:1]\nbuild: {seconds: 3}\n');
    declare(
      'tool-2',
      'description: A tool.\nhub: null\nnames: [tool:2]\nbuild: {seconds: 3, context: tool, args: {VERSION: "2"}}\n',
    );
    const [, second] = await readCatalogue(folder);
    expect(second).toMatchObject({ id: 'tool-2', folder: join(folder, 'tool'), build: { args: { VERSION: '2' } } });
  });

  it('lets only one image have a name', async () => {
    declare('tool', 'description: A tool.\nhub: null\nnames: [tool:1]\nbuild: {seconds: 3}\n');
    declare('other', 'description: A tool.\nhub: null\nnames: [other:1, tool:1]\nbuild: {seconds: 3}\n');
    await expect(readCatalogue(folder)).rejects.toThrow('images/tool and images/other both claim the name tool:1');
  });

  it.each([
    ['description: A tool.\nhub: null\nnames: [tool]\nbuild: {seconds: 3}\n', 'names'],
    ['description: A tool.\nhub: null\nnames: [tool:1]\nbuild: {seconds: 3}\nextra: 1\n', 'extra'],
    ['description: A tool.\nhub: null\nnames: [tool:1]\nbuild: null\ninstead: no\n', 'needs a source'],
    ['description: A tool.\nhub: tool:1\nnames: [tool:1]\nbuild: null\n', 'what to use instead'],
    ['description: A tool.\nhub: null\nextend: true\nnames: [tool:1]\nbuild: {seconds: 3}\n', 'extend'],
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
