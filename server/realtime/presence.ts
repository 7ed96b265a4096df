/** Which learners have a page open, whatever it shows. */
export class Presence {
  readonly #pages = new Map<string, Set<string>>();
  readonly #onLastPageLeft: (learner: string) => void;

  constructor(options: { onLastPageLeft: (learner: string) => void }) {
    this.#onLastPageLeft = options.onLastPageLeft;
  }

  arrive(learner: string, page: string): void {
    const pages = this.#pages.get(learner) ?? new Set<string>();
    this.#pages.set(learner, pages.add(page));
  }

  leave(learner: string, page: string): void {
    const pages = this.#pages.get(learner);
    if (pages === undefined || !pages.delete(page) || pages.size > 0) return;
    this.#pages.delete(learner);
    this.#onLastPageLeft(learner);
  }
}
