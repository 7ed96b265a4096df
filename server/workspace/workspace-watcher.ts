import { StringDecoder } from 'node:string_decoder';
import { isWorkspacePath } from '../../protocol/ids.ts';
import type { Disposable } from '../disposable.ts';
import type { ExecSession, SandboxHost } from '../docker/sandbox-host.ts';
import { readThrottled } from '../docker/throttle.ts';
import { errorForLog } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { temporaryPrefix } from './workspace-paths.ts';

export interface WorkspaceWatcherOptions {
  host: SandboxHost;
  sandboxId: string;
  /** Absolute; need not exist. */
  root: string;
  logger: Logger;
  /** Paths relative to `root` that changed, or null: look at everything. At most about five calls a second. */
  onChanged: (paths: string[] | null) => void;
  /** The sandbox went away under it; make a new watcher once it runs again. */
  onEnded: () => void;
}

/** A change is told this long after the first event, together with what else happened meanwhile. */
const coalesceMs = 100;
/** While changes never stop, they are told this often. */
const busyIntervalMs = 250;
const maxPaths = 100;
const maxRecord = 16 * 1024;
/** Bytes a second that are read of what the watching program says. */
const maxRate = 256 * 1024;
const pollSeconds = 2;
const restartMs = 300;

/** ROOT: waits until it is there, then prints `EVENTS PATH\0` for every change below it. */
const watchScript = `export LC_ALL=C
until [ -d "$1" ]; do sleep 0.2; done
exec inotifywait -m -r --exclude '/\\.git/' --format '%e %w%f%0' --no-newline \\
  -e close_write -e create -e delete -e move -e delete_self -e move_self -- "$1"
`;

/**
 * ROOT SECONDS: prints a line whenever something below it looks different. inotify's limits are per user of
 * the host and shared by all sandboxes, so in a classroom there may be nothing left to watch with.
 */
const pollScript = `export LC_ALL=C
before=
while :; do
  now=$(find -H "$1" -name .git -prune -o -printf '%P %T@ %s\\0' 2>/dev/null | head -c 4000000 | sha256sum)
  if [ "$now" != "$before" ]; then before=$now; echo changed; fi
  sleep "$2"
done
`;

/**
 * Follows changes of a lesson's files while somebody looks. The folder may be removed and come back. Ends by
 * itself, with `onEnded`, when the sandbox does.
 */
export function watchWorkspace(options: WorkspaceWatcherOptions): Disposable {
  const watcher = new WorkspaceWatcher(options);
  void watcher.run();
  return watcher;
}

class WorkspaceWatcher implements Disposable {
  readonly #options: WorkspaceWatcherOptions;
  #session: ExecSession | null = null;
  #disposed = false;
  #pending = new Set<string>();
  #everything = false;
  #timer: NodeJS.Timeout | null = null;
  #lastTold = Number.NEGATIVE_INFINITY;

  constructor(options: WorkspaceWatcherOptions) {
    this.#options = options;
  }

  async run(): Promise<void> {
    let polling = false;
    let shortLived = 0;
    try {
      while (!this.#disposed) {
        const startedAt = performance.now();
        const outcome = polling ? await this.#poll() : await this.#watch();
        if (this.#disposed) return;
        // The learner can end our program as often as they like; then looking now and then has to do.
        shortLived = performance.now() - startedAt < 2_000 ? shortLived + 1 : 0;
        if (!polling && (outcome === 'limit' || shortLived > 5)) {
          polling = true;
          this.#options.logger.warn(
            { sandbox: this.#options.sandboxId },
            'inotify cannot be used, most likely because the host has no watches left; polling the workspace instead (raise fs.inotify.max_user_instances and max_user_watches)',
          );
        }
        // Between two watches anything may have happened.
        this.#note(null);
        await new Promise((resolve) => setTimeout(resolve, restartMs));
      }
    } catch (error) {
      if (this.#disposed) return;
      this.#options.logger.info(
        { sandbox: this.#options.sandboxId, ...errorForLog(error) },
        'stopped watching a workspace',
      );
      this.dispose();
      this.#options.onEnded();
    }
  }

  dispose(): void {
    this.#disposed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#session?.dispose();
  }

  /** Resolves when the watch is of no more use; rejects when the sandbox is gone. */
  async #watch(): Promise<'again' | 'limit'> {
    const { root } = this.#options;
    let words = '';
    const records = new RecordSplitter((record) => {
      const event = parseWatchRecord(record, root);
      if (event === 'root-gone') this.#session?.dispose();
      else if (event !== null) this.#note(event.path);
    });
    await this.#follow(
      ['sh', '-c', watchScript, 'sh', root],
      (chunk) => records.push(chunk),
      (text) => {
        const before = words;
        words = (words + text).slice(-1024);
        // Changes from before the watch stood went unseen.
        if (!before.includes('established') && words.includes('established')) this.#note(null);
      },
    );
    return isOutOfWatches(words) ? 'limit' : 'again';
  }

