import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { leftPreviewFolders, makePreviewFolder } from './preview-folder.ts';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

test('only what a preview left that runs no more is to be cleared away', async () => {
  const data = await mkdtemp(join(tmpdir(), 'drydock-preview-folder-'));
  folders.push(data);
  const child = spawn(process.execPath, ['-e', '']);
  const { pid } = child;
  if (pid === undefined) throw new Error('no process');
  await once(child, 'exit');
  await makePreviewFolder(data, process.pid);
  const left = await makePreviewFolder(data, pid);
  await mkdir(join(data, 'preview-begun'));
  await mkdir(join(data, 'disks'));
  expect(await leftPreviewFolders(data)).toEqual([left]);
  expect(await leftPreviewFolders(join(data, 'nowhere'))).toEqual([]);
});
