import type { Clock } from '../clock.ts';
import type { Disposable } from '../disposable.ts';
import type { IdleUpdate, SandboxRow, SandboxStore } from '../store/sandbox-store.ts';

/** Time in which no server ran counts by the wall clock, which may be wrong: at most so much of it, in ms. */
const longestAway = 7 * 24 * 60 * 60_000;

/**
 * How long each sandbox was not used. Time is counted by a clock that never jumps and kept in the database, so that
 * neither a wrong wall clock nor a restart makes an hour of a minute. Several servers may count on one database:
 * each goes on only from what it wrote itself.
 */
export class IdleTimes {
  readonly #store: Pick<SandboxStore, 'saveIdle'>;
  readonly #clock: Clock;
  readonly #uptime: Clock;
  readonly #watchMs: number;
  /** By sandbox: the last use of any kind, and the last thing the person did. Uptimes, ms. */
  readonly #used = new Map<string, number>();
  readonly #acted = new Map<string, number>();
  readonly #holds = new Map<string, number>();
  /** What this process wrote last: the row's `idleAt`, and the uptime of that moment. */
  readonly #written = new Map<string, { at: number; uptime: number }>();

  /** @param options.watchMs how long after a person's last act it still counts that they look at output */
  constructor(options: { store: Pick<SandboxStore, 'saveIdle'>; clock: Clock; uptime: Clock; watchMs: number }) {
    this.#store = options.store;
    this.#clock = options.clock;
    this.#uptime = options.uptime;
    this.#watchMs = options.watchMs;
  }

  /** The person did something in it. */
  act(id: string): void {
    const now = this.#uptime.now();
    this.#acted.set(id, now);
    this.#used.set(id, now);
  }

  /** A page drew new output. A terminal that prints for ever does not keep a sandbox awake for ever. */
  watch(id: string): void {
    const now = this.#uptime.now();
    const acted = this.#acted.get(id);
    if (acted !== undefined && now - acted < this.#watchMs) this.#used.set(id, now);
  }

  /** In use until disposed of, however long that is. */
  hold(id: string): Disposable {
    this.act(id);
    this.#holds.set(id, (this.#holds.get(id) ?? 0) + 1);
    let released = false;
    return {
      dispose: () => {
        if (released) return;
        released = true;
        const left = (this.#holds.get(id) ?? 1) - 1;
        if (left === 0) this.#holds.delete(id);
        else this.#holds.set(id, left);
        this.act(id);
      },
    };
  }

  /** Whether it was used at or after this uptime, or is now. */
  usedSince(id: string, uptime: number): boolean {
    return this.#holds.has(id) || (this.#used.get(id) ?? Number.NEGATIVE_INFINITY) >= uptime;
  }

  forget(id: string): void {
    for (const map of [this.#used, this.#acted, this.#holds, this.#written]) map.delete(id);
  }

  /**
   * Counts on, and writes it down. @param isBusy something of the learner's runs in it that must not be frozen
   * @returns per sandbox the milliseconds without use, and which writing says so
   */
  async count(
    rows: readonly SandboxRow[],
    isBusy: (id: string) => boolean,
  ): Promise<Map<string, { idleMs: number; idleAt: number }>> {
    const counted = new Map<string, { idleMs: number; idleAt: number }>();
    const updates: IdleUpdate[] = [];
    const uptime = this.#uptime.now();
    const now = this.#clock.now();
    for (const row of rows) {
      if (isBusy(row.id)) this.act(row.id);
      const written = this.#written.get(row.id);
      const used = this.#holds.has(row.id) ? uptime : this.#used.get(row.id);
      let idleMs: number;
      const isUse = used !== undefined && (written === undefined || used >= written.uptime);
      if (isUse) {
        idleMs = Math.max(0, uptime - used);
      } else if (written === undefined) {
        idleMs = row.idleMs + Math.min(longestAway, Math.max(0, now - row.idleAt));
      } else if (written.at !== row.idleAt) {
        // Another server counts this one; its figures hold, and ours begin anew.
        this.#written.set(row.id, { at: row.idleAt, uptime });
        counted.set(row.id, { idleMs: row.idleMs, idleAt: row.idleAt });
        continue;
      } else {
        idleMs = row.idleMs + (uptime - written.uptime);
      }
      const at = now === row.idleAt ? now + 1 : now;
      updates.push({ id: row.id, seenAt: row.idleAt, idleMs, at, used: isUse });
      counted.set(row.id, { idleMs, idleAt: at });
    }
    const made = await this.#store.saveIdle(updates);
    for (const { id, at } of updates) {
      if (made.has(id)) this.#written.set(id, { at, uptime });
      else counted.delete(id); // another server wrote at the same time, or it is gone: the next look says
    }
    return counted;
  }
}
