import type {
  SandboxNoticeKind,
  SandboxOutlook,
  SandboxStatus,
  SandboxUse,
  StopReason,
} from '../../protocol/sandbox.ts';
import type { Clock, Ids } from '../clock.ts';
import type { EgressPolicy } from '../config-schema.ts';
import { type Disposable, DisposableStore } from '../disposable.ts';
import type { SandboxHost, SandboxLimits } from '../docker/sandbox-host.ts';
import { Emitter } from '../emitter.ts';
import { DrydockError, errorForLog } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { SandboxStore } from '../store/sandbox-store.ts';
import { DiskWatch } from './disk-watch.ts';
import { EgressKeeper } from './egress-keeper.ts';
import { EngineFollower } from './engine-follower.ts';
import { Gauges } from './gauges.ts';
import { type IdleLimits, IdleSweeper } from './idle-sweeper.ts';
import { IdleTimes } from './idle-times.ts';
import type { ManagerParts } from './manager-parts.ts';
import { Room } from './room.ts';
import { type Entry, type ReadySandbox, type SandboxChange, SandboxEntries } from './sandbox-entries.ts';
import { SandboxNotices } from './sandbox-notices.ts';
import { countByState, listSandboxes, type SandboxCounts, type SandboxOverview } from './sandbox-overview.ts';
import { SandboxPool } from './sandbox-pool.ts';
import { SandboxQuieter, sandboxBusy } from './sandbox-quieter.ts';
import { requireReady, type SandboxClaimed, SandboxStarter } from './sandbox-starter.ts';
import { StartQueue } from './start-queue.ts';
import type { WorkspaceArchives } from './workspace-archives.ts';

export type { ReadySandbox, SandboxChange } from './sandbox-entries.ts';
export type { SandboxClaimed } from './sandbox-starter.ts';

export interface SandboxManagerOptions {
  host: SandboxHost;
  store: SandboxStore;
  archives: WorkspaceArchives;
  clock: Clock;
  /** A clock that never jumps, in milliseconds since whenever. */
  uptime: Clock;
  ids: Ids;
  logger: Logger;
  limits: SandboxLimits;
  maxSandboxes: number;
  /** The sandbox image's reference on the engine. */
  image: string;
  registryVolume: string | null;
  /** How many sandboxes wait for learners who have none. */
  pool: number;
  idle: IdleLimits & { removeWarning: number };
  egress: EgressPolicy;
  /** Something of the learner's runs in it that is not to be frozen: a build of the Build button. */
  isBusy: (id: string) => boolean;
  /** How long programs that follow a sandbox get to end before it is frozen; default 1 s. */
  letGoMs?: number;
  /** How the pool waits: until it has been quiet for so long, and after failures. For tests. */
  poolPace?: { quietMs: number; pause: (ms: number, signal: AbortSignal) => Promise<void> };
}

export interface SandboxMeasured {
  learner: string;
  use: SandboxUse;
}

/** Output that somebody looks at keeps a sandbox awake for so many times `pauseAfter` after the last thing they did. */
const watchingFactor = 4;
const quietBeforePoolMs = 1_000;

/**
 * Which learner has which sandbox, and what state it is in: kept once, here. The engine is the authority on
 * what runs, the database on whose it is. Several servers may share both.
 */
export class SandboxManager implements Disposable {
  readonly #options: SandboxManagerOptions;
  readonly #parts: ManagerParts;
  readonly #store = new DisposableStore();
  readonly #queue: StartQueue;
  readonly #starter: SandboxStarter;
  readonly #quieter: SandboxQuieter;
  readonly #follower: EngineFollower;
  readonly #sweeper: IdleSweeper;
  readonly #gauges: Gauges;
  readonly #disks: DiskWatch;
  readonly #egress: EgressKeeper;
  readonly #measured: Emitter<SandboxMeasured>;
  #diskLimit: 'hard' | 'watched' = 'watched';

