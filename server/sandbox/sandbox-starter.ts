import { setTimeout as sleep } from 'node:timers/promises';
import type { SandboxStatus } from '../../protocol/sandbox.ts';
import type { Disposable } from '../disposable.ts';
import type { SandboxEnd, SandboxHost, SandboxSpec } from '../docker/sandbox-host.ts';
import { Emitter } from '../emitter.ts';
import { DrydockError, errorForLog, toErrorBody } from '../errors.ts';
import type { SandboxRow } from '../store/sandbox-store.ts';
import type { ManagerParts } from './manager-parts.ts';
import { requireDiskReserve } from './require-disk-reserve.ts';
import { reportReturn } from './return-report.ts';
import type { Room } from './room.ts';
import type { Entry, ReadySandbox } from './sandbox-entries.ts';
import type { StartQueue } from './start-queue.ts';

/** Where a learner's sandbox came from, and how long it took. `woken`: it was frozen. */
export interface SandboxClaimed {
  source: 'pool' | 'made' | 'started' | 'woken';
  ms: number;
}

export interface SandboxReady extends SandboxClaimed {
  entry: Entry;
}

interface Obtained {
  id: string;
  source: SandboxClaimed['source'];
  /** How it ended before it was started now. */
  before: { row: SandboxRow; end: SandboxEnd | null } | null;
}

const startTimeoutMs = 60_000;
/** Waking takes a tenth of a second; one that takes so long is started as if it had ended. */
const wakeTimeoutMs = 20_000;

/** Gives a learner their sandbox: from the pool, woken, started again, or made. */
export class SandboxStarter implements Disposable {
  readonly #parts: ManagerParts;
  readonly #queue: StartQueue;
  readonly #room: Room;
  readonly #statusWhenReady: (entry: Entry, since: number, startedInMs: number) => SandboxStatus;
  readonly #ready: Emitter<SandboxReady>;
  readonly #background = new AbortController();

  constructor(options: {
    parts: ManagerParts;
    queue: StartQueue;
    room: Room;
    statusWhenReady: (entry: Entry, since: number, startedInMs: number) => SandboxStatus;
  }) {
    this.#parts = options.parts;
    this.#queue = options.queue;
    this.#room = options.room;
    this.#statusWhenReady = options.statusWhenReady;
    this.#ready = new Emitter((error) => options.parts.logger.error(errorForLog(error), 'a listener failed'));
  }

  onReady(listener: (ready: SandboxReady) => void): Disposable {
    return this.#ready.on(listener);
  }

  async ensure(entry: Entry): Promise<ReadySandbox> {
    if (entry.work !== null) return entry.work;
    if (entry.status.state === 'ready' && entry.id !== null) return { id: entry.id, learner: entry.learner };
    const since = this.#parts.clock.now();
    // Waking is over before a page could show that something starts.
    if (entry.status.state !== 'paused') this.#set(entry, { state: 'starting', stage: 'queued', since });
    return this.#work(entry, () => this.#obtain(entry, since));
  }

