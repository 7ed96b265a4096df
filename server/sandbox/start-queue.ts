/**
 * Lets `width` starts of learners run at a time, in the order they came: starting a sandbox is mostly disk and CPU.
 * What is done in the background waits until no learner's start has been queued or running for a moment.
 */
export class StartQueue {
  readonly #width: number;
  readonly #quietMs: number;
  readonly #waiting: (() => void)[] = [];
  readonly #background: (() => void)[] = [];
  #running = 0;
  #backgroundRuns = false;
  #quiet: NodeJS.Timeout | null = null;
  #disposed = false;

  /** @param options.quietMs how long no learner may have wanted anything before something runs in the background */
  constructor(options: { width: number; quietMs: number }) {
    this.#width = options.width;
    this.#quietMs = options.quietMs;
  }

  /** For a learner. */
  async run<T>(task: () => Promise<T>): Promise<T> {
    this.#stopQuiet();
    if (this.#running >= this.#width) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running += 1;
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
      this.#lookForQuiet();
    }
  }

  /** One at a time, once it is quiet; never begins after `dispose`. A learner who comes meanwhile does not wait for it. */
  async inBackground<T>(task: () => Promise<T>): Promise<T | null> {
    await new Promise<void>((resolve) => {
      this.#background.push(resolve);
      this.#lookForQuiet();
    });
    if (this.#disposed) return null;
    try {
      return await task();
    } finally {
      this.#backgroundRuns = false;
      this.#lookForQuiet();
    }
  }

  dispose(): void {
    this.#disposed = true;
    this.#stopQuiet();
    for (const go of this.#background.splice(0)) go();
  }

  #lookForQuiet(): void {
    if (this.#disposed) {
      for (const go of this.#background.splice(0)) go();
      return;
    }
    if (this.#running > 0 || this.#backgroundRuns || this.#background.length === 0 || this.#quiet !== null) return;
    this.#quiet = setTimeout(() => {
      this.#quiet = null;
      const next = this.#background.shift();
      if (next === undefined) return;
      this.#backgroundRuns = true;
      next();
    }, this.#quietMs);
    this.#quiet.unref();
  }

  #stopQuiet(): void {
    if (this.#quiet !== null) clearTimeout(this.#quiet);
    this.#quiet = null;
  }
}
