import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock, Ids } from '../clock.ts';
import type { Disposable } from '../disposable.ts';
import { connectInnerDaemon, type InnerDaemon } from '../docker/inner-daemon.ts';
import type { SandboxHost, SandboxLimits } from '../docker/sandbox-host.ts';
import { errorForLog } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { SandboxStore } from '../store/sandbox-store.ts';
import type { StartQueue } from './start-queue.ts';

export interface SandboxPoolOptions {
  host: SandboxHost;
  store: SandboxStore;
  queue: StartQueue;
  clock: Clock;
  ids: Ids;
  logger: Logger;
  spec: { image: string; limits: SandboxLimits; registryVolume: string | null };
  /** How many are kept ready. */
  wanted: number;
  /** Takes room for one more sandbox of nobody, or null: there is none. */
  takeRoom: (id: string) => Promise<Disposable | null>;
  /** How it waits after a failure; for tests. */
  pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

interface Member {
  id: string;
  /** Kept open, so that asking whether it answers takes a millisecond. */
  daemon: Pick<InnerDaemon, 'ping' | 'dispose'>;
}

const startTimeoutMs = 120_000;
const answerWithinMs = 1_500;
const lookEveryMs = 15_000;
/** A place in the pool whose sandbox is not ready after so long was left by a server that is gone. */
const abandonedAfterMs = 3 * 60_000;
const surrenderWithinMs = 5_000;
const backOff = { firstMs: 2_000, longestMs: 5 * 60_000 };

/**
 * Sandboxes of nobody that run and wait for a learner. Filled one at a time while no learner waits for anything.
 * The database's rows are the pool; whoever deletes a row has the sandbox, to give it away or to remove it, so
 * several servers can share one pool.
 */
export class SandboxPool implements Disposable {
  readonly #options: SandboxPoolOptions;
  readonly #members = new Map<string, Member>();
  readonly #abort = new AbortController();
  #filling: Promise<void> | null = null;
  #failures = 0;
  #wake: (() => void) | null = null;

  constructor(options: SandboxPoolOptions) {
    this.#options = options;
  }

  counts(): { ready: number; wanted: number; filling: boolean } {
    return { ready: this.#members.size, wanted: this.#options.wanted, filling: this.#filling !== null };
  }

  has(id: string): boolean {
    return this.#members.has(id);
  }

  /** Looks after the pool until disposed of. */
  start(): void {
    this.#run().catch((error: unknown) => {
      this.#options.logger.error(errorForLog(error), 'the pool is no longer looked after');
    });
  }

  /** A sandbox that answers and is the learner's now, or null: there is none, or they have one already. */
  async claim(learner: string): Promise<string | null> {
    const { host, store, clock, logger } = this.#options;
    for (;;) {
      const member = this.#take();
      if (member === null) return null;
      host.setPriority(member.id, 'normal').catch((error: unknown) => {
        logger.warn({ sandbox: member.id, ...errorForLog(error) }, 'a claimed sandbox stays in the background');
      });
      if (!(await answers(member))) {
        await this.#discard(member.id, 'it does not answer');
        continue;
      }
      member.daemon.dispose();
      if (await store.claim(member.id, learner, clock.now())) {
        this.#poke();
        return member.id;
      }
      // Another server was faster, with this sandbox or with this learner: the next look tells which.
      this.#poke();
      if ((await store.rowOf(learner)) !== null) return null;
    }
  }