  /** A fresh daemon; the home stays. `prepare` runs before pages are told it is ready. */
  async reset(entry: Entry, prepare: (sandbox: ReadySandbox) => Promise<void>): Promise<ReadySandbox> {
    // A second click joins the reset under way; a start is waited for. Looked at anew after every wait, for
    // others waited too.
    while (entry.work !== null) {
      if (entry.status.state === 'resetting') return entry.work;
      await entry.work.catch(() => undefined); // its own callers hear of it
    }
    const since = this.#parts.clock.now();
    this.#set(entry, { state: 'resetting', since });
    return this.#work(entry, async () => {
      await entry.quieting?.catch(() => undefined);
      const { host, store, notices } = this.#parts;
      const row = await this.#rowInUse(entry.learner);
      if (row !== null) {
        await this.#queue.run(() => host.remove(row.id, { keepHome: true }));
        await store.setStopped(row.id, null);
      }
      notices.clear(entry);
      const obtained = await this.#cold(entry, since, row, { wasReset: true });
      await prepare({ id: obtained.id, learner: entry.learner });
      return { ...obtained, before: null };
    });
  }

  dispose(): void {
    this.#background.abort();
    this.#ready.dispose();
  }

  #work(entry: Entry, task: () => Promise<Obtained>): Promise<ReadySandbox> {
    const work = this.#carryOut(entry, task);
    entry.work = work;
    return work;
  }

  /** Whoever waits for this finds the new state, and nothing can come between the two. */
  async #carryOut(entry: Entry, task: () => Promise<Obtained>): Promise<ReadySandbox> {
    const { clock, uptime, logger, idle } = this.#parts;
    const began = uptime.now();
    try {
      const obtained = await Promise.resolve().then(task);
      const ms = uptime.now() - began;
      entry.work = null;
      entry.id = obtained.id;
      idle.act(obtained.id);
      logger.info({ sandbox: obtained.id, source: obtained.source, ms: Math.round(ms) }, 'sandbox ready');
      if (obtained.source === 'woken') {
        const pausedMs = Math.max(0, Math.round(began - entry.pausedAt));
        this.#parts.notices.add(entry, { kind: 'woken', pausedMs });
      }
      this.#set(entry, this.#statusWhenReady(entry, clock.now(), Math.round(ms)));
      this.#ready.emit({ entry, source: obtained.source, ms });
      this.#follow(entry, obtained).catch((error: unknown) => {
        logger.info({ sandbox: obtained.id, ...errorForLog(error) }, 'what became of its containers is not known');
      });
      return { id: obtained.id, learner: entry.learner };
    } catch (error) {
      entry.work = null;
      logger.error({ learner: entry.learner, ...errorForLog(error) }, 'sandbox failed');
      this.#set(entry, { state: 'failed', error: toErrorBody(error), since: clock.now() });
      throw error;
    }
  }

  async #obtain(entry: Entry, since: number): Promise<Obtained> {
    const { host, pool, notices } = this.#parts;
    const wasPaused = entry.status.state === 'paused';
    await entry.quieting?.catch(() => undefined);
    const row = await this.#rowInUse(entry.learner);
    if (row === null) {
      const claimed = await pool.claim(entry.learner);
      if (claimed !== null) {
        entry.id = claimed;
        return { id: claimed, source: 'pool', before: null };
      }
      return this.#cold(entry, since, null);
    }
    entry.id = row.id;
    notices.recall(entry, row.notices);
    if (wasPaused) {
      try {
        await host.start(row.id, { timeoutMs: wakeTimeoutMs });
        return { id: row.id, source: 'woken', before: null };
      } catch (error) {
        // It ended while it was frozen, or its daemon did: a whole start sees to either.
        this.#parts.logger.info({ sandbox: row.id, ...errorForLog(error) }, 'a paused sandbox did not wake');
        this.#set(entry, { state: 'starting', stage: 'queued', since });
      }
    }
    return this.#cold(entry, since, row);
  }

  /** The learner's row, marked as used now: a server that is archiving this sandbox at this moment then keeps it. */
  async #rowInUse(learner: string): Promise<SandboxRow | null> {
    const { store, clock } = this.#parts;
    for (let attempt = 1; ; attempt += 1) {
      const row = await store.rowOf(learner);
      if (row === null) return null;
      const now = clock.now();
      const at = now === row.idleAt ? now + 1 : now;
      const made = await store.saveIdle([{ id: row.id, seenAt: row.idleAt, idleMs: 0, at, used: false }]);
      // Another server counted it, or removed it, in between: looked at anew.
      if (made.has(row.id) || attempt === 5) return { ...row, idleMs: 0, idleAt: at };
    }
  }

  #cold(entry: Entry, since: number, row: SandboxRow | null, { wasReset = false } = {}): Promise<Obtained> {
    return this.#queue.run(() => this.#start(entry, since, row, wasReset));
  }

  async #start(entry: Entry, since: number, row: SandboxRow | null, wasReset: boolean): Promise<Obtained> {
    const { host, store, clock, ids, pool, spec, notices } = this.#parts;
    const report = (stage: 'creating' | 'starting' | 'waiting-for-daemon') => {
      if (entry.status.state === 'starting') this.#set(entry, { state: 'starting', stage, since });
    };
    report('creating');
    let id = row?.id ?? null;
    if (id === null) {
      await requireDiskReserve(host);
      // While this one waited for its turn, the pool may have got one ready.
      const claimed = await pool.claim(entry.learner);
      if (claimed !== null) {
        entry.id = claimed;
        return { id: claimed, source: 'pool', before: null };
      }
      id = await store.assign(entry.learner, ids.next(), clock.now());
    }
    entry.id = id;
    const record = (await host.list()).find((each) => each.id === id);
    const end = record === undefined ? null : await host.endOf(id);
    const room = await this.#room.take(id);
    try {
      await this.#make({ id, learner: entry.learner, ...spec });
      await host.start(id, { timeoutMs: startTimeoutMs, onStage: report });
    } finally {
      room.dispose();
    }
    if (record !== undefined || row === null) {
      return { id, source: record === undefined ? 'made' : 'started', before: row === null ? null : { row, end } };
    }
    // Removed on purpose: a home without files had none.
    if (wasReset) return { id, source: 'made', before: null };
    // It was the learner's already, and its container was not there. Its disks may have been.
    const wasUsed = row.usedAt > row.createdAt;
    if (wasUsed && (await isHomeEmpty(host, id))) {
      notices.add(entry, { kind: 'lost', noticedAt: clock.now() });
      return { id, source: 'made', before: null };
    }
    const assumed = { at: row.stopped?.at ?? row.usedAt, exitCode: -1, outOfMemory: false };
    return { id, source: 'made', before: { row, end: wasUsed ? assumed : null } };
  }

  /** Another server may be making the very same sandbox for another page: its engine then knows the name, and no more. */
  async #make(spec: SandboxSpec): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#parts.host.make(spec);
        return;
      } catch (error) {
        const isConflict = error instanceof DrydockError && error.details?.status === 409;
        if (!isConflict || attempt === 10) throw error;
        await sleep(200);
      }
    }
  }

  /** What is told and tidied once the learner has their sandbox. */
  async #follow(entry: Entry, { id, source, before }: Obtained): Promise<void> {
    const { host, store, notices, archives, logger } = this.#parts;
    const signal = this.#background.signal;
    if (source === 'made' || source === 'pool') {
      const archive = await archives.announce(entry.learner);
      if (archive !== null) notices.add(entry, { kind: 'archived', archive });
    }
    if (source === 'woken' || before === null) return;
    const { row, end } = before;
    const ended = row.stopped;
    if (ended !== null) await store.setStopped(id, null);
    // Background priority is of the pool alone; one whose server died while it was claimed may still have it.
    host.setPriority(id, 'normal').catch((error: unknown) => {
      logger.warn({ sandbox: id, ...errorForLog(error) }, 'a sandbox stays in the background');
    });
    if (end === null || signal.aborted) return;
    const report = await reportReturn(host, id, end);
    if (entry.id !== id || entry.status.state !== 'ready') return;
    const why = ended === null ? 'engine' : ended.why === 'disk-full' ? 'operator' : ended.why;
    notices.add(entry, { kind: 'restarted', why, stoppedAt: end.at, ...report });
  }

  #set(entry: Entry, status: SandboxStatus): void {
    this.#parts.entries.set(entry, status);
  }
}

