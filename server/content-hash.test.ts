import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashFiles } from './content-hash.ts';

let root: string;
let before: string;
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'drydock-hash-'));
  mkdirSync(join(root, 'in/deep'), { recursive: true });
  writeFileSync(join(root, 'in/a'), 'one');
  writeFileSync(join(root, 'in/deep/b'), 'two');
  before = await hashFiles(root, ['in']);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('hashFiles', () => {
  it('does not change with times', async () => {
    utimesSync(join(root, 'in/a'), 1, 1);
    expect(await hashFiles(root, ['in'])).toBe(before);
  });

  it.each<[string, () => void]>([
    ['content', () => writeFileSync(join(root, 'in/a'), 'other')],
    ['a name', () => writeFileSync(join(root, 'in/new'), '')],
    ['the right to execute', () => chmodSync(join(root, 'in/a'), 0o755)],
    ['a link', () => symlinkSync('a', join(root, 'in/link'))],
  ])('changes with %s', async (_what, change) => {
    change();
    expect(await hashFiles(root, ['in'])).not.toBe(before);
  });

  it('leaves out what is skipped, and takes what is not there for absent', async () => {
    writeFileSync(join(root, 'in/deep/b.test.ts'), '');
    expect(await hashFiles(root, ['in', 'nowhere'], { skip: (path) => path.endsWith('.test.ts') })).toBe(before);
  });

  it('does not depend on the order or repetition of paths', async () => {
    expect(await hashFiles(root, ['in/deep', 'in/a', 'in'])).toBe(before);
  });
});
