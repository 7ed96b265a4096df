import type { Disposable } from '../disposable.ts';

/**
 * Milliseconds between the end of one look and the next. On a busy machine, on which looking takes longer, there are
 * so many fewer looks; after some minutes without a change it ends.
 */
const usualPauses = [1_000, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 60_000, 120_000];

/** Tells when to look again at what comes to hold without a word from anybody: less and less often, and not for ever. */
export class LookAgain implements Disposable {
  readonly #pauses: readonly number[];
  readonly #look: () => void;
  #timer: NodeJS.Timeout | null = null;
  #nth = 0;
  #resting = false;
  #hasMissed = false;

  constructor(look: () => void, pauses: readonly number[] = usualPauses) {
    this.#look = look;
    this.#pauses = pauses;
  }

  /** Something changed, and is looked at: what comes after that begins with the shortest pause. */
  restart(): void {
    this.dispose();
    this.#nth = 0;
    this.#hasMissed = false;
  }

  /** There is something to look at again. */
  wake(): void {
    this.#resting = false;
  }

  /** Something may have changed that brings no look at once: after the last look, it brings one more. */
  missed(): void {
    this.#hasMissed = true;
  }

  /** A look is over, and did not find all there is to find. */
  goOn(): void {
    const pause = this.#pauses[this.#nth] ?? this.#oneMore();
    if (this.#timer !== null || this.#resting || pause === undefined) return;
    this.#nth += 1;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#hasMissed = false;
      this.#look();
    }, pause);
  }

  /** No more looks until it is woken. */
  rest(): void {
    this.#resting = true;
    this.dispose();
  }

  /** Only one: what is missed may be what the look itself did. */
  #oneMore(): number | undefined {
    return this.#hasMissed && this.#nth === this.#pauses.length ? this.#pauses[0] : undefined;
  }

  dispose(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
