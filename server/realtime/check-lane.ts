import type { Disposable } from '../disposable.ts';
import type { CheckLoopOptions, LoopCheck } from './check-loop-options.ts';
import { LookAgain } from './look-again.ts';

/**
 * Checks that are looked at together, one round at a time. All that need no program share a lane. Each of the others
 * has its own, so nothing waits for a program that takes long.
 */
export class CheckLane implements Disposable {
  readonly checks: readonly LoopCheck[];
  readonly isChanging: boolean;
  readonly again: LookAgain;
  #timer: NodeJS.Timeout | null = null;
  #isRunning = false;

  constructor(checks: readonly LoopCheck[], lookAgain: (lane: CheckLane) => void, laterMs?: readonly number[]) {
    this.checks = checks;
    this.isChanging = checks.some(({ program }) => program === 'changing');
    this.again = new LookAgain(() => lookAgain(this), laterMs);
  }

  /** A round runs, or will in a moment. */
  get isBusy(): boolean {
    return this.#isRunning || this.#timer !== null;
  }

  schedule(round: () => Promise<void>, settleMs: number): void {
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void round();
    }, settleMs);
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    this.#isRunning = true;
    return work().finally(() => {
      this.#isRunning = false;
    });
  }

  dispose(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.again.rest();
  }
}

export function lanesOf(options: CheckLoopOptions, lookAgain: (lane: CheckLane) => void): CheckLane[] {
  const shared = options.checks.filter(({ program }) => !program);
  const alone = options.checks.filter(({ program }) => program).map((check) => [check]);
  return [shared, ...alone].map((checks) => new CheckLane(checks, lookAgain, options.laterMs));
}
