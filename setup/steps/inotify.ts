import { readFileSync, writeFileSync } from 'node:fs';
import { sandboxesThatFit } from '../../server/config.ts';
import { readEngineFacts } from '../../server/docker/engine-facts.ts';
import { describeError } from '../../server/errors.ts';
import type { SetupContext } from '../context.ts';
import { fileOfLimit, isLocalEngine, sysctlOf } from '../kernel-facts.ts';
import type { Step } from '../run-steps.ts';
import { neededOf, roundUp } from '../shared-limits.ts';

/**
 * Enough inotify instances for all sandboxes, which share one user's: the usual 128 last for some twenty. The one
 * limit that is commonly too low, so it is raised where that may be done; the doctor names the others. Never lowered,
 * and gone with the next start of the machine.
 */
export function inotifyStep(context: SetupContext): Step {
  const file = fileOfLimit('inotifyInstances');
  const wanted = async (): Promise<number | null> => {
    if (!context.machine.root) return null;
    const engine = await readEngineFacts(context.engine);
    if (!isLocalEngine(context, engine.operatingSystem)) return null;
    const { config } = context;
    return limitToSet(readLimit(file), config.maxSandboxes ?? sandboxesThatFit(engine.memory, config.sandbox.memory));
  };
  return {
    id: 'inotify',
    title: 'inotify instances',
    needs: ['engine'],
    check: async () => (await wanted()) === null,
    run: async (tell) => {
      const count = await wanted();
      if (count === null) return;
      try {
        writeFileSync(file, `${count}\n`);
        tell(`${sysctlOf('inotifyInstances')} raised to ${count}`);
      } catch (error) {
        // A machine that is itself a container may not. Some sandboxes work without; the doctor says how many.
        tell(`cannot be raised (${describeError(error)})`);
      }
    },
  };
}

/** What to set the limit to for so many sandboxes; null: it suffices, or there is none. */
export function limitToSet(now: number | null, sandboxes: number): number | null {
  const needed = neededOf('inotifyInstances', sandboxes);
  return now === null || now >= needed ? null : roundUp(needed);
}

function readLimit(file: string): number | null {
  try {
    const text = readFileSync(file, 'utf8').trim();
    return /^\d+$/.test(text) ? Number(text) : null;
  } catch {
    return null;
  }
}
