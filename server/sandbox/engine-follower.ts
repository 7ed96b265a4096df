import type { Disposable } from '../disposable.ts';
import type { HostEvent, SandboxRecord } from '../docker/sandbox-host.ts';
import { DrydockError, errorForLog } from '../errors.ts';
import type { SandboxRow } from '../store/sandbox-store.ts';
import type { ManagerParts } from './manager-parts.ts';
import type { Entry, ReadySandbox } from './sandbox-entries.ts';

const revivalsPerMinute = 3;
const revivalPauseMs = 3_000;
/** Sandboxes that died so shortly before the engine was lost died with it: milliseconds. */
const diedWithEngineMs = 15_000;

/** Follows what happens on the engine: sandboxes that die, an engine that goes and comes back, and what is there. */
export class EngineFollower implements Disposable {
  readonly #parts: ManagerParts;
  readonly #ensure: (entry: Entry) => Promise<ReadySandbox>;
  readonly #pauseAfter: number;
  readonly #learn: () => Promise<void>;
  readonly #abort = new AbortController();

  /**
   * @param options.pauseAfter to tell how long a sandbox that is found paused has been so
   * @param options.learn finds out what the engine can do, whenever it is there (again)
   */
  constructor(options: {
    parts: ManagerParts;
    ensure: (entry: Entry) => Promise<ReadySandbox>;
    pauseAfter: number;
    learn: () => Promise<void>;
  }) {
    this.#parts = options.parts;
    this.#ensure = options.ensure;
    this.#pauseAfter = options.pauseAfter;
    this.#learn = options.learn;
  }

  watch(): void {
    this.#parts.host.watch((event) => this.#onHostEvent(event), this.#abort.signal);
  }

  /** Takes over what is on the engine and removes what is nobody's. */
  async adopt(): Promise<void> {
    const { host, store, archives, entries } = this.#parts;
    await this.#learn();
    const mark = entries.mark;
    // In this order: a sandbox that is being made has its row before it is on the engine, and one that is claimed
    // moves from the pool's rows to the learners' in one step.
    const found = await host.list();
    const pool = new Set((await store.pool()).map((place) => place.id));
    const rows = await store.rows();
    const owned = new Set(rows.map((row) => row.id));
    this.reconcile(found, rows, mark);
    const released = await store.released();
    for (const id of [...owned, ...pool]) released.delete(id);
    const orphans = found.filter(({ id }) => !owned.has(id) && !pool.has(id));
    for (const { id } of orphans.filter((record) => released.has(record.id))) await this.#removeOrphan(id);
    await this.#leaveStrangers(orphans.filter((record) => !released.has(record.id)));
    this.#parts.pool.poke();
    try {
      await host.sweep([...pool, ...owned], released);
      const left = new Set((await host.list()).map((record) => record.id));
      await store.forgetReleased([...released].filter((id) => !left.has(id)));
    } catch (error) {
      this.#parts.logger.warn(errorForLog(error), 'disks without a sandbox could not be looked for');
    }
    await archives.sweep();
  }

  /**
   * Gives every learner's sandbox the state the engine says it has, where this process knows no better.
   * @param mark of the entries before the engine was asked
   */
  reconcile(found: readonly SandboxRecord[], rows: readonly SandboxRow[], mark: number): void {
    const records = new Map(found.map((record) => [record.id, record]));
    for (const row of rows) {
      const entry = this.#parts.entries.of(row.learner);
      if (entry.work !== null || entry.quieting !== null || entry.changed > mark) continue;
      if (entry.id !== row.id) {
        entry.id = row.id;
        this.#parts.notices.recall(entry, row.notices);
      }
      this.#reconcileOne(entry, row, records.get(row.id)?.state ?? 'gone');
    }
  }

  dispose(): void {
    this.#abort.abort();
  }

  #reconcileOne(entry: Entry, row: SandboxRow, state: SandboxRecord['state'] | 'gone'): void {
    const { entries, clock, uptime } = this.#parts;
    const shown = entry.status.state;
    switch (state) {
      case 'running':
        // Whether it answers is asked when somebody wants it.
        if (shown === 'none' || shown === 'paused' || shown === 'stopped') {
          if (shown !== 'none') entries.set(entry, { state: 'none' });
          entry.adopted = true;
          if (shown !== 'none' && entry.attended) this.#revive(entry);
        }
        return;
      case 'paused': {
        if (shown === 'paused') return;
        const frozen = Math.max(0, row.idleMs - this.#pauseAfter);
        entry.pausedAt = uptime.now() - frozen;
        entries.set(entry, { state: 'paused', since: clock.now() - frozen });
        return;
      }
      case 'created':
      case 'exited':
      case 'dead':
      case 'gone': {
        if (shown === 'ready') {
          this.#lose(entry, row.id, gone(false));
          return;
        }
        entry.adopted = false;
        const why = row.stopped?.why;
        if (shown === 'paused') {
          // Nobody used it, and its engine ended it: for its learner it was stopped because it was idle.
          this.#noteEnd(row.id, 'engine');
          entries.set(entry, { state: 'stopped', since: clock.now(), why: 'idle' });
        } else if (shown === 'none' && (why === 'idle' || why === 'room' || why === 'operator')) {
          entries.set(entry, { state: 'stopped', since: row.stopped?.at ?? clock.now(), why });
        }
        return;
      }
    }
  }

