/** One call that happens a while later, unless it is put off again or called off. */
export class Delay {
  readonly #act: () => void;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(act: () => void) {
    this.#act = act;
  }

  get isPending(): boolean {
    return this.#timer !== null;
  }

  /** From now on; an earlier call is put off. */
  start(milliseconds: number): void {
    this.cancel();
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#act();
    }, milliseconds);
  }

  cancel(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
