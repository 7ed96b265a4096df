import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recipeOf } from './recipe.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-recipe-'));
  writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\n');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const image = (args: Record<string, string> = {}) => ({ folder, hub: 'tool:1', build: { seconds: 1, args } });

describe('the recipe of an image that is built', () => {
  it('is another one with other files, arguments or another base, and with nothing else', async () => {
    const first = await recipeOf(image(), 'drydock', 'base1');
    expect(first).toMatch(/^[0-9a-f]{12}$/);
    for (const name of ['README.md', 'image.yaml', 'tool.contract.test.ts']) writeFileSync(join(folder, name), 'new');
    expect(await recipeOf(image(), 'drydock', 'base1')).toBe(first);

    expect(await recipeOf(image({ VERSION: '2' }), 'drydock', 'base1')).not.toBe(first);
    expect(await recipeOf(image(), 'drydock', 'base2')).not.toBe(first);
    expect(await recipeOf(image(), 'docker-hub-extended', 'base1')).not.toBe(first);
    mkdirSync(join(folder, 'rootfs'));
    writeFileSync(join(folder, 'rootfs', 'entrypoint.sh'), 'new');
    expect(await recipeOf(image(), 'drydock', 'base1')).not.toBe(first);
  });

  it('does not depend on the order of arguments', async () => {
    const one = await recipeOf(image({ A: '1', B: '2' }), 'drydock', 'base1');
    expect(await recipeOf(image({ B: '2', A: '1' }), 'drydock', 'base1')).toBe(one);
  });

  it('cannot be said without a base', async () => {
    expect(await recipeOf(image(), 'drydock', null)).toBeNull();
  });
});

describe('the recipe of an image of Docker Hub', () => {
  it('is its name', async () => {
    const first = await recipeOf(image(), 'docker-hub', null);
    writeFileSync(join(folder, 'Dockerfile'), 'FROM other\n');
    expect(await recipeOf(image(), 'docker-hub', 'base1')).toBe(first);
    expect(await recipeOf({ ...image(), hub: 'tool:2' }, 'docker-hub', null)).not.toBe(first);
  });
});
