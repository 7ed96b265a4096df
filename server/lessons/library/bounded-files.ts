import { constants } from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isWorkspacePath } from '../../../protocol/ids.ts';

/** Bounds of what a lesson hands to a learner. Bytes, and a count. */
export const fileLimits = { file: 8 * 1024 * 1024, total: 32 * 1024 * 1024, count: 500 } as const;

export interface FoundFile {
  /** Relative, with forward slashes. */
  path: string;
  absolute: string;
  size: number;
  /** unix milliseconds */
  changedAt: number;
  executable: boolean;
}

export interface RefusedFile {
  path: string;
  reason: string;
}

/**
 * Reads a plain file, not through a symbolic link.
 * @returns null when it is not there or no plain file; 'too-large' when it has more than `limit` bytes
 * @throws when the machine has no file descriptors or memory left
 */
export async function readPlainFile(path: string, limit: number): Promise<Buffer | 'too-large' | null> {
  try {
    // Without O_NONBLOCK opening a pipe would wait for a writer.
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) return null;
      if (stat.size > limit) return 'too-large';
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  } catch (error) {
    throwIfStarved(error);
    return null;
  }
}

const starved = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'EIO']);

/** The machine cannot look right now: that says nothing about what is there. */
function throwIfStarved(error: unknown): void {
  if (error instanceof Error && 'code' in error && starved.has(String(error.code))) throw error;
}

export async function isPlainFile(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isFile();
  } catch {
    return false;
  }
}

/**
 * Names of the folders in a folder, sorted, without hidden ones and links; empty when it is not there.
 * @throws when the machine has no file descriptors or memory left
 */
export async function foldersIn(path: string): Promise<string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    throwIfStarved(error);
    return [];
  }
}

/** Every plain file below a folder. Links, devices and what is beyond the limits are refused, each with a reason. */
export async function listFiles(folder: string): Promise<{ files: FoundFile[]; refused: RefusedFile[] }> {
  const files: FoundFile[] = [];
  const refused: RefusedFile[] = [];
  let total = 0;
  const walk = async (relative: string): Promise<void> => {
    const names = await readdir(join(folder, relative)).catch(() => []);
    for (const name of names.sort()) {
      const path = relative === '' ? name : `${relative}/${name}`;
      const absolute = join(folder, path);
      const stat = await lstat(absolute).catch(() => null);
      const refuse = (reason: string): void => void refused.push({ path, reason });
      if (refused.length >= 100) return;
      if (stat === null || !isWorkspacePath(path)) refuse('its name cannot be used in a workspace');
      else if (stat.isSymbolicLink()) refuse('it is a symbolic link; put the file itself here');
      else if (stat.isDirectory()) await walk(path);
      else if (!stat.isFile()) refuse('it is no plain file');
      else if (stat.size > fileLimits.file) refuse(`it is larger than ${fileLimits.file / 1024 / 1024} MB`);
      else if (total + stat.size > fileLimits.total)
        refuse(`all files together are larger than ${fileLimits.total / 1024 / 1024} MB`);
      else if (files.length >= fileLimits.count) refuse(`there are more than ${fileLimits.count} files`);
      else {
        total += stat.size;
        files.push({ path, absolute, size: stat.size, changedAt: stat.mtimeMs, executable: (stat.mode & 0o111) !== 0 });
      }
    }
  };
  if (await isFolder(folder)) await walk('');
  return { files, refused };
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory();
  } catch {
    return false;
  }
}
