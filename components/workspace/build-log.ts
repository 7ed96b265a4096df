import { limits } from '../../protocol/limits.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is taken out
const escapes = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g;

/**
 * The text of the one build a lesson shows. Chunks are numbered by their first UTF-16 code unit, so that what a
 * reconnection brings again is not shown twice. Listeners hear at most once per frame, and only the last line is
 * ever looked at again.
 */
export class BuildLog {
  #build: string | null = null;
  /** Whole lines, made readable. */
  #lines = '';
  /** What came after the last line break, as it came. */
  #rest = '';
  /** Number of the code unit after the last. */
  #end = 0;
  #snapshot = '';
  #frame: number | null = null;
  readonly #listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Without escape sequences, and without what a carriage return wrote over. */
  readonly text = (): string => this.#snapshot;

  /** Another build begins: the text of the last one goes. */
  follow(build: string | null): void {
    if (build === this.#build) return;
    this.#build = build;
    this.#lines = '';
    this.#rest = '';
    this.#end = 0;
    this.#publish();
  }

  append(build: string, seq: number, text: string): void {
    this.follow(build);
    const end = seq + text.length;
    if (end <= this.#end) return;
    this.#rest += seq < this.#end ? text.slice(this.#end - seq) : text;
    this.#end = end;
    this.#frame ??= requestAnimationFrame(() => this.#publish());
  }

  dispose(): void {
    if (this.#frame !== null) cancelAnimationFrame(this.#frame);
    this.#frame = null;
    this.#listeners.clear();
  }

  #publish(): void {
    if (this.#frame !== null) cancelAnimationFrame(this.#frame);
    this.#frame = null;
    const whole = this.#rest.lastIndexOf('\n') + 1;
    this.#lines += readable(this.#rest.slice(0, whole));
    this.#rest = this.#rest.slice(whole).slice(-limits.buildOutput);
    const excess = this.#lines.length - limits.buildOutput;
    if (excess > 0) this.#lines = this.#lines.slice(this.#lines.indexOf('\n', excess) + 1);
    this.#snapshot = this.#lines + readable(this.#rest);
    for (const listener of [...this.#listeners]) listener();
  }
}

function readable(text: string): string {
  const plain = text.replace(escapes, '');
  if (!plain.includes('\r')) return plain;
  return plain
    .split('\n')
    .map((line) => {
      const end = line.endsWith('\r') ? line.length - 1 : line.length;
      return line.slice(end === 0 ? 0 : line.lastIndexOf('\r', end - 1) + 1, end);
    })
    .join('\n');
}