/** Asked before any lesson's files are put there. A new home has nothing but files whose names begin with a dot. */
async function isHomeEmpty(host: SandboxHost, id: string): Promise<boolean> {
  const session = await host.exec(id, {
    argv: [
      'find',
      '/root',
      '-mindepth',
      '1',
      '-maxdepth',
      '1',
      '!',
      '-name',
      '.*',
      '!',
      '-name',
      'lost+found',
      '-printf',
      'x',
      '-quit',
    ],
  });
  try {
    let seen = false;
    session.stdout.on('data', () => {
      seen = true;
    });
    session.stderr.resume();
    session.stdin.end();
    return (await session.exit) === 0 && !seen;
  } finally {
    session.dispose();
  }
}

/** @throws the errors of `SandboxManager.ready` */
export function requireReady(entry: Entry | undefined): ReadySandbox {
  const status: SandboxStatus = entry?.status ?? { state: 'none' };
  switch (status.state) {
    case 'none':
      throw new DrydockError('sandbox.none', 'You have no sandbox yet. Open a lesson to get one.');
    case 'starting':
    case 'resetting':
      throw new DrydockError('sandbox.starting', 'Your sandbox is starting. Try again in a moment.');
    case 'paused':
      throw new DrydockError('sandbox.stopped', 'Your sandbox is paused. It goes on at the next thing you do in it.');
    case 'stopped':
      throw new DrydockError(
        'sandbox.stopped',
        'Your sandbox is stopped; everything in it is kept. Start it to go on.',
      );
    case 'failed':
      throw new DrydockError(status.error.code, status.error.message);
    case 'ready':
      if (entry === undefined || entry.id === null) throw new DrydockError('sandbox.none', 'You have no sandbox yet.');
      return { id: entry.id, learner: entry.learner };
  }
}