  constructor(options: SandboxManagerOptions) {
    this.#options = options;
    const { host, store, archives, clock, uptime, ids, logger, image, limits, registryVolume, idle } = options;
    const entries = this.#store.add(new SandboxEntries(logger));
    const retell = (entry: Entry) => this.#retell(entry);
    const notices = this.#store.add(new SandboxNotices({ store, logger, tell: retell }));
    const spec = { image, limits, registryVolume };
    this.#queue = new StartQueue({ width: 2, quietMs: options.poolPace?.quietMs ?? quietBeforePoolMs });
    const room: Room = new Room({
      host,
      store,
      most: options.maxSandboxes,
      surrender: () => pool.surrender(),
      isInUse: (row) => this.#isInUse(row.learner, row.id),
      stop: (row) => this.#quieter.stop(entries.of(row.learner), row.id, 'room'),
    });
    const pool: SandboxPool = this.#store.add(
      new SandboxPool({
        host,
        store,
        queue: this.#queue,
        clock,
        ids,
        logger,
        spec,
        wanted: options.pool,
        takeRoom: (id) => room.takeSpare(id),
        ...(options.poolPace === undefined ? {} : { pause: options.poolPace.pause }),
      }),
    );
    const watchMs = watchingFactor * idle.pauseAfter;
    const parts: ManagerParts = {
      host,
      store,
      archives,
      clock,
      uptime,
      ids,
      logger,
      spec,
      entries,
      notices,
      idle: new IdleTimes({ store, clock, uptime, watchMs }),
      pool,
      letGoMs: options.letGoMs ?? 1_000,
      retell,
    };
    this.#parts = parts;
    this.#quieter = new SandboxQuieter(parts);
    this.#starter = this.#store.add(
      new SandboxStarter({
        parts,
        queue: this.#queue,
        room,
        statusWhenReady: (entry, since, startedInMs) => this.#readyStatus(entry, since, startedInMs),
      }),
    );
    this.#follower = this.#store.add(
      new EngineFollower({
        parts,
        ensure: (entry) => this.#starter.ensure(entry),
        pauseAfter: idle.pauseAfter,
        learn: () => this.#learnDiskLimit(),
      }),
    );
    const { isBusy } = options;
    this.#sweeper = this.#store.add(
      new IdleSweeper({ parts, limits: idle, quieter: this.#quieter, follower: this.#follower, isBusy }),
    );
    this.#measured = new Emitter((error) => logger.error(errorForLog(error), 'a listener failed'));
    this.#gauges = this.#store.add(
      new Gauges({ host, onUse: (learner, use) => this.#measured.emit({ learner, use }) }),
    );
    this.#disks = this.#store.add(new DiskWatch(parts, this.#quieter));
    this.#egress = new EgressKeeper(parts, options.egress);
    this.#store.add(entries.onChanged(({ learner }) => this.#gauge(entries.of(learner))));
    this.#store.add(
      this.#starter.onReady(({ entry, source }) => {
        this.#egress.apply(entry, { fresh: source === 'started' });
        const wasFull = entry.notices.some((notice) => notice.kind === 'disk-full');
        if (entry.id !== null && source === 'started' && wasFull) this.#disks.giveTime(entry.id);
      }),
    );
  }

  /** Told of every change of a learner's sandbox. */
  onChanged(listener: (change: SandboxChange) => void): Disposable {
    return this.#parts.entries.onChanged(listener);
  }

  /** Told whenever a learner got their sandbox, from the request on. */
  onClaimed(listener: (claimed: SandboxClaimed) => void): Disposable {
    return this.#starter.onReady(({ source, ms }) => listener({ source, ms }));
  }

  /** Told every few seconds of every sandbox that somebody looks at. */
  onMeasured(listener: (measured: SandboxMeasured) => void): Disposable {
    return this.#measured.on(listener);
  }

  statusOf(learner: string): SandboxStatus {
    return this.#parts.entries.find(learner)?.status ?? { state: 'none' };
  }

  /** The learner's sandbox if it answers now. @throws sandbox.none, .starting, .stopped, or why it failed */
  ready(learner: string): ReadySandbox {
    return requireReady(this.#parts.entries.find(learner));
  }

  /** The learner's sandbox in whatever state, or null when there never was one since the start. */
  idOf(learner: string): string | null {
    return this.#parts.entries.find(learner)?.id ?? null;
  }

  /** Makes, starts or wakes the learner's sandbox. Two calls at once get the same one. */
  ensure(learner: string): Promise<ReadySandbox> {
    return this.#starter.ensure(this.#parts.entries.of(learner));
  }

  /**
   * For a request that needs the sandbox running. Null: nothing to wait for. A frozen one wakes, and who waits for
   * that goes on in the order in which they came.
   * @throws sandbox.starting when it has to be started first, which has begun now
   */
  wake(learner: string): Promise<unknown> | null {
    const entry = this.#parts.entries.find(learner);
    if (entry === undefined) return null;
    const { state } = entry.status;
    if (state === 'paused') return this.#starter.ensure(entry);
    if (state === 'stopped' || (state === 'none' && entry.adopted)) {
      this.#starter.ensure(entry).catch(() => undefined); // told as a fact
      requireReady(entry);
    }
    return null;
  }

  /** A fresh daemon; the home stays. `prepare` runs before pages are told it is ready. */
  reset(learner: string, prepare: (sandbox: ReadySandbox) => Promise<void>): Promise<ReadySandbox> {
    return this.#starter.reset(this.#parts.entries.of(learner), prepare);
  }

  /** The learner did something in their sandbox: it is in use until disposed of, and counts as unused from then on. */
  use(learner: string): Disposable {
    const id = this.idOf(learner);
    return id === null ? { dispose: () => undefined } : this.#parts.idle.hold(id);
  }

  /** A page of the learner drew new output. */
  watched(learner: string): void {
    const id = this.idOf(learner);
    if (id !== null) this.#parts.idle.watch(id);
  }

  /** A page of this learner is open (or none is any more). Coming and going counts as use once. */
  setAttended(learner: string, attended: boolean): void {
    const entry = this.#parts.entries.of(learner);
    if (entry.attended === attended) return;
    entry.attended = attended;
    if (entry.id !== null) this.#parts.idle.act(entry.id);
    this.#gauge(entry);
  }

  /** A lesson that asks for the internet was opened, or nobody has it open any more. */
  askEgress(learner: string, lesson: string, asks: boolean): void {
    this.#egress.ask(this.#parts.entries.of(learner), lesson, asks);
  }

  /** The learner has read this notice. */
  dismiss(learner: string, kind: SandboxNoticeKind): void {
    this.#parts.notices.remove(this.#parts.entries.of(learner), kind);
  }

  /** What the catalogue says, without waking anything. */
  async outlook(learner: string): Promise<SandboxOutlook> {
    const { store, archives, clock } = this.#parts;
    const { removeAfter, removeWarning } = this.#options.idle;
    const [row, kept] = await Promise.all([store.rowOf(learner), archives.of(learner)]);
    const left = row === null ? Number.POSITIVE_INFINITY : removeAfter - row.idleMs;
    const warned = Number.isFinite(left) && left <= removeWarning;
    return { removeAt: warned ? clock.now() + Math.max(0, left) : null, archives: kept };
  }

  /** Puts the files of an archive back where nothing of that name is. @throws archive.*, sandbox.* */
  async restore(learner: string, archive: string): Promise<{ restored: number; kept: string[] }> {
    const { id } = this.ready(learner);
    const result = await this.#parts.archives.restore(archive, id);
    this.dismiss(learner, 'archived');
    return result;
  }

  counts(): SandboxCounts {
    return { byState: countByState(this.#parts), pool: this.#parts.pool.counts(), limit: this.#options.maxSandboxes };
  }

  /** All sandboxes of this lab. @throws engine.* */
  list(): Promise<SandboxOverview[]> {
    return listSandboxes(this.#parts);
  }

  /** Stops a learner's sandbox; one of the pool is removed. @throws sandbox.gone, sandbox.starting, engine.* */
  async stop(id: string, why: StopReason): Promise<void> {
    const entry = await this.#owned(id);
    if (entry === null) await this.#parts.pool.remove(id);
    else if (entry.status.state === 'stopped') return;
    else if (!(await this.#quieter.stop(entry, id, why))) throw sandboxBusy();
  }

  /**
   * Removes a sandbox. Its files are kept as an archive of its learner's, or given up.
   * @throws archive.failed, file.too-large, sandbox.gone, sandbox.starting, engine.*
   */
  async remove(id: string, files: 'keep' | 'discard' = 'keep'): Promise<void> {
    const { host } = this.#parts;
    const entry = await this.#owned(id).catch(async (error: unknown) => {
      // One that the database does not know has no learner who could get an archive.
      if (files === 'discard' && (await host.list()).some((record) => record.id === id)) return undefined;
      throw error;
    });
    if (entry === undefined) await host.remove(id, { keepHome: false });
    else if (entry === null) await this.#parts.pool.remove(id);
    else if (!(await this.#quieter.remove(entry, id, null, files))) throw sandboxBusy();
  }

  /** Takes over what is on the engine after a start of the server, and removes what is nobody's. */
  adopt(): Promise<void> {
    return this.#follower.adopt();
  }

  /** Follows the engine, fills the pool and looks for sandboxes that nobody uses. */
  watch(): void {
    this.#follower.watch();
    this.#parts.pool.start();
    this.#sweeper.start();
  }

  /** One look for sandboxes that nobody uses; `watch` sees to it again and again. @throws engine.* */
  lookForUnused(): Promise<void> {
    return this.#sweeper.look();
  }

  /** One look at how much disk each uses; `watch` sees to it where that is not bounded. @throws engine.* */
  lookAtDisks(): Promise<void> {
    return this.#disks.look();
  }

  /** Resolves when nothing is being made, started, stopped or archived any more; after `dispose` nothing begins. */
  async settled(): Promise<void> {
    const { entries, pool } = this.#parts;
    const underWay = entries.all().flatMap((entry) => [entry.work, entry.quieting]);
    await Promise.allSettled([pool.settled(), ...underWay]);
  }

  /** Stops following. Sandboxes are left as they are. */
  dispose(): void {
    this.#queue.dispose();
    this.#measured.dispose();
    this.#store.dispose();
  }

  /** The learner whose sandbox this is, or null: it waits in the pool. @throws sandbox.gone */
  async #owned(id: string): Promise<Entry | null> {
    const { store, entries } = this.#parts;
    const pooled = (await store.pool()).some((place) => place.id === id);
    const row = (await store.rows()).find((each) => each.id === id);
    if (row !== undefined) return entries.of(row.learner);
    if (pooled) return null;
    throw new DrydockError(
      'sandbox.gone',
      'The lab’s database knows no such sandbox. If the engine has it, it can only be removed together with its files.',
    );
  }

  #isInUse(learner: string, id: string): boolean {
    const { entries, idle, uptime } = this.#parts;
    const entry = entries.find(learner);
    if (this.#options.isBusy(id) || idle.usedSince(id, uptime.now())) return true;
    return entry !== undefined && (entry.work !== null || (entry.attended && entry.status.state !== 'paused'));
  }

  #gauge(entry: Entry): void {
    const wanted = entry.attended && entry.status.state === 'ready';
    this.#gauges.set(entry.learner, wanted ? entry.id : null);
  }

  #readyStatus(entry: Entry, since: number, startedInMs: number): SandboxStatus {
    const { memory, cpus, pids, disk, home, openFiles, logBytes } = this.#options.limits;
    const { egress, notices } = entry;
    const bounds = { memory, cpus, pids, disk, home, openFiles, logBytes };
    const limits = { ...bounds, diskLimit: this.#diskLimit, egress };
    return { state: 'ready', since, startedInMs, limits, notices };
  }

  #retell(entry: Entry): void {
    const { status } = entry;
    if (status.state !== 'ready') return;
    this.#parts.entries.set(entry, this.#readyStatus(entry, status.since, status.startedInMs));
  }

  async #learnDiskLimit(): Promise<void> {
    const { kind, reason } = (await this.#parts.host.describe()).diskLimit;
    if (kind !== this.#diskLimit || kind === 'watched')
      this.#parts.logger.info({ kind, reason }, 'how disks are limited');
    this.#diskLimit = kind;
    if (this.#diskLimit === 'watched') this.#disks.start();
  }
}
