/** On a busy machine a check that took too long gets more time, up to so many times the usual. */
const mostPatience = 3;

/** How often each check could not be looked at since something changed. */
export class Patience {
  readonly #failures = new Map<string, number>();

  /** @returns whether it is the first time */
  failed(id: string): boolean {
    const times = (this.#failures.get(id) ?? 0) + 1;
    this.#failures.set(id, times);
    return times === 1;
  }

  forget(id: string): void {
    this.#failures.delete(id);
  }

  clear(): void {
    this.#failures.clear();
  }

  /** How many times the usual time these may take together. */
  with(ids: readonly string[]): number {
    return Math.min(mostPatience, 1 + Math.max(0, ...ids.map((id) => this.#failures.get(id) ?? 0)));
  }
}
