/** What a program did is told to us at most so many milliseconds after its end, or so long as it has taken. */
const echoMs = 1_000;

/** Whether what we are told now may be what a check's own program did. */
export class Echoes {
  #running = 0;
  #until = 0;

  get areHeard(): boolean {
    return this.#running > 0 || performance.now() < this.#until;
  }

  async during<T>(work: () => Promise<T>): Promise<T> {
    const began = performance.now();
    this.#running += 1;
    return work().finally(() => {
      const ended = performance.now();
      this.#running -= 1;
      this.#until = Math.max(this.#until, ended + Math.max(echoMs, ended - began));
    });
  }
}
