import type { Disposable } from '../disposable.ts';
import type { SandboxRecord } from '../docker/sandbox-host.ts';
import { errorForLog } from '../errors.ts';
import type { SandboxRow } from '../store/sandbox-store.ts';
import type { EngineFollower } from './engine-follower.ts';
import type { ManagerParts } from './manager-parts.ts';
import type { SandboxQuieter } from './sandbox-quieter.ts';

/** Milliseconds without use; infinite: never. */
export interface IdleLimits {
  pauseAfter: number;
  stopAfter: number;
  removeAfter: number;
}

export type IdleStep = 'pause' | 'stop' | 'remove' | null;

/** A look costs the engine one listing; short limits are looked at more often, in milliseconds. */
const lookEvery = { most: 30_000, least: 250 };
/** A sandbox whose files could not be archived is tried again so much later (ms), twice as late each time. */
const archiveAgain = { firstMs: 60 * 60_000, longestMs: 7 * 24 * 60 * 60_000 };

/** What has to be done with a sandbox that was not used for so long. The farthest step that is due counts. */
export function idleStep(state: SandboxRecord['state'] | 'gone', idleMs: number, limits: IdleLimits): IdleStep {
  if (idleMs >= limits.removeAfter) return 'remove';
  if (state !== 'running' && state !== 'paused') return null;
  if (idleMs >= limits.stopAfter) return 'stop';
  return state === 'running' && idleMs >= limits.pauseAfter ? 'pause' : null;
}

/** Looks again and again which sandboxes nobody uses, and puts them to rest. */
export class IdleSweeper implements Disposable {
  readonly #parts: ManagerParts;
  readonly #limits: IdleLimits;
  readonly #quieter: SandboxQuieter;
  readonly #follower: EngineFollower;
  readonly #isBusy: (id: string) => boolean;
  /** Uptime (ms) before which no archive is tried again, and how long that was. */
  readonly #notBefore = new Map<string, { at: number; after: number }>();
  #timer: NodeJS.Timeout | null = null;
  #disposed = false;

  constructor(options: {
    parts: ManagerParts;
    limits: IdleLimits;
    quieter: SandboxQuieter;
    follower: EngineFollower;
    isBusy: (id: string) => boolean;
  }) {
    this.#parts = options.parts;
    this.#limits = options.limits;
    this.#quieter = options.quieter;
    this.#follower = options.follower;
    this.#isBusy = options.isBusy;
  }

  start(): void {
    const { pauseAfter, stopAfter, removeAfter } = this.#limits;
    const shortest = Math.min(pauseAfter, stopAfter, removeAfter);
    const every = Math.min(lookEvery.most, Math.max(lookEvery.least, shortest / 5));
    const again = () => {
      if (this.#disposed) return;
      this.#timer = setTimeout(() => {
        this.look()
          .catch((error: unknown) => {
            // An engine that is away is told of elsewhere.
            this.#parts.logger.debug(errorForLog(error), 'could not look for unused sandboxes');
          })
          .then(again, again);
      }, every);
      this.#timer.unref();
    };
    again();
  }

  /** One look at all of them. */
  async look(): Promise<void> {
    const { host, store, idle, entries, uptime } = this.#parts;
    const mark = entries.mark;
    const began = uptime.now();
    const found = await host.list();
    const rows = await store.rows();
    this.#follower.reconcile(found, rows, mark);
    const counted = await idle.count(rows, this.#isBusy);
    const states = new Map(found.map((record) => [record.id, record.state]));
    for (const row of rows) {
      const time = counted.get(row.id);
      if (time === undefined || this.#disposed) continue;
      const step = idleStep(states.get(row.id) ?? 'gone', time.idleMs, this.#limits);
      if (step === null || idle.usedSince(row.id, began)) continue;
      await this.#take(step, row, time.idleAt).catch((error: unknown) => {
        this.#parts.logger.warn({ sandbox: row.id, step, ...errorForLog(error) }, 'an unused sandbox stays as it is');
      });
    }
  }

  dispose(): void {
    this.#disposed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  async #take(step: Exclude<IdleStep, null>, row: SandboxRow, seenAt: number): Promise<void> {
    const entry = this.#parts.entries.of(row.learner);
    switch (step) {
      case 'pause':
        await this.#quieter.pause(entry, row.id);
        return;
      case 'stop':
        await this.#quieter.stop(entry, row.id, 'idle');
        return;
      case 'remove': {
        const now = this.#parts.uptime.now();
        const failed = this.#notBefore.get(row.id);
        if (failed !== undefined && now < failed.at) return;
        try {
          await this.#quieter.remove(entry, row.id, seenAt);
          this.#notBefore.delete(row.id);
        } catch (error) {
          const after =
            failed === undefined ? archiveAgain.firstMs : Math.min(failed.after * 2, archiveAgain.longestMs);
          this.#notBefore.set(row.id, { at: now + after, after });
          throw error;
        }
      }
    }
  }
}
