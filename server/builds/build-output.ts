import { StringDecoder } from 'node:string_decoder';
import { limits } from '../../protocol/limits.ts';

/** A build that prints more than this goes on, but is not shown any further. */
const maxShown = 4 * limits.buildOutput;
const flushMs = 40;

/**
 * The text of one build. `seq` counts UTF-16 code units (what `length` counts) since the build began. Chunks are
 * told at most every 40 ms; the last `limits.buildOutput` code units are kept for pages that come later.
 */
export class BuildOutput {
  readonly #decoders = [new StringDecoder('utf8'), new StringDecoder('utf8')] as const;
  readonly #onText: (seq: number, text: string) => void;
  #kept = '';
  #keptFrom = 0;
  #pending = '';
  #length = 0;
  #timer: NodeJS.Timeout | null = null;
  #cut = false;

  constructor(onText: (seq: number, text: string) => void) {
    this.#onText = onText;
  }

  /** `stream`: 0 standard output, 1 standard error; each may break off inside a character. */
  pushBytes(stream: 0 | 1, chunk: Buffer): void {
    this.push(this.#decoders[stream].write(chunk));
  }

  push(text: string): void {
    if (text === '' || this.#cut) return;
    if (this.#length + text.length > maxShown) {
      this.#cut = true;
      this.#add('\n[This build has printed more than 4 MiB. It goes on, but the rest is not shown.]\n');
      return;
    }
    this.#add(text);
  }

  /** Words of the lab itself, shown whatever was printed before. */
  pushNote(text: string): void {
    const atLineStart = this.#length === 0 || (this.#pending || this.#kept).endsWith('\n');
    this.#add(`${atLineStart ? '' : '\n'}${text}\n`);
  }

  /** Everything from `seq` on that is still kept; `seq` of the answer is where it begins. */
  since(seq: number): { seq: number; text: string } {
    this.flush();
    const from = Math.min(Math.max(seq, this.#keptFrom), this.#length);
    return { seq: from, text: this.#kept.slice(from - this.#keptFrom) };
  }

  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#pending === '') return;
    const text = this.#pending;
    this.#pending = '';
    const seq = this.#length - text.length;
    this.#kept += text;
    const excess = this.#kept.length - limits.buildOutput;
    if (excess > 0) {
      // The beginning goes line by line, so that no page begins in the middle of one.
      const lineEnd = this.#kept.indexOf('\n', excess);
      const from = lineEnd === -1 ? excess : lineEnd + 1;
      this.#kept = this.#kept.slice(from);
      this.#keptFrom += from;
    }
    this.#onText(seq, text);
  }

  #add(text: string): void {
    this.#pending += text;
    this.#length += text.length;
    if (this.#pending.length > 64 * 1024) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), flushMs);
  }
}
