/**
 * Cuts a byte stream into lines and never holds more than `maxBytes` of one: a longer line is dropped to its
 * end and reported to `onOverlong`. Lines come without their line end.
 */
export class LineSplitter {
  readonly #maxBytes: number;
  readonly #onLine: (line: string) => void;
  readonly #onOverlong: () => void;
  #parts: Buffer[] = [];
  #held = 0;
  #dropping = false;

  constructor(maxBytes: number, onLine: (line: string) => void, onOverlong: () => void = () => undefined) {
    this.#maxBytes = maxBytes;
    this.#onLine = onLine;
    this.#onOverlong = onOverlong;
  }

  push(chunk: Buffer): void {
    let start = 0;
    while (start < chunk.length) {
      const newline = chunk.indexOf(10, start);
      const end = newline === -1 ? chunk.length : newline;
      this.#hold(chunk.subarray(start, end));
      if (newline === -1) return;
      this.#finish();
      start = newline + 1;
    }
  }

  /** The stream is over: a last line without a line end counts too. */
  end(): void {
    if (this.#held > 0 || this.#dropping) this.#finish();
  }

  #hold(part: Buffer): void {
    if (this.#dropping) return;
    if (this.#held + part.length > this.#maxBytes) {
      this.#dropping = true;
      this.#parts = [];
      this.#held = 0;
      return;
    }
    // Many tiny chunks must not cost a Buffer object each, so they are joined now and then.
    this.#parts.push(Buffer.from(part));
    this.#held += part.length;
    if (this.#parts.length > 256) this.#parts = [Buffer.concat(this.#parts)];
  }

  #finish(): void {
    if (this.#dropping) {
      this.#dropping = false;
      this.#onOverlong();
      return;
    }
    const line = Buffer.concat(this.#parts).toString('utf8');
    this.#parts = [];
    this.#held = 0;
    this.#onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
  }
}
