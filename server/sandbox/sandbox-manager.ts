import type { SandboxStatus } from '../../protocol/sandbox.ts';
import type { Clock, Ids } from '../clock.ts';
import type { Disposable } from '../disposable.ts';
import type { HostEvent, SandboxHost, SandboxLimits } from '../docker/sandbox-host.ts';
import { Emitter } from '../emitter.ts';
import { DrydockError, describeError, toErrorBody } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { LearnerStore } from '../store/learner-store.ts';
import { StartQueue } from './start-queue.ts';

export interface SandboxManagerOptions {
  host: SandboxHost;
  learners: LearnerStore;
  clock: Clock;
  ids: Ids;
  logger: Logger;
  limits: SandboxLimits;
  maxSandboxes: number;
  /** The sandbox image's reference on the engine. */
  image: string;
  registryVolume: string | null;
}

export interface SandboxChange {
  learner: string;
  status: SandboxStatus;
}

/** A sandbox that answers, and whose it is. */
export interface ReadySandbox {
  id: string;
  learner: string;
}

interface Entry {
  learner: string;
  id: string | null;
  status: SandboxStatus;
  /** The start or reset under way; a second request joins it. */
  work: Promise<ReadySandbox> | null;
  attended: boolean;
  /** Its sandbox is being stopped to make room. */
  stopping: Promise<void> | null;
  /** Times (unix ms) of starts that nobody asked for, to stop a sandbox that dies again and again. */
  revivals: number[];
}

const startTimeoutMs = 60_000;
const revivalsPerMinute = 3;
const revivalPauseMs = 3_000;

/**
 * Which learner has which sandbox, and what state it is in: kept once, here. The engine is the authority on
 * what runs, the database on whose it is.
 */
export class SandboxManager implements Disposable {
  readonly #options: SandboxManagerOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #queue = new StartQueue(2);
  readonly #changed: Emitter<SandboxChange>;
  readonly #stopWatching = new AbortController();

  constructor(options: SandboxManagerOptions) {
    this.#options = options;
    this.#changed = new Emitter((error) => options.logger.error({ error: describeError(error) }, 'a listener failed'));
  }

  /** Told of every change of a learner's sandbox. */
  onChanged(listener: (change: SandboxChange) => void): Disposable {
    return this.#changed.on(listener);
  }

  statusOf(learner: string): SandboxStatus {
    return this.#entries.get(learner)?.status ?? { state: 'none' };
  }

  /** The learner's sandbox if it answers now. @throws DrydockError sandbox.none, .starting, or why it failed */
  ready(learner: string): ReadySandbox {
    const entry = this.#entries.get(learner);
    switch (entry?.status.state) {
      case undefined:
      case 'none':
        throw new DrydockError('sandbox.none', 'You have no sandbox yet. Open a lesson to get one.');
      case 'starting':
      case 'resetting':
        throw new DrydockError('sandbox.starting', 'Your sandbox is starting. Try again in a moment.');
      case 'failed':
        throw new DrydockError(entry.status.error.code, entry.status.error.message);
      case 'ready':
        if (entry.id === null) throw new DrydockError('sandbox.none', 'You have no sandbox yet.');
        return { id: entry.id, learner };
    }
  }