  /** Gives up one sandbox because a learner needs the room. False: there is none. */
  async surrender(): Promise<boolean> {
    // One that is being made counts already, and cannot be stopped half-way.
    // It is not waited for long: a start that hangs must not keep learners waiting.
    if (this.#members.size === 0 && this.#filling !== null) {
      await Promise.race([this.#filling, pauseFor(surrenderWithinMs, this.#abort.signal)]);
    }
    const member = this.#take();
    if (member === null) return false;
    await this.#discard(member.id, 'a learner needs the room');
    return true;
  }

  /** A sandbox ended. @returns whether it was one of these */
  died(id: string): boolean {
    const member = this.#members.get(id);
    if (member === undefined) return false;
    this.#members.delete(id);
    member.daemon.dispose();
    void this.#discard(id, 'it died');
    return true;
  }

  /** Takes one out for good, for the operator. False: it was not there any more. */
  async remove(id: string): Promise<boolean> {
    const member = this.#members.get(id);
    this.#members.delete(id);
    member?.daemon.dispose();
    return this.#discard(id, 'the operator removed it');
  }

  /** Resolves when the sandbox that is being made now is ready, or could not be made. */
  async settled(): Promise<void> {
    await this.#filling;
  }

  /** Looks now: the engine is back, or somebody left room. */
  poke(): void {
    this.#poke();
  }

  dispose(): void {
    this.#abort.abort();
    this.#poke();
    for (const member of this.#members.values()) member.daemon.dispose();
    this.#members.clear();
  }

  #take(): Member | null {
    const [first] = this.#members.values();
    if (first === undefined) return null;
    this.#members.delete(first.id);
    return first;
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      try {
        await this.#look();
        await this.#fill();
        this.#failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        this.#failures += 1;
        this.#options.logger.warn(
          { failures: this.#failures, ...errorForLog(error) },
          'the pool could not be filled; learners get their sandboxes a little slower',
        );
      }
      await this.#pause();
    }
  }

  /** Until something happened or it is time; after failures longer and longer, whatever happens. */
  async #pause(): Promise<void> {
    const { pause = pauseFor } = this.#options;
    if (this.#failures > 0) {
      await pause(Math.min(backOff.longestMs, backOff.firstMs * 2 ** (this.#failures - 1)), this.#abort.signal);
      return;
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, lookEveryMs);
      timer.unref();
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = null;
  }

  #poke(): void {
    this.#wake?.();
  }

  /** Compares the database's pool with the engine: takes over, throws out, asks each whether it answers. */
  async #look(): Promise<void> {
    const { host, store, clock, spec, wanted } = this.#options;
    const places = await store.pool();
    for (const id of [...this.#members.keys()]) {
      if (!places.some((place) => place.id === id)) this.#forget(id); // another server gave it away
    }
    if (places.length === 0) return;
    const [records, current] = await Promise.all([host.list(), host.specOf(spec)]);
    const found = new Map(records.map((record) => [record.id, record]));
    let kept = 0;
    for (const place of places) {
      if (!place.ready) {
        const age = clock.now() - place.addedAt;
        // A wall clock that was set back makes an age negative: that place is as good as old.
        if (age > abandonedAfterMs || age < -abandonedAfterMs) await this.#discard(place.id, 'it was never finished');
        else kept += 1;
        continue;
      }
      const record = found.get(place.id);
      const member = this.#members.get(place.id) ?? this.#memberOf(place.id);
      if (record?.state !== 'running') await this.#discard(place.id, 'it does not run');
      else if (record.spec !== current) await this.#discard(place.id, 'it is out of date');
      else if (kept >= wanted) await this.#discard(place.id, 'there are enough');
      else if (!(await answers(member))) await this.#discard(place.id, 'it does not answer');
      else {
        kept += 1;
        // Claimed meanwhile, it is no member any more; the claim itself looks at the database.
        if (!this.#abort.signal.aborted) this.#members.set(place.id, member);
        continue;
      }
      member.daemon.dispose();
    }
  }

  async #fill(): Promise<void> {
    const { queue, store, wanted } = this.#options;
    while (!this.#abort.signal.aborted && (await store.pool()).length < wanted) {
      const made = await queue.inBackground(() => this.#make());
      if (made !== true) return;
      this.#failures = 0;
    }
  }

  /** False: there was no place or no room for it. */
  async #make(): Promise<boolean> {
    const { ids, takeRoom } = this.#options;
    const id = ids.next();
    const room = await takeRoom(id);
    if (room === null) return false;
    const making = this.#makeIn(id).finally(() => {
      this.#filling = null;
      room.dispose();
    });
    // Only once it has its room: who waits for room may wait for this.
    this.#filling = making.then(
      () => undefined,
      () => undefined,
    );
    return making;
  }

  async #makeIn(id: string): Promise<boolean> {
    const { host, store, clock, spec, wanted, logger } = this.#options;
    // The row comes first: what is on the engine without one is nobody's and removed.
    if (!(await store.joinPool(id, clock.now(), wanted))) return false;
    try {
      await host.make({ id, learner: null, ...spec });
      await host.setPriority(id, 'background');
      await host.start(id, { timeoutMs: startTimeoutMs });
      if (!(await store.poolReady(id)) || this.#abort.signal.aborted) return false;
      const member = this.#memberOf(id);
      this.#members.set(id, member);
      await answers(member); // opens the connection that a claim will use
      logger.info({ sandbox: id, ready: this.#members.size, wanted }, 'a sandbox waits in the pool');
      return true;
    } catch (error) {
      await this.#discard(id, 'it could not be made');
      throw error;
    }
  }

  #memberOf(id: string): Member {
    return { id, daemon: connectInnerDaemon(() => this.#options.host.dialDaemon(id), { maxConnections: 1 }) };
  }

  #forget(id: string): void {
    this.#members.get(id)?.daemon.dispose();
    this.#members.delete(id);
  }

  /** Removes it, unless somebody else has it by now. */
  async #discard(id: string, reason: string): Promise<boolean> {
    const { host, store, logger } = this.#options;
    this.#forget(id);
    try {
      if (!(await store.leavePool(id))) return false;
      logger.info({ sandbox: id, reason }, 'removing a sandbox of the pool');
      await host.remove(id, { keepHome: false });
    } catch (error) {
      // Without its row it is nobody's, and the next look for such removes it.
      logger.warn({ sandbox: id, ...errorForLog(error) }, 'a sandbox of the pool could not be removed yet');
    }
    this.#poke();
    return true;
  }
}

async function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal, ref: false }).catch(() => undefined); // cut short by `dispose` alone
}

async function answers(member: Member): Promise<boolean> {
  const late = new AbortController();
  try {
    await Promise.race([
      member.daemon.ping(),
      sleep(answerWithinMs, undefined, { signal: late.signal }).then(() => {
        throw new Error('late');
      }),
    ]);
    return true;
  } catch {
    return false;
  } finally {
    late.abort();
  }
}
