import type { Clock } from '../clock.ts';
import { RateLimit } from './rate-limit.ts';

/** How much one learner may ask for, over all of their pages: a rate, and how many requests may be under way. */
export class RequestBudget {
  readonly #rate: RateLimit;
  readonly #atOnce: number;
  #underWay = 0;

  constructor(clock: Clock, options: { capacity: number; perSecond: number; atOnce: number }) {
    this.#rate = new RateLimit(clock, options);
    this.#atOnce = options.atOnce;
  }

  /** Takes room for one request. @returns what gives it back, or null: there is none now */
  take(cost: number): (() => void) | null {
    if (this.#underWay >= this.#atOnce || !this.#rate.take(cost)) return null;
    this.#underWay += 1;
    let given = false;
    return () => {
      if (given) return;
      given = true;
      this.#underWay -= 1;
    };
  }
}