  counts(): { inUse: number; limit: number } {
    const inUse = [...this.#entries.values()].filter((entry) => entry.status.state === 'ready').length;
    return { inUse, limit: this.#options.maxSandboxes };
  }

  /** Makes or wakes the learner's sandbox. Two calls at once get the same one. */
  async ensure(learner: string): Promise<ReadySandbox> {
    const entry = this.#entry(learner);
    if (entry.work !== null) return entry.work;
    if (entry.status.state === 'ready' && entry.id !== null) return { id: entry.id, learner };
    return this.#work(entry, 'starting', (since) => this.#start(entry, since));
  }

  /** A fresh daemon; the home stays. `prepare` runs before pages are told it is ready. */
  async reset(learner: string, prepare: (sandbox: ReadySandbox) => Promise<void>): Promise<ReadySandbox> {
    const entry = this.#entry(learner);
    // A second click joins the reset under way; a start is waited for. Looked at anew after every wait, for
    // others waited too.
    while (entry.work !== null) {
      if (entry.status.state === 'resetting') return entry.work;
      await entry.work.catch(() => undefined); // its own callers hear of it
    }
    return this.#work(entry, 'resetting', async (since) => {
      const id = entry.id ?? (await this.#options.learners.sandboxOf(learner));
      if (id !== null) await this.#options.host.remove(id, { keepHome: true });
      const sandbox = await this.#start(entry, since);
      await prepare(sandbox);
      return sandbox;
    });
  }

  /** A page of this learner is open (or none is any more): an attended sandbox is not stopped to make room. */
  async setAttended(learner: string, attended: boolean): Promise<void> {
    this.#entry(learner).attended = attended;
    await this.#options.learners.attend(learner, this.#options.clock.now());
  }

  /** Takes over what is on the engine after a start of the server, and removes what is nobody's. */
  async adopt(): Promise<void> {
    // In this order: a sandbox that is being made now has its row before it is on the engine.
    const found = await this.#options.host.list();
    const owned = await this.#options.learners.sandboxes();
    const owners = new Map(owned.map((row) => [row.id, row.learner]));
    for (const record of found) {
      const learner = owners.get(record.id);
      if (learner === undefined) {
        this.#options.logger.info({ sandbox: record.id }, 'removing a sandbox of nobody');
        await this.#options.host.remove(record.id, { keepHome: false }).catch((error: unknown) => {
          this.#options.logger.warn({ sandbox: record.id, error: describeError(error) }, 'it could not be removed');
        });
      } else {
        this.#entry(learner).id = record.id;
      }
    }
  }

  /** The learner's sandbox in whatever state, or null when there never was one since the start. */
  idOf(learner: string): string | null {
    return this.#entries.get(learner)?.id ?? null;
  }

  /** Follows the engine: sandboxes that die, an engine that goes and comes back. */
  watch(): void {
    this.#options.host.watch((event) => this.#onHostEvent(event), this.#stopWatching.signal);
  }

  /** Stops following. Sandboxes are left as they are. */
  dispose(): void {
    this.#stopWatching.abort();
    this.#changed.dispose();
  }

  #entry(learner: string): Entry {
    let entry = this.#entries.get(learner);
    if (entry === undefined) {
      entry = {
        learner,
        id: null,
        status: { state: 'none' },
        work: null,
        attended: false,
        stopping: null,
        revivals: [],
      };
      this.#entries.set(learner, entry);
    }
    return entry;
  }

  async #work(
    entry: Entry,
    kind: 'starting' | 'resetting',
    task: (since: number) => Promise<ReadySandbox>,
  ): Promise<ReadySandbox> {
    const since = this.#options.clock.now();
    this.#set(
      entry,
      kind === 'starting' ? { state: 'starting', stage: 'queued', since } : { state: 'resetting', since },
    );
    const work = this.#queue.run(() => task(since));
    entry.work = work;
    try {
      const sandbox = await work;
      entry.work = null;
      const now = this.#options.clock.now();
      const { memory, cpus, pids } = this.#options.limits;
      this.#set(entry, {
        state: 'ready',
        since: now,
        startedInMs: now - since,
        resources: { memoryLimit: memory, cpus, pids },
      });
      this.#options.logger.info({ sandbox: sandbox.id, ms: now - since, kind }, 'sandbox ready');
      return sandbox;
    } catch (error) {
      entry.work = null;
      this.#options.logger.error(
        { learner: entry.learner, error: describeError(error), cause: causeOf(error) },
        'sandbox failed',
      );
      this.#set(entry, { state: 'failed', error: toErrorBody(error), since: this.#options.clock.now() });
      throw error;
    }
  }

  async #start(entry: Entry, since: number): Promise<ReadySandbox> {
    const { host, learners, clock, ids } = this.#options;
    await entry.stopping?.catch(() => undefined);
    await this.#makeRoom(entry);
    const report = (stage: 'creating' | 'starting' | 'waiting-for-daemon') => {
      if (entry.status.state === 'starting') this.#set(entry, { state: 'starting', stage, since });
    };
    report('creating');
    let id = entry.id ?? (await learners.sandboxOf(entry.learner));
    if (id === null) {
      id = ids.next();
      await learners.assignSandbox(entry.learner, id, clock.now());
    }
    entry.id = id;
    const { image, limits, registryVolume } = this.#options;
    await host.make({ id, learner: entry.learner, image, limits, registryVolume });
    await host.start(id, { timeoutMs: startTimeoutMs, onStage: report });
    return { id, learner: entry.learner };
  }

  /** Stops the sandbox that has been unattended the longest when no more fit. @throws sandbox.limit */
  async #makeRoom(wanting: Entry): Promise<void> {
    const { host, learners, maxSandboxes, logger } = this.#options;
    const running = (await host.list()).filter((record) => record.state === 'running' || record.state === 'paused');
    if (running.some((record) => record.id === wanting.id) || running.length < maxSandboxes) return;
    const attendedAt = new Map((await learners.sandboxes()).map((row) => [row.id, row]));
    const candidates = running
      .map((record) => attendedAt.get(record.id))
      .filter((row) => row !== undefined && !this.#entry(row.learner).attended)
      .sort((a, b) => (a?.attendedAt ?? 0) - (b?.attendedAt ?? 0));
    const victim = candidates[0];
    if (victim === undefined) {
      throw new DrydockError(
        'sandbox.limit',
        `All ${maxSandboxes} sandboxes of this server are in use. Try again when somebody has finished.`,
        { details: { limit: maxSandboxes } },
      );
    }
    logger.info({ sandbox: victim.id }, 'stopping an unattended sandbox to make room');
    // Its owner may come back meanwhile: from now on it is not ready, and their start waits for the stop.
    const entry = this.#entry(victim.learner);
    const stopped = host.stop(victim.id, { graceSeconds: 10 });
    entry.stopping = stopped;
    this.#set(entry, { state: 'none' });
    try {
      await stopped;
    } finally {
      if (entry.stopping === stopped) entry.stopping = null;
    }
  }

  #onHostEvent(event: HostEvent): void {
    switch (event.type) {
      case 'started':
        return;
      case 'died': {
        const entry = this.#byId(event.id);
        if (entry === undefined || entry.work !== null || entry.status.state !== 'ready') return;
        this.#options.logger.warn(
          { sandbox: event.id, exitCode: event.exitCode, outOfMemory: event.outOfMemory },
          'sandbox died',
        );
        this.#lose(
          entry,
          new DrydockError(
            'sandbox.gone',
            event.outOfMemory
              ? 'Your sandbox used all of its memory and was stopped. Your files are safe. Start it again to go on.'
              : 'Your sandbox stopped. Your files are safe. Start it again to go on.',
          ),
        );
        return;
      }
      case 'engine-lost':
        for (const entry of this.#entries.values()) {
          if (entry.work === null && entry.status.state === 'ready') {
            this.#set(entry, {
              state: 'failed',
              error: {
                code: 'engine.unreachable',
                message: 'The Docker Engine of this server does not answer. Your sandbox comes back with it.',
              },
              since: this.#options.clock.now(),
            });
          }
        }
        return;
      case 'reconnected':
        this.adopt().catch((error: unknown) => {
          this.#options.logger.warn({ error: describeError(error) }, 'could not look for sandboxes of nobody');
        });
        for (const entry of this.#entries.values()) {
          if (entry.attended && entry.work === null && entry.status.state === 'failed') this.#revive(entry);
        }
        return;
    }
  }

  #lose(entry: Entry, error: DrydockError): void {
    this.#set(entry, { state: 'failed', error: error.toBody(), since: this.#options.clock.now() });
    if (entry.attended) this.#revive(entry);
  }

  #revive(entry: Entry): void {
    const now = this.#options.clock.now();
    entry.revivals = entry.revivals.filter((at) => now - at < 60_000);
    if (entry.revivals.length >= revivalsPerMinute) return;
    entry.revivals.push(now);
    this.ensure(entry.learner).catch(() => {
      // An engine that has just come back may still be busy with itself; the budget above bounds this.
      setTimeout(() => {
        if (!this.#stopWatching.signal.aborted && entry.attended && entry.status.state === 'failed')
          this.#revive(entry);
      }, revivalPauseMs).unref();
    });
  }

  #byId(id: string): Entry | undefined {
    return [...this.#entries.values()].find((entry) => entry.id === id);
  }

  #set(entry: Entry, status: SandboxStatus): void {
    entry.status = status;
    this.#changed.emit({ learner: entry.learner, status });
  }
}

function causeOf(error: unknown): string | undefined {
  return error instanceof Error && error.cause !== undefined ? describeError(error.cause) : undefined;
}
