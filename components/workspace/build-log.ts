import { limits } from '../../protocol/limits.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is taken out
const escapes = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g;

/**
 * The text of the one build a lesson shows. Chunks are numbered by their first UTF-16 code unit, so that what a
 * reconnection brings again is not shown twice. Listeners hear at most once per frame.
 */
export class BuildLog {
  #build: string | null = null;
  #text = '';
  /** Number of the code unit after the last. */
  #end = 0;
  #snapshot = '';
  #frame: number | null = null;
  readonly #listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Without escape sequences, and with the end of what a carriage return wrote over. */
  readonly text = (): string => this.#snapshot;

  /** Another build begins: the text of the last one goes. */
  follow(build: string | null): void {
    if (build === this.#build) return;
    this.#build = build;
    this.#text = '';
    this.#end = 0;
    this.#publish();
  }

  append(build: string, seq: number, text: string): void {
    this.follow(build);
    const end = seq + text.length;
    if (end <= this.#end) return;
    this.#text += seq < this.#end ? text.slice(this.#end - seq) : text;
    this.#end = end;
    const excess = this.#text.length - limits.buildOutput;
    if (excess > 0) this.#text = this.#text.slice(this.#text.indexOf('\n', excess) + 1);
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
    this.#snapshot = this.#text
      .replace(escapes, '')
      .replaceAll('\r\n', '\n')
      .replace(/[^\n]*\r(?=[^\n])/g, '');
    for (const listener of [...this.#listeners]) listener();
  }
}
