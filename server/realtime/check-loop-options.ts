import type { CheckResult } from '../../protocol/lesson-view.ts';

/** Kinds of things whose change can change a check. */
export type Subject = 'containers' | 'images' | 'networks' | 'volumes' | 'files' | 'commands';

export interface LoopCheck {
  id: string;
  /** Index of the step it belongs to. */
  step: number;
  subjects: ReadonlySet<Subject>;
  /** It can come to hold some time after what changed it. */
  settlesLater?: boolean;
  /**
   * A program has to run for it in the sandbox, which can take long: it is looked at by itself, so that no other waits
   * for it, and, once it is known, only in the step at hand. `changing`: we may be told of what the program does.
   */
  program?: 'reading' | 'changing' | null;
}

export interface CheckLoopOptions {
  /** All checks of the lesson in order. */
  checks: LoopCheck[];
  /**
   * Looks at these checks once. Never rejects for a check's own sake.
   * @param patience how many times the usual time they may take
   */
  evaluate: (ids: string[], patience: number) => Promise<CheckResult[]>;
  /** Checks the learner has passed already. */
  passed: ReadonlySet<string>;
  /** Saves checks that have been earned, by the learner or by the lab. A tick shows only once this has resolved. */
  onEarned: (ids: string[], how: 'learner' | 'lab') => Promise<void>;
  /** Called with results that differ from the last ones. */
  onResults: (results: CheckResult[]) => void;
  onError: (error: unknown) => void;
  /** Nothing is looked at by itself meanwhile; `released` is called afterwards. */
  isHeld?: () => boolean;
  /** Events in a burst become one round. */
  settleMs: number;
  /** Pauses before checks that settle later, or could not be looked at, are looked at again. Milliseconds. */
  laterMs?: readonly number[];
}

/** Results as they were found, ticks or not. */
export type Observer = (results: CheckResult[]) => void;
