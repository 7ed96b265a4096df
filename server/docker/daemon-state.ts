import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ContainerSummary,
  type DaemonKind,
  type DaemonSnapshot,
  daemonKinds,
  type ImageSummary,
  type NetworkSummary,
  type VolumeSummary,
} from '../../protocol/docker.ts';
import type { Disposable } from '../disposable.ts';
import { Emitter } from '../emitter.ts';
import { describeError, errorForLog } from '../errors.ts';
import type { HostLogger } from './engine.ts';
import { affectedKinds } from './event-effects.ts';
import type { InnerDaemon } from './inner-daemon.ts';

export interface DaemonStateOptions {
  logger: HostLogger;
  /** Milliseconds between two refreshes at least; default 100. */
  refreshMs?: number;
  /** Milliseconds after which everything is listed even without an event; default 30 s. */
  relistMs?: number;
  /** First pause before a lost connection is tried again, doubled up to 10 s; default 250. */
  retryMs?: number;
}

export interface DaemonChange {
  /** Which lists changed; empty when only the status did. */
  kinds: ReadonlySet<DaemonKind>;
  status: DaemonSnapshot['status'];
}

const longestRetry = 10_000;

/** A refresh may take up a quarter of the time at most, however many events a learner causes. */
const refreshShare = 3;

interface Lists {
  containers: ContainerSummary[];
  images: ImageSummary[];
  networks: NetworkSummary[];
  volumes: VolumeSummary[];
}

/**
 * The one live model of a sandbox's Docker. It follows the events and lists anew only what an event can have
 * changed; after a lost connection, everything. While the status is `lost` the lists are the last known ones.
 * The `InnerDaemon` stays the caller's, to be disposed after this.
 */
export class DaemonState implements Disposable {
  readonly changed: Emitter<DaemonChange>;

  readonly #daemon: InnerDaemon;
  readonly #logger: HostLogger;
  readonly #refreshMs: number;
  readonly #relistMs: number;
  readonly #retryMs: number;
  readonly #abort = new AbortController();
  readonly #lists: Lists = { containers: [], images: [], networks: [], volumes: [] };
  /** What each list looked like when it was last told about. */
  readonly #told = new Map<DaemonKind, string>();
  readonly #dirty = new Set<DaemonKind>();
  #wake: (() => void) | null = null;
  #status: DaemonSnapshot['status'] = 'connecting';
  #started: Promise<void> | null = null;
  #onFirstList: () => void = () => undefined;

  constructor(daemon: InnerDaemon, options: DaemonStateOptions) {
    this.#daemon = daemon;
    this.#logger = options.logger;
    this.#refreshMs = options.refreshMs ?? 100;
    this.#relistMs = options.relistMs ?? 30_000;
    this.#retryMs = options.retryMs ?? 250;
    this.changed = new Emitter((error) => {
      this.#logger.error(errorForLog(error), 'a listener of a sandbox’s Docker failed');
    });
  }

  /** Resolves when everything was listed once, or when disposed; tries until then. Starting twice is one start. */
  start(): Promise<void> {
    this.#started ??= new Promise<void>((resolve) => {
      this.#onFirstList = resolve;
      this.#run().catch((error: unknown) => {
        this.#logger.error(errorForLog(error), 'stopped following a sandbox’s Docker');
      });
    });
    return this.#started;
  }

  get status(): DaemonSnapshot['status'] {
    return this.#status;
  }

  /** The lists are replaced, never changed: what was given out stays as it is. */
  snapshot(): DaemonSnapshot {
    return { status: this.#status, ...this.#lists };
  }

  dispose(): void {
    this.#abort.abort();
    this.#wake?.();
    this.#onFirstList();
    this.changed.dispose();
  }

  async #run(): Promise<void> {
    const signal = this.#abort.signal;
    let pause = this.#retryMs;
    while (!signal.aborted) {
      try {
        await this.#follow(() => {
          pause = this.#retryMs;
        });
      } catch (error) {
        if (signal.aborted) return;
        this.#logger.debug({ error: describeError(error) }, 'a sandbox’s Docker does not answer');
      }
      if (signal.aborted) return;
      if (this.#status === 'live') this.#setStatus('lost', new Set());
      // Half of it random, so that many sandboxes do not come back in step.
      await this.#pause(pause / 2 + (Math.random() * pause) / 2);
      pause = Math.min(pause * 2, longestRetry);
    }
  }

  /** One connection: events first, then the lists, so that nothing falls between. */
  async #follow(onLive: () => void): Promise<void> {
    const connection = new AbortController();
    const signal = AbortSignal.any([this.#abort.signal, connection.signal]);
    try {
      this.#dirty.clear();
      const subscription = await this.#daemon.subscribe((event) => this.#note(affectedKinds(event)), signal);
      let over = false;
      const ended = subscription.ended.then(() => {
        over = true;
        this.#wake?.();
      });
      this.#setStatus('live', await this.#refresh(daemonKinds));
      onLive();
      this.#onFirstList();
      while (!over && !signal.aborted) {
        await this.#untilDirty();
        if (over || signal.aborted) break;
        const kinds = this.#dirty.size === 0 ? [...daemonKinds] : [...this.#dirty];
        this.#dirty.clear();
        const began = performance.now();
        const changed = await this.#refresh(kinds);
        if (changed.size > 0) this.#setStatus('live', changed);
        await this.#pause(Math.max(this.#refreshMs, (performance.now() - began) * refreshShare));
      }
      await ended;
    } finally {
      connection.abort();
    }
  }

  /** Cut short by `dispose`, which is the only way it can fail. */
  async #pause(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.#abort.signal }).catch(() => undefined);
  }

  #note(kinds: readonly DaemonKind[]): void {
    for (const kind of kinds) this.#dirty.add(kind);
    if (kinds.length > 0) this.#wake?.();
  }

  /** Until an event made something stale, the stream ended, or it is time to look without an event. */
  async #untilDirty(): Promise<void> {
    if (this.#dirty.size > 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#relistMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = null;
  }

  /** Lists again; gives the kinds that are not as they were told last. */
  async #refresh(kinds: readonly DaemonKind[]): Promise<Set<DaemonKind>> {
    const changed = new Set<DaemonKind>();
    await Promise.all(
      kinds.map(async (kind) => {
        const list = await this.#daemon[kind]();
        if (this.#abort.signal.aborted) return;
        Object.assign(this.#lists, { [kind]: list });
        // Docker's "Up 3 minutes" is no change.
        const look = JSON.stringify(list, (key, value: unknown) => (key === 'status' ? undefined : value));
        if (this.#told.get(kind) === look) return;
        this.#told.set(kind, look);
        changed.add(kind);
      }),
    );
    return changed;
  }

  #setStatus(status: DaemonSnapshot['status'], kinds: Set<DaemonKind>): void {
    if (this.#abort.signal.aborted) return;
    this.#status = status;
    this.changed.emit({ kinds, status });
  }
}
