/** Something that is waited for: while it is closed, whoever comes waits until it is opened. */
export class Gate {
  #isOpen = false;
  readonly #waiting: (() => void)[] = [];

  open(): void {
    this.#isOpen = true;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  close(): void {
    this.#isOpen = false;
  }

  async passed(): Promise<void> {
    if (!this.#isOpen) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
