/** Work that must not overlap. One piece is under way and at most one waits: a newer one takes its place. */
export class OneAtATime<K> {
  readonly #lanes = new Map<K, { doing: unknown; next: Piece | null; over: Promise<void> }>();

  /** @param work never rejects; one that waits and is replaced is not begun */
  add(key: K, about: unknown, work: () => Promise<void>): void {
    const lane = this.#lanes.get(key);
    if (lane === undefined) this.#start(key, { about, work });
    else lane.next = { about, work };
  }

  /** Resolves when what is done about this has ended; at once when nothing is. */
  async ended(key: K, about: unknown): Promise<void> {
    const lane = this.#lanes.get(key);
    if (lane !== undefined && lane.doing === about) await lane.over;
  }

  /** Resolves when nothing is done or waits any more. */
  async settled(): Promise<void> {
    while (this.#lanes.size > 0) await Promise.all([...this.#lanes.values()].map((lane) => lane.over));
  }

  #start(key: K, { about, work }: Piece): void {
    const over = Promise.resolve()
      .then(work)
      .finally(() => {
        const next = this.#lanes.get(key)?.next ?? null;
        this.#lanes.delete(key);
        if (next !== null) this.#start(key, next);
      });
    this.#lanes.set(key, { doing: about, next: null, over });
  }
}

interface Piece {
  about: unknown;
  work: () => Promise<void>;
}
