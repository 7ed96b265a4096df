/** Milliseconds. */
const delays = { first: 250, longest: 5000 };

/** Tries again after a growing, random delay, one attempt at a time. */
export class BackOff {
  readonly #attempt: () => void;
  #timer: NodeJS.Timeout | null = null;
  #failures = 0;

  constructor(attempt: () => void) {
    this.#attempt = attempt;
  }

  schedule(): void {
    if (this.#timer !== null) return;
    const delay = Math.min(delays.longest, delays.first * 2 ** this.#failures) * (0.75 + Math.random() / 2);
    this.#failures += 1;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#attempt();
    }, delay);
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** It went well for long enough: the next failure is a first one again. */
  reset(): void {
    this.#failures = 0;
  }
}
