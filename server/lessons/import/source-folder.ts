import { lstat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { isWorkspacePath } from '../../../protocol/ids.ts';
import { type FoundFile, foldersIn, listFiles, type RefusedFile, readPlainFile } from '../library/bounded-files.ts';

/** Why a file of the source was not read, in words that fit after its name. */
export type Refusal =
  | 'it is not there'
  | 'it leads out of the source'
  | 'it is too large'
  | 'it is a symbolic link or no plain file';

/** Bytes of one description or text. */
export const textLimit = 256 * 1024;

/**
 * The folder that is imported. Nothing outside it is read: paths are relative and stay inside, and no part of one may
 * be a symbolic link, because whoever wrote the source chose where those lead.
 */
export class SourceFolder {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  /** @returns words when it cannot be read */
  async readText(path: string, limit = textLimit): Promise<string | { refused: Refusal }> {
    const content = await this.read(path, limit);
    return Buffer.isBuffer(content) ? content.toString('utf8') : content;
  }

  async read(path: string, limit: number): Promise<Buffer | { refused: Refusal }> {
    const refused = await this.#refuse(path);
    if (refused !== null) return { refused };
    const content = await readPlainFile(join(this.root, path), limit);
    if (content === null) return { refused: 'it is a symbolic link or no plain file' };
    return content === 'too-large' ? { refused: 'it is too large' } : content;
  }

  async has(path: string): Promise<boolean> {
    if ((await this.#refuse(path)) !== null) return false;
    return (await lstat(join(this.root, path)).catch(() => null))?.isFile() ?? false;
  }

  /** Plain files below a folder of the source, and what of it is refused. */
  async list(folder: string): Promise<{ files: FoundFile[]; refused: RefusedFile[] }> {
    if ((await this.#refuse(folder)) !== null) return { files: [], refused: [] };
    return listFiles(join(this.root, folder));
  }

  folders(): Promise<string[]> {
    return foldersIn(this.root);
  }

  async #refuse(path: string): Promise<Refusal | null> {
    if (!isWorkspacePath(path)) return 'it leads out of the source';
    let current = this.root;
    for (const part of path.split('/')) {
      current = join(current, part);
      const stat = await lstat(current).catch(() => null);
      if (stat === null) return 'it is not there';
      if (stat.isSymbolicLink()) return 'it is a symbolic link or no plain file';
    }
    return null;
  }
}

/** A path as somebody wrote it, seen from a folder; null when it leads out. */
export function resolveInside(folder: string, path: string): string | null {
  const joined = posix.normalize(posix.join(folder, path.replace(/^\/+/, '')));
  return isWorkspacePath(joined) ? joined : null;
}
