import type { Clock } from '../clock.ts';

/** A token bucket: `capacity` at once, `perSecond` in the long run. */
export class RateLimit {
  readonly #clock: Clock;
  readonly #capacity: number;
  readonly #perSecond: number;
  #tokens: number;
  #at: number;

  constructor(clock: Clock, options: { capacity: number; perSecond: number }) {
    this.#clock = clock;
    this.#capacity = options.capacity;
    this.#perSecond = options.perSecond;
    this.#tokens = options.capacity;
    this.#at = clock.now();
  }

  /** Takes `cost` tokens if they are there. A clock that was set back gives none, and takes none away. */
  take(cost: number): boolean {
    const now = this.#clock.now();
    const elapsed = Math.max(0, now - this.#at);
    this.#at = now;
    this.#tokens = Math.min(this.#capacity, this.#tokens + (elapsed / 1000) * this.#perSecond);
    if (this.#tokens < cost) return false;
    this.#tokens -= cost;
    return true;
  }
}
