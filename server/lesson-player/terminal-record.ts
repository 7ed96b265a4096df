import { Osc633Parser } from '../terminal/osc633-parser.ts';
import { type ScreenSize, screenText } from './screen-text.ts';

/** Raw output kept for the transcript, in characters. */
const keptOutput = 512 * 1024;
const transcriptLines = 60;

/** What a page has seen of one terminal. */
export class TerminalRecord {
  readonly #size: ScreenSize;
  readonly #decoder = new TextDecoder();
  readonly #reports = new Osc633Parser();
  #output = '';
  /** The number of the byte behind the last one. */
  end = 0;
  /** As the server told last; null: the shell has not reported. */
  busy: boolean | null = null;
  commandsStarted = 0;
  /** Commands whose end the shell reported, and how the last one ended. */
  commandsEnded = 0;
  exitCode: number | null = null;
  shellEnded = false;
  /** `commandsEnded` before the last command was typed, and when that was (unix milliseconds). */
  typed: { after: number; at: number } | null = null;

  constructor(size: ScreenSize) {
    this.#size = size;
  }

  push(seq: number, data: Uint8Array): void {
    this.end = seq + data.length;
    for (const { mark } of this.#reports.push(data)) {
      if (mark.type === 'command-start') this.commandsStarted += 1;
      if (mark.type !== 'command-end') continue;
      this.commandsEnded += 1;
      this.exitCode = mark.exitCode;
    }
    this.#output += this.#decoder.decode(data, { stream: true });
    if (this.#output.length > 2 * keptOutput) this.#output = this.#output.slice(-keptOutput);
  }

  /** The shell has told of the end of what was typed, or is one that does not within this time: milliseconds. */
  told(patience: number): boolean {
    return this.typed === null || this.commandsEnded > this.typed.after || Date.now() - this.typed.at > patience;
  }

  lines(): string[] {
    return screenText(this.#output.slice(-keptOutput), this.#size).slice(-transcriptLines);
  }
}
