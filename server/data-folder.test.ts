import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeDataFolder } from './data-folder.ts';

const root = mkdtempSync(join(tmpdir(), 'drydock-data-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('a folder is made with those above it, for its owner alone, and may be there already', () => {
  const folder = join(root, 'a/b/c');
  makeDataFolder(folder);
  makeDataFolder(folder);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

test.each(['/proc/drydock', '/proc/1/drydock/deep', '/dev/null/drydock'])('%s is refused at once', (folder) => {
  expect(() => makeDataFolder(folder)).toThrow(/DRYDOCK_DATA=.*allowed is/);
});

test('a file in the way is refused', () => {
  writeFileSync(join(root, 'file'), '');
  expect(() => makeDataFolder(join(root, 'file'))).toThrow(/DRYDOCK_DATA/);
});