  /**
   * Sandboxes of this lab that its database knows nothing of: it was put back from an older copy, or is new. Their
   * files may be somebody's work, so they are stopped and kept until whoever runs the lab removes them.
   */
  async #leaveStrangers(records: readonly SandboxRecord[]): Promise<void> {
    const { host, logger } = this.#parts;
    for (const { id, state } of records) {
      logger.warn(
        { sandbox: id },
        'the database does not know this sandbox; it is stopped and kept (npm run sandboxes)',
      );
      if (state !== 'running' && state !== 'paused') continue;
      await host.stop(id, { graceSeconds: 10 }).catch((error: unknown) => {
        logger.warn({ sandbox: id, ...errorForLog(error) }, 'it could not be stopped');
      });
    }
  }

  async #removeOrphan(id: string): Promise<void> {
    const { host, logger } = this.#parts;
    logger.info({ sandbox: id }, 'removing a sandbox of nobody');
    await host.remove(id, { keepHome: false }).catch((error: unknown) => {
      logger.warn({ sandbox: id, ...errorForLog(error) }, 'it could not be removed');
    });
  }

  #onHostEvent(event: HostEvent): void {
    switch (event.type) {
      case 'started':
        return;
      case 'died':
        this.#died(event);
        return;
      case 'engine-lost':
        this.#engineLost();
        return;
      case 'reconnected':
        this.#reconnected().catch((error: unknown) => {
          this.#parts.logger.warn(errorForLog(error), 'could not look for the sandboxes there are');
        });
        return;
    }
  }

  #died(event: Extract<HostEvent, { type: 'died' }>): void {
    const { entries, pool, logger } = this.#parts;
    const entry = entries.byId(event.id);
    if (entry === undefined) {
      pool.died(event.id);
      return;
    }
    // Work and quieting see for themselves what becomes of it.
    if (entry.work !== null || entry.quieting !== null) return;
    const { state } = entry.status;
    if (state !== 'ready' && state !== 'paused') return;
    logger.warn({ sandbox: event.id, exitCode: event.exitCode, outOfMemory: event.outOfMemory }, 'sandbox died');
    this.#lose(entry, event.id, gone(event.outOfMemory));
  }

  #engineLost(): void {
    const { entries, clock } = this.#parts;
    for (const entry of entries.all()) {
      if (entry.work !== null || entry.id === null) continue;
      const { status } = entry;
      const diedNow =
        status.state === 'failed' &&
        status.error.code === 'sandbox.gone' &&
        clock.now() - status.since < diedWithEngineMs;
      if (diedNow) this.#noteEnd(entry.id, 'engine');
      if (status.state !== 'ready' && !diedNow) continue;
      entries.set(entry, {
        state: 'failed',
        error: {
          code: 'engine.unreachable',
          message: 'The Docker Engine of this server does not answer. Your sandbox comes back with it.',
        },
        since: clock.now(),
      });
    }
  }

  async #reconnected(): Promise<void> {
    const { entries, store, host } = this.#parts;
    const found = new Map((await host.list()).map((record) => [record.id, record.state]));
    const rows = new Map((await store.rows()).map((row) => [row.id, row]));
    for (const entry of entries.all()) {
      if (entry.work !== null || entry.id === null || entry.status.state !== 'failed') continue;
      const row = rows.get(entry.id);
      const runs = found.get(entry.id) === 'running';
      if (!runs && row !== undefined && row.stopped === null) this.#noteEnd(entry.id, 'engine');
      if (entry.status.error.code === 'sandbox.disk-full') continue;
      if (entry.attended) this.#revive(entry);
      else entries.set(entry, { state: 'none' });
    }
    await this.adopt();
  }

  #lose(entry: Entry, id: string, error: DrydockError): void {
    const { entries, clock } = this.#parts;
    const wasPaused = entry.status.state === 'paused';
    this.#noteEnd(id, 'died');
    entries.set(entry, { state: 'failed', error: error.toBody(), since: clock.now() });
    // One that nobody used need not come back before somebody does.
    if (entry.attended && !wasPaused) this.#revive(entry);
  }

  #noteEnd(id: string, why: 'died' | 'engine'): void {
    const { store, clock, logger } = this.#parts;
    store.setStopped(id, { why, at: clock.now() }).catch((error: unknown) => {
      logger.warn({ sandbox: id, ...errorForLog(error) }, 'the end of a sandbox could not be noted');
    });
  }

  #revive(entry: Entry): void {
    const now = this.#parts.uptime.now();
    entry.revivals = entry.revivals.filter((at) => now - at < 60_000);
    if (entry.revivals.length >= revivalsPerMinute) return;
    entry.revivals.push(now);
    this.#ensure(entry).catch(() => {
      // An engine that has just come back may still be busy with itself; the budget above bounds this.
      setTimeout(() => {
        if (!this.#abort.signal.aborted && entry.attended && entry.status.state === 'failed') this.#revive(entry);
      }, revivalPauseMs).unref();
    });
  }
}

function gone(outOfMemory: boolean): DrydockError {
  return new DrydockError(
    'sandbox.gone',
    outOfMemory
      ? 'Your sandbox used all of its memory and was stopped. Your files are safe. Start it again to go on.'
      : 'Your sandbox stopped. Your files are safe. Start it again to go on.',
  );
}
