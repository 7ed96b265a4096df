import { setTimeout as sleep } from 'node:timers/promises';
import type { Disposable } from '../disposable.ts';
import { errorForLog } from '../errors.ts';
import type { ManagerParts } from './manager-parts.ts';
import type { SandboxQuieter } from './sandbox-quieter.ts';

const lookEveryMs = 30_000;
/** Looking may take a tenth of the time at most. */
const restPerWork = 9;
/** Once its learner has started it again, so long may a full sandbox stay over its limit to be tidied. */
const tidyMs = 5 * 60_000;

/** Where no file system bounds a sandbox's disk: looks how much each uses, and stops the one that uses too much. */
export class DiskWatch implements Disposable {
  readonly #parts: ManagerParts;
  readonly #quieter: SandboxQuieter;
  readonly #abort = new AbortController();
  /** Uptime (ms) until which a sandbox may be over its limit. */
  readonly #tidying = new Map<string, number>();
  #started = false;

  constructor(parts: ManagerParts, quieter: SandboxQuieter) {
    this.#parts = parts;
    this.#quieter = quieter;
  }

  /** Starting twice is one start. */
  start(): void {
    if (this.#started) return;
    this.#started = true;
    void this.#run();
  }

  /** The learner started a sandbox that was stopped because it was full. */
  giveTime(id: string): void {
    this.#tidying.set(id, this.#parts.uptime.now() + tidyMs);
  }

  /** One look at all of them. */
  async look(): Promise<void> {
    const { host, entries, notices, spec, uptime, logger } = this.#parts;
    const limitBytes = spec.limits.disk.bytes + spec.limits.home.bytes;
    for (const [id, usedBytes] of await host.diskUse()) {
      const entry = entries.byId(id);
      if (entry === undefined || this.#abort.signal.aborted) continue;
      if (usedBytes <= limitBytes) {
        this.#tidying.delete(id);
        notices.remove(entry, 'disk-full');
        continue;
      }
      if (entry.status.state !== 'ready' && entry.status.state !== 'paused') continue;
      if (uptime.now() < (this.#tidying.get(id) ?? Number.NEGATIVE_INFINITY)) continue;
      logger.warn({ sandbox: id, usedBytes, limitBytes }, 'a sandbox uses more disk than it may');
      await this.#quieter.stopFull(entry, id, { usedBytes, limitBytes }).catch(() => false); // told in the log there
    }
  }

  dispose(): void {
    this.#abort.abort();
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      const began = this.#parts.uptime.now();
      await this.look().catch((error: unknown) => {
        this.#parts.logger.debug(errorForLog(error), 'could not look how much disk is used');
      });
      const took = this.#parts.uptime.now() - began;
      await sleep(Math.max(lookEveryMs, took * restPerWork), undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}
