import type { SandboxNotice, SandboxNoticeKind } from '../../protocol/sandbox.ts';
import type { Disposable } from '../disposable.ts';
import { errorForLog } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { SandboxStore } from '../store/sandbox-store.ts';
import type { Entry } from './sandbox-entries.ts';

/** "Woken" is news for so long, in milliseconds. */
const wokenMs = 60_000;
/** True of this moment only; the others are kept in the database until they are dismissed. */
const passing: ReadonlySet<SandboxNoticeKind> = new Set(['woken', 'egress-unavailable']);

/** The notices of sandboxes: at most one of each kind. */
export class SandboxNotices implements Disposable {
  readonly #store: Pick<SandboxStore, 'setNotices'>;
  readonly #logger: Logger;
  readonly #tell: (entry: Entry) => void;
  readonly #timers = new Map<Entry, NodeJS.Timeout>();

  /** @param options.tell called whenever an entry's notices changed */
  constructor(options: { store: Pick<SandboxStore, 'setNotices'>; logger: Logger; tell: (entry: Entry) => void }) {
    this.#store = options.store;
    this.#logger = options.logger;
    this.#tell = options.tell;
  }

  add(entry: Entry, notice: SandboxNotice): void {
    entry.notices = [...entry.notices.filter((each) => each.kind !== notice.kind), notice];
    if (notice.kind === 'woken') this.#expire(entry);
    this.#changed(entry, notice.kind);
  }

  remove(entry: Entry, kind: SandboxNoticeKind): void {
    if (!entry.notices.some((notice) => notice.kind === kind)) return;
    entry.notices = entry.notices.filter((notice) => notice.kind !== kind);
    this.#changed(entry, kind);
  }

  /** What was true of the sandbox before says nothing of a new one. */
  clear(entry: Entry): void {
    if (entry.notices.length === 0) return;
    entry.notices = [];
    this.#save(entry);
  }

  /** What was kept, when the entry is first filled from the database. */
  recall(entry: Entry, kept: SandboxNotice[]): void {
    const known = new Set(entry.notices.map((notice) => notice.kind));
    entry.notices = [...kept.filter((notice) => !known.has(notice.kind)), ...entry.notices];
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #expire(entry: Entry): void {
    clearTimeout(this.#timers.get(entry));
    const timer = setTimeout(() => {
      this.#timers.delete(entry);
      this.remove(entry, 'woken');
    }, wokenMs);
    timer.unref();
    this.#timers.set(entry, timer);
  }

  #changed(entry: Entry, kind: SandboxNoticeKind): void {
    if (!passing.has(kind)) this.#save(entry);
    this.#tell(entry);
  }

  #save(entry: Entry): void {
    if (entry.id === null) return;
    const kept = entry.notices.filter((notice) => !passing.has(notice.kind));
    this.#store.setNotices(entry.id, kept).catch((error: unknown) => {
      this.#logger.warn({ sandbox: entry.id, ...errorForLog(error) }, 'notices could not be saved');
    });
  }
}
