import type { SandboxNotice, SandboxStatus } from '../../protocol/sandbox.ts';
import type { Disposable } from '../disposable.ts';
import { Emitter } from '../emitter.ts';
import { errorForLog } from '../errors.ts';
import type { Logger } from '../logger.ts';

export interface SandboxChange {
  learner: string;
  status: SandboxStatus;
}

/** A sandbox that answers, and whose it is. */
export interface ReadySandbox {
  id: string;
  learner: string;
}

/** What this process knows of one learner's sandbox. */
export interface Entry {
  readonly learner: string;
  /** null: the database has not been asked yet, or there is none. */
  id: string | null;
  status: SandboxStatus;
  /** The start, wake or reset under way; a second request joins it. */
  work: Promise<ReadySandbox> | null;
  /** It is being paused, stopped or removed; a start waits for that. */
  quieting: Promise<void> | null;
  /** Runs on the engine, though this process has not yet asked whether it answers. */
  adopted: boolean;
  /** A page of the learner is open. */
  attended: boolean;
  notices: SandboxNotice[];
  egress: 'none' | 'internet';
  /** `SandboxEntries.mark` of the last change of `status`. */
  changed: number;
  /** Uptime (ms) at which it was frozen. */
  pausedAt: number;
  /** Uptimes (ms) of starts that nobody asked for, to stop a sandbox that dies again and again. */
  revivals: number[];
}

/** Every learner's entry, and the one place where a state changes. */
export class SandboxEntries implements Disposable {
  readonly #entries = new Map<string, Entry>();
  readonly #changed: Emitter<SandboxChange>;
  #mark = 0;

  constructor(logger: Logger) {
    this.#changed = new Emitter((error) => logger.error(errorForLog(error), 'a listener failed'));
  }

  onChanged(listener: (change: SandboxChange) => void): Disposable {
    return this.#changed.on(listener);
  }

  /** Grows with every change: what was seen at an earlier mark may not be true of an entry changed since. */
  get mark(): number {
    return this.#mark;
  }

  find(learner: string): Entry | undefined {
    return this.#entries.get(learner);
  }

  of(learner: string): Entry {
    let entry = this.#entries.get(learner);
    if (entry === undefined) {
      entry = {
        learner,
        id: null,
        status: { state: 'none' },
        work: null,
        quieting: null,
        adopted: false,
        attended: false,
        notices: [],
        egress: 'none',
        changed: 0,
        pausedAt: 0,
        revivals: [],
      };
      this.#entries.set(learner, entry);
    }
    return entry;
  }

  byId(id: string): Entry | undefined {
    for (const entry of this.#entries.values()) if (entry.id === id) return entry;
    return undefined;
  }

  all(): Entry[] {
    return [...this.#entries.values()];
  }

  set(entry: Entry, status: SandboxStatus): void {
    this.#mark += 1;
    entry.changed = this.#mark;
    entry.status = status;
    if (status.state !== 'none') entry.adopted = false;
    this.#changed.emit({ learner: entry.learner, status });
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
