import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * A hash of files and folders below `root`: of their names, contents and whether they can be executed, not of
 * times and owners. What is not there counts as absent. @returns 64 hex digits
 */
export async function hashFiles(
  root: string,
  paths: readonly string[],
  options: { skip?: (path: string) => boolean } = {},
): Promise<string> {
  const files = (await Promise.all(paths.map(async (path) => listFiles(root, path, options.skip ?? never)))).flat();
  const parts = await Promise.all([...new Set(files)].sort().map(async (path) => describeFile(root, path)));
  return hashText(parts.join('\n'));
}

export function hashText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function listFiles(root: string, path: string, skip: (path: string) => boolean): Promise<string[]> {
  if (skip(path)) return [];
  let stats: Awaited<ReturnType<typeof lstat>>;
  try {
    stats = await lstat(join(root, path));
  } catch {
    return [];
  }
  if (!stats.isDirectory()) return [path];
  const names = await readdir(join(root, path));
  return (
    await Promise.all(names.map(async (name) => listFiles(root, path === '' ? name : `${path}/${name}`, skip)))
  ).flat();
}

async function describeFile(root: string, path: string): Promise<string> {
  const full = join(root, path);
  const stats = await lstat(full);
  if (stats.isSymbolicLink()) return `${JSON.stringify(path)} -> ${JSON.stringify(await readlink(full))}`;
  const content = createHash('sha256')
    .update(await readFile(full))
    .digest('hex');
  return `${JSON.stringify(path)} ${(stats.mode & 0o100) === 0 ? '-' : 'x'} ${content}`;
}

function never(): boolean {
  return false;
}
