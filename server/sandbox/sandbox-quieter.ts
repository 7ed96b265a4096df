import { setTimeout as sleep } from 'node:timers/promises';
import type { StopReason } from '../../protocol/sandbox.ts';
import { DrydockError, errorForLog } from '../errors.ts';
import type { EndReason } from '../store/sandbox-store.ts';
import type { ManagerParts } from './manager-parts.ts';
import type { Entry } from './sandbox-entries.ts';

const graceSeconds = 10;

/** Pauses, stops and removes sandboxes. Each waits for nothing: a sandbox with other work under way is left alone. */
export class SandboxQuieter {
  readonly #parts: ManagerParts;

  constructor(parts: ManagerParts) {
    this.#parts = parts;
  }

  /** False: something else is going on with it. @throws engine.* */
  async pause(entry: Entry, id: string): Promise<boolean> {
    const { host, clock, uptime, entries, letGoMs } = this.#parts;
    const before = entry.status;
    return this.#quiet(entry, async () => {
      entry.id = id;
      entry.pausedAt = uptime.now();
      // First, so that who follows its daemon lets go, and the next request wakes it instead of freezing with it.
      entries.set(entry, { state: 'paused', since: clock.now() });
      // Programs that followed it end now: frozen half-way, they would be there for ever.
      for (let waited = 0; waited < letGoMs && entry.work === null; waited += 50) await sleep(50);
      if (entry.work !== null) return; // somebody wants it, and finds it running
      try {
        await host.pause(id);
      } catch (error) {
        if (entry.status.state === 'paused' && entry.work === null) entries.set(entry, before);
        throw error;
      }
    });
  }

  /** False: something else is going on with it. @throws engine.* */
  async stop(entry: Entry, id: string, why: StopReason): Promise<boolean> {
    const { clock, entries } = this.#parts;
    return this.#quiet(entry, async () => {
      entry.id = id;
      await this.#end(id, why, () => entries.set(entry, { state: 'stopped', since: clock.now(), why }));
    });
  }

  /** It used more disk than it may. */
  async stopFull(entry: Entry, id: string, use: { usedBytes: number; limitBytes: number }): Promise<boolean> {
    const { clock, entries, notices } = this.#parts;
    return this.#quiet(entry, async () => {
      entry.id = id;
      notices.add(entry, { kind: 'disk-full', ...use });
      const message =
        'Your sandbox used more disk than it may, so the lab stopped it. Everything in it is kept. Start it again and make room within five minutes, for example with `docker system prune`.';
      await this.#end(id, 'disk-full', () =>
        entries.set(entry, {
          state: 'failed',
          error: { code: 'sandbox.disk-full', message, details: { ...use } },
          since: clock.now(),
        }),
      );
    });
  }

  /**
   * Removes it and keeps the learner's files as an archive.
   * @param seenAt the database's word that it was not used; null: whether it was or not
   * @throws archive.failed, host.disk-full, file.too-large, engine.*: then it is stopped, and stays
   */
  async remove(entry: Entry, id: string, seenAt: number | null, files: 'keep' | 'discard' = 'keep'): Promise<boolean> {
    const { host, archives, entries, idle, clock, logger, spec } = this.#parts;
    let removed = false;
    const done = await this.#quiet(entry, async () => {
      entry.id = id;
      const record = (await host.list()).find((each) => each.id === id);
      if (record?.state === 'running' || record?.state === 'paused') {
        const why = seenAt === null ? 'operator' : 'idle';
        await this.#end(id, why, () => entries.set(entry, { state: 'stopped', since: clock.now(), why }));
      }
      const replace = () => archives.replace({ id, learner: entry.learner, seenAt }, files);
      removed = await replace().catch(async (error: unknown) => {
        // Somebody removed the container on the engine and left its disks: they are read through a new one.
        if (record !== undefined || !(error instanceof DrydockError) || error.code !== 'sandbox.failed') throw error;
        await host.make({ id, learner: entry.learner, ...spec });
        return replace();
      });
      if (!removed) return;
      logger.info({ sandbox: id }, 'removed a sandbox');
      idle.forget(id);
      entry.id = null;
      entry.notices = [];
      entries.set(entry, { state: 'none' });
    });
    return done && removed;
  }

  /** The reason is written first: after a power cut in between, it is still known. */
  async #end(id: string, why: EndReason, tell: () => void): Promise<void> {
    const { host, store, clock, logger } = this.#parts;
    await store.setStopped(id, { why, at: clock.now() });
    tell();
    try {
      await host.stop(id, { graceSeconds });
      logger.info({ sandbox: id, why }, 'stopped a sandbox');
    } catch (error) {
      if (error instanceof DrydockError && error.code === 'sandbox.gone') return;
      // Whether it runs is not known now. Its learner sees it stopped, and the next request finds out.
      throw error;
    }
  }

  async #quiet(entry: Entry, task: () => Promise<void>): Promise<boolean> {
    if (entry.work !== null || entry.quieting !== null) return false;
    const quieting = task();
    entry.quieting = quieting;
    quieting.catch((error: unknown) => {
      this.#parts.logger.warn({ sandbox: entry.id, ...errorForLog(error) }, 'a sandbox could not be put to rest');
    });
    try {
      await quieting;
      return true;
    } finally {
      entry.quieting = null;
    }
  }
}

/** Why something cannot be stopped or removed at this moment. */
export function sandboxBusy(): DrydockError {
  return new DrydockError(
    'sandbox.starting',
    'This sandbox is being started, reset or stopped just now. Try again in a moment.',
  );
}
