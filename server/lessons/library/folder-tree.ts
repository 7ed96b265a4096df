import type { FSWatcher } from 'node:fs';
import { lstat, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Disposable } from '../../disposable.ts';

/** As `fs.watch` is called here. */
export type WatchFolder = (folder: string, listener: (event: string, name: string | null) => void) => FSWatcher;

export interface WatchProblem {
  /** As the system names it. */
  code: string;
  /** What it means, and what to do. */
  words: string;
}

/** Folders below one directory, and how deep: more is no course of lessons. */
const most = { folders: 10_000, depth: 12 };

interface Watched {
  watcher: FSWatcher;
  /** Device and inode: a folder that was replaced has the same name and needs another watch. */
  identity: string;
}

/** Watches every folder below a directory, not through links. A watch tells of the files in the folder, too. */
export class FolderTree implements Disposable {
  readonly root: string;
  readonly #watch: WatchFolder;
  readonly #onEvent: (path: string) => void;
  readonly #watched = new Map<string, Watched>();
  #polled = false;
  #disposed = false;

  constructor(root: string, options: { watch: WatchFolder; onEvent: (path: string) => void }) {
    this.root = root;
    this.#watch = options.watch;
    this.#onEvent = options.onEvent;
  }

  /** The system has no watches left: somebody has to look by themselves. */
  get isPolled(): boolean {
    return this.#polled;
  }

  /** The directory itself went, came, or is another one. */
  async isStale(): Promise<boolean> {
    return !this.#disposed && (await identify(this.root, true)) !== (this.#watched.get(this.root)?.identity ?? null);
  }

  /**
   * Watches the folders that are there now.
   * @returns those that were not watched before, and what the system said when it refused
   */
  async update(): Promise<{ added: string[]; problem: WatchProblem | null }> {
    if (this.#polled) return { added: [], problem: null };
    const added: string[] = [];
    const seen = new Set<string>();
    try {
      await this.#visit(this.root, 0, seen, added);
    } catch (error) {
      const problem = problemOf(error, seen.size);
      if (problem === null) throw error;
      this.#polled = true;
      this.#forget(() => true);
      return { added: [this.root], problem };
    }
    this.#forget((folder) => !seen.has(folder));
    return { added, problem: null };
  }

  dispose(): void {
    this.#disposed = true;
    this.#forget(() => true);
  }

  async #visit(folder: string, depth: number, seen: Set<string>, added: string[]): Promise<void> {
    const identity = await identify(folder, folder === this.root);
    if (identity === null || this.#disposed || depth > most.depth) return;
    seen.add(folder);
    if (seen.size > most.folders) throw new TooMany();
    if (this.#watched.get(folder)?.identity !== identity) {
      this.#open(folder, identity);
      added.push(folder);
    }
    for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
      if (entry.isDirectory() && !entry.name.startsWith('.')) {
        await this.#visit(join(folder, entry.name), depth + 1, seen, added);
      }
    }
  }

  #open(folder: string, identity: string): void {
    this.#forget((known) => known === folder);
    try {
      // The system gives the folder's own name when it was itself moved, and perhaps moved back.
      const watcher = this.#watch(folder, (_event, name) =>
        this.#onEvent(name === null || name === basename(folder) ? folder : join(folder, name)),
      );
      watcher.on('error', () => this.#onEvent(folder));
      this.#watched.set(folder, { watcher, identity });
    } catch (error) {
      // Gone since it was listed: what holds it has an event of that.
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }

  #forget(which: (folder: string) => boolean): void {
    for (const [folder, { watcher }] of this.#watched) {
      if (!which(folder)) continue;
      watcher.close();
      this.#watched.delete(folder);
    }
  }
}

class TooMany extends Error {}

/** @returns null when it is no folder; @param follow it may be a link to one */
async function identify(path: string, follow: boolean): Promise<string | null> {
  try {
    const found = await (follow ? stat(path) : lstat(path));
    return found.isDirectory() ? `${found.dev}:${found.ino}` : null;
  } catch {
    return null;
  }
}

/** null: not of watching; somebody else's to explain. */
function problemOf(error: unknown, folders: number): WatchProblem | null {
  const polling = 'Lessons are looked at every two seconds instead.';
  if (error instanceof TooMany) {
    return {
      code: 'too-many-folders',
      words: `There are more than ${most.folders} folders with lessons to watch. ${polling}`,
    };
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOSPC') {
    return {
      code,
      words: `The system has no file watches left (${folders} folders were watched). ${polling} More: sysctl fs.inotify.max_user_watches=524288`,
    };
  }
  if (code === 'EMFILE') {
    return {
      code,
      words: `The system lets this user watch with no more programs. ${polling} More: sysctl fs.inotify.max_user_instances=512`,
    };
  }
  return null;
}
