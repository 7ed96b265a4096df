import { watch as watchFolder } from 'node:fs';
import type { Disposable } from '../../disposable.ts';
import { errorForLog } from '../../errors.ts';
import { FolderTree, type WatchFolder } from './folder-tree.ts';

export interface WatchLessonsOptions {
  directories: readonly string[];
  /** Reads again what these paths lie in. */
  reload(paths: Iterable<string>): Promise<void>;
  logger: { warn(details: object, message: string): void };
  /** How long it has to be quiet before a burst of changes is one reload, and how long a burst may last. Milliseconds. */
  settleMs?: number;
  burstMs?: number;
  /** How often a directory is looked for that is gone, and everything where the system has no watches left. */
  pollMs?: number;
  /** `fs.watch`, unless a test says otherwise. */
  watch?: WatchFolder;
}

/**
 * Reloads lessons when a file changes. Only folders are watched, each for what lies in it, and an event says no more
 * than where to look: what changed is found by reading.
 */
export function watchLessons(options: WatchLessonsOptions): Disposable {
  const { directories, reload, logger, settleMs = 150, burstMs = 1_000, pollMs = 2_000 } = options;
  const waiting = new Set<string>();
  let disposed = false;
  let working = false;
  let burstBegan: number | null = null;
  let timer: NodeJS.Timeout | null = null;

  const trees = directories.map(
    (directory) => new FolderTree(directory, { watch: options.watch ?? watchFolder, onEvent: (path) => touch(path) }),
  );

  const touch = (path: string): void => {
    if (disposed) return;
    waiting.add(path);
    const now = performance.now();
    burstBegan ??= now;
    schedule(Math.min(settleMs, Math.max(0, burstBegan + burstMs - now)));
  };

  const schedule = (delay: number): void => {
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => void work(), delay);
  };

  const work = async (): Promise<void> => {
    timer = null;
    if (disposed || working) return;
    working = true;
    burstBegan = null;
    const paths = new Set(waiting);
    waiting.clear();
    try {
      // New folders are watched before they are read: what comes after that has an event of its own.
      for (const tree of trees) for (const path of await watchAnew(tree)) paths.add(path);
      if (!disposed && paths.size > 0) await reload(paths);
    } catch (error) {
      logger.warn(errorForLog(error), 'lessons could not be read again; they stay as they were, and it is tried again');
      for (const path of paths) waiting.add(path);
      if (!disposed) schedule(pollMs);
    } finally {
      working = false;
      if (waiting.size > 0 && timer === null && !disposed) schedule(settleMs);
    }
  };

  /** @returns folders that were not watched before */
  const watchAnew = async (tree: FolderTree): Promise<string[]> => {
    const { added, problem } = await tree.update();
    if (problem !== null) logger.warn({ folder: tree.root, problem: problem.code }, problem.words);
    return added;
  };

  const poll = setInterval(() => {
    for (const tree of trees) {
      if (tree.isPolled) touch(tree.root);
      else void tree.isStale().then((stale) => stale && touch(tree.root));
    }
  }, pollMs);
  poll.unref();
  schedule(0);

  return {
    dispose: () => {
      disposed = true;
      clearInterval(poll);
      if (timer !== null) clearTimeout(timer);
      for (const tree of trees) tree.dispose();
    },
  };
}
