import { limits } from '../../protocol/limits.ts';

/** Every byte a learner has seen of their terminal, by its number: what is sent again has to be the same. */
export class TerminalTranscript {
  readonly problems: string[] = [];
  #generation: string | null = null;
  #start = 0;
  #bytes = Buffer.alloc(0);

  get generation(): string | null {
    return this.#generation;
  }

  push(generation: string, seq: number, data: Uint8Array): void {
    const chunk = Buffer.from(data);
    if (generation !== this.#generation) {
      this.#generation = generation;
      this.#start = seq;
      this.#bytes = chunk;
      return;
    }
    const end = this.#start + this.#bytes.length;
    if (seq > end) {
      this.problems.push(`output ${end} to ${seq} of shell ${generation} never came`);
      this.#start = seq;
      this.#bytes = chunk;
      return;
    }
    const from = seq - this.#start;
    if (from < 0) {
      this.problems.push(`output ${seq} of shell ${generation} came again from before ${this.#start}`);
      return;
    }
    const known = this.#bytes.subarray(from, from + chunk.length);
    if (!known.equals(chunk.subarray(0, known.length)))
      this.problems.push(`output ${seq} of shell ${generation} is not what it was`);
    this.#bytes = Buffer.concat([this.#bytes, chunk.subarray(known.length)]);
    const excess = this.#bytes.length - limits.terminalReplay;
    if (excess > 0) {
      this.#bytes = this.#bytes.subarray(excess);
      this.#start += excess;
    }
  }

  /** Where the output ends now: to look for what comes after. */
  get end(): number {
    return this.#start + this.#bytes.length;
  }

  textSince(seq: number): string {
    return this.#bytes.subarray(Math.max(0, seq - this.#start)).toString('utf8');
  }
}
