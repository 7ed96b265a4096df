import { setTimeout as sleep } from 'node:timers/promises';
import { errorForLog } from '../errors.ts';
import type { Engine } from './engine.ts';
import type { SandboxDisks } from './sandbox-disks.ts';
import { stopSandbox } from './sandbox-start.ts';

/** Milliseconds between two looks; each reads a few small files of the kernel. */
const interval = 5_000;

/** Bytes that must be free before a sandbox is stopped to be mended: its next start writes. */
const roomToMend = 256 * 2 ** 20;

/** Milliseconds a sandbox is left alone after it was stopped: a disk below that fails for good is not for us to mend. */
const rest = 10 * 60_000;

/**
 * Stops sandboxes whose file system the kernel found an error in, until the signal aborts. That happens when the disk
 * below is full: the kernel then makes it read-only until it is mounted anew, which the next start does after mending
 * it. Whoever follows the host's events hears that they died.
 */
export function guardDisks(engine: Engine, findDisks: () => Promise<SandboxDisks>, signal: AbortSignal): void {
  const stoppedAt = new Map<string, number>();
  const guard = async (): Promise<void> => {
    while (!signal.aborted) {
      await sleep(interval, undefined, { signal, ref: false });
      try {
        const disks = await findDisks();
        const broken = await disks.broken();
        if (broken.length === 0 || ((await disks.free()) ?? 0) < roomToMend) continue;
        for (const id of broken) {
          const now = performance.now();
          if (now - (stoppedAt.get(id) ?? Number.NEGATIVE_INFINITY) < rest) continue;
          stoppedAt.set(id, now);
          engine.logger.warn({ sandbox: id }, 'the disk of a sandbox has an error; it is stopped to be mended');
          await stopSandbox(engine, id, 1);
        }
      } catch (error) {
        engine.logger.debug(errorForLog(error), 'the disks of the sandboxes could not be looked at');
      }
    }
  };
  guard().catch((error: unknown) => {
    if (!signal.aborted) engine.logger.error(errorForLog(error), 'stopped looking at the disks of the sandboxes');
  });
}
