import type { CheckResult } from '../../protocol/lesson-view.ts';
import { CheckLoop } from './check-loop.ts';
import type { LoopCheck, Subject } from './check-loop-options.ts';

export type Found = CheckResult['state'];
type Look = { at: number; ids: string[]; patience: number };
type FakeCheck = Partial<LoopCheck>;

/** A loop whose looks take as long as is said, and find what is said. */
export function busyLoop(options: {
  checks: FakeCheck[];
  find: (id: string, look: Look) => Found;
  tookMs?: (ids: string[]) => number;
  onLook?: (loop: CheckLoop) => void;
}) {
  const looks: Look[] = [];
  const earned: string[] = [];
  const errors: unknown[] = [];
  const began = performance.now();
  const loop = new CheckLoop({
    checks: options.checks.map((check, index) => ({
      id: `c${index}`,
      step: 0,
      subjects: new Set<Subject>(['containers', 'commands']),
      ...check,
    })),
    evaluate: async (ids, patience) => {
      const look = { at: performance.now() - began, ids, patience };
      looks.push(look);
      options.onLook?.(loop);
      const took = options.tookMs?.(ids) ?? 0;
      if (took > 0) await new Promise((resolve) => setTimeout(resolve, took));
      return ids.map((id) => ({ id, state: options.find(id, look), message: '', hint: null }));
    },
    passed: new Set(),
    onEarned: async (ids) => {
      if (errors.length === 0 && ids.includes('unsaved')) throw new Error('disk full');
      earned.push(...ids);
    },
    onResults: () => undefined,
    onError: (error) => errors.push(error),
    settleMs: 40,
  });
  return { loop, looks, earned, errors };
}

export const run: FakeCheck = { program: 'changing', settlesLater: true };
/** Milliseconds. */
export const hour = 60 * 60 * 1000;