  async #poll(): Promise<'again'> {
    const argv: [string, ...string[]] = ['sh', '-c', pollScript, 'sh', this.#options.root, String(pollSeconds)];
    await this.#follow(
      argv,
      () => this.#note(null),
      () => undefined,
    );
    return 'again';
  }

  async #follow(
    argv: [string, ...string[]],
    onOutput: (chunk: Buffer) => void,
    onWords: (text: string) => void,
  ): Promise<void> {
    const { host, sandboxId } = this.#options;
    const session = await host.exec(sandboxId, { argv });
    if (this.#disposed) {
      session.dispose();
      return;
    }
    this.#session = session;
    try {
      for (const stream of [session.stdin, session.stdout, session.stderr]) stream.on('error', () => undefined);
      session.stdin.end();
      readThrottled(session.stdout, maxRate, onOutput);
      readThrottled(session.stderr, maxRate, (chunk) => onWords(chunk.toString('latin1')));
      const code = await session.exit;
      // drydock-enter's own: there is no namespace to look into.
      if (code === 125) throw new Error('the sandbox cannot be entered');
    } finally {
      this.#session = null;
      session.dispose();
    }
  }

  #note(path: string | null): void {
    if (path === null || this.#pending.size >= maxPaths) this.#everything = true;
    else this.#pending.add(path);
    if (this.#timer !== null || this.#disposed) return;
    const sinceLast = performance.now() - this.#lastTold;
    this.#timer = setTimeout(() => this.#tell(), Math.max(coalesceMs, busyIntervalMs - sinceLast));
  }

  #tell(): void {
    const paths = this.#everything ? null : [...this.#pending].sort();
    this.#timer = null;
    this.#pending = new Set();
    this.#everything = false;
    this.#lastTold = performance.now();
    this.#options.onChanged(paths);
  }
}

/**
 * One record of inotifywait: what changed (null as path: look at everything), that the root itself is gone, or
 * null when nobody needs to know.
 */
export function parseWatchRecord(record: string, root: string): { path: string | null } | 'root-gone' | null {
  const space = record.indexOf(' ');
  const events = record.slice(0, space).split(',');
  const absolute = record.slice(space + 1);
  if (space < 1) return null;
  if (absolute === root || absolute === `${root}/`) {
    return events.some((event) => event === 'DELETE_SELF' || event === 'MOVE_SELF' || event === 'UNMOUNT')
      ? 'root-gone'
      : { path: null };
  }
  // A folder that came or went: what is in it was not watched, or is not any more.
  if (events.includes('ISDIR')) return { path: null };
  // Told by the events of the folder above it.
  if (events.some((event) => event === 'DELETE_SELF' || event === 'MOVE_SELF' || event === 'IGNORED')) return null;
  const path = absolute.startsWith(`${root}/`) ? absolute.slice(root.length + 1) : '';
  if (path.slice(path.lastIndexOf('/') + 1).startsWith(temporaryPrefix)) return null;
  return { path: isWorkspacePath(path) ? path : null };
}

export function isOutOfWatches(words: string): boolean {
  return /upper limit on inotify|Too many open files|No space left on device|inotify_add_watch|max_user_/i.test(words);
}

/** Cuts output at NUL; a record over the limit is dropped. */
class RecordSplitter {
  readonly #decoder = new StringDecoder('utf8');
  readonly #onRecord: (record: string) => void;
  #held = '';

  constructor(onRecord: (record: string) => void) {
    this.#onRecord = onRecord;
  }

  push(chunk: Buffer): void {
    const parts = (this.#held + this.#decoder.write(chunk)).split('\0');
    this.#held = (parts.pop() ?? '').slice(-maxRecord);
    for (const part of parts) this.#onRecord(part);
  }
}
