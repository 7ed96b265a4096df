import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { BundleContents } from './bundle-contents.ts';
import { olderThanHere, requireSuitable } from './bundle-fit.ts';
import { readCatalogue } from './catalogue.ts';
import { enginePlatform } from './engine-platform.ts';
import type { MadeImage } from './images-record.ts';
import { baseRecipe, labFilesHash, labImageReference } from './lab-images.ts';
import { recipeOf } from './recipe.ts';

const root = mkdtempSync(join(tmpdir(), 'drydock-fit-'));
const here = { root, version: '0.2.0', platform: 'linux/amd64' };
const id = `sha256:${'0'.repeat(64)}`;
let contents: BundleContents;

beforeEach(async () => {
  for (const part of ['base', 'sandbox', 'registry']) {
    mkdirSync(join(root, 'images', part), { recursive: true });
    writeFileSync(join(root, 'images', part, 'Dockerfile'), `FROM ${part}\n`);
  }
  const part = (reference: string, files: string) => ({
    reference,
    files,
    identity: id,
    unpacked: 1,
  });
  contents = {
    format: 1,
    drydock: '0.2.0',
    platform: 'linux/amd64',
    lab: {
      base: part('drydock/base:trixie', await baseRecipe(root)),
      sandbox: part(await labImageReference(root, id, 'sandbox'), await labFilesHash(root, 'sandbox')),
      registry: part(await labImageReference(root, id, 'registry'), await labFilesHash(root, 'registry')),
    },
    images: [],
  };
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('whether a bundle fits', () => {
  it('does for the same files, whatever is written beside them, and with a base of Docker Hub', async () => {
    writeFileSync(join(root, 'images/sandbox/README.md'), 'words');
    await requireSuitable(contents, here);
    contents.lab.base.files = null;
    await requireSuitable(contents, { ...here, version: '0.3.0' });
  });

  it('does not for another processor', async () => {
    await expect(requireSuitable(contents, { ...here, platform: enginePlatform('aarch64') })).rejects.toMatchObject({
      code: 'bundle.unsuitable',
      message: expect.stringMatching(
        /for linux\/amd64, and the Docker Engine here runs those for linux\/arm64/,
      ) as string,
    });
  });

  it('does not for another version, and says which', async () => {
    writeFileSync(join(root, 'images/sandbox/Dockerfile'), 'FROM another\n');
    await expect(requireSuitable(contents, here)).rejects.toMatchObject({
      code: 'bundle.unsuitable',
      message: expect.stringMatching(/its sandbox image is not made from.*Both call themselves 0\.2\.0/) as string,
    });
    writeFileSync(join(root, 'images/base/Dockerfile'), 'FROM another\n');
    contents.drydock = '0.1.0';
    await expect(requireSuitable(contents, here)).rejects.toMatchObject({
      message: expect.stringMatching(
        /its base and sandbox images are not made from.*is of Drydock 0\.1\.0, and this is 0\.2\.0/,
      ) as string,
    });
  });

  it('does not when it would give other images another meaning', async () => {
    contents.lab.sandbox.reference = 'debian:latest';
    await expect(requireSuitable(contents, here)).rejects.toMatchObject({
      code: 'bundle.invalid',
      message: expect.stringContaining('calls the sandbox image debian:latest') as string,
    });
  });
});

describe('an image of a bundle', () => {
  it('is older when this clone would make it otherwise by now', async () => {
    const folder = join(root, 'images/tool');
    mkdirSync(folder, { recursive: true });
    const declare = (names: string): void =>
      writeFileSync(
        join(folder, 'image.yaml'),
        `description: A tool.\nnames: [${names}]\nhub: null\nbuild: { seconds: 1 }\n`,
      );
    const older = async (): Promise<string[]> => {
      const catalogue = (await readCatalogue(join(root, 'images'))).map((image) => [image.id, image] as const);
      return (await olderThanHere(contents, new Map(catalogue))).map((image) => image.id);
    };
    declare('tool:1');
    writeFileSync(join(folder, 'Dockerfile'), 'FROM one\n');
    const [tool] = await readCatalogue(join(root, 'images'));
    const recipe = tool === undefined ? null : await recipeOf(tool, 'drydock', id);
    contents.images = [{ id: 'tool', source: 'drydock', names: ['tool:1'], recipe } as MadeImage];
    expect(await older()).toEqual([]);
    declare('tool:1, tool:2');
    expect(await older()).toEqual(['tool']);
    declare('tool:1');
    writeFileSync(join(folder, 'Dockerfile'), 'FROM another\n');
    expect(await older()).toEqual(['tool']);
    rmSync(folder, { recursive: true });
    expect(await older()).toEqual([]);
  });
});
