import { Osc633Parser } from '../terminal/osc633-parser.ts';
import { type ScreenSize, screenText } from './screen-text.ts';

/** Raw output kept for the transcript, in characters. */
const keptOutput = 512 * 1024;
const transcriptLines = 60;

/**
 * Of one command, in bytes; of one that prints more, nothing can be shown. A build that draws 25 lines ten times a second writes 20 kB in that time:
 * this is enough for some three minutes.
 */
const keptOfCommand = 4 * 1024 * 1024;
/**
 * Lines of a command's output are never broken where the terminal would: what is wider than it stays one line.
 * Programs that draw know the terminal's own width.
 */
const unbroken = 4096;

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
  /** How the last command ended whose end the shell reported. */
  exitCode: number | null = null;
  shellEnded = false;
  /** When the last command was typed whose end was not seen: unix milliseconds. */
  typed: number | null = null;
  /** The shell has drawn its prompt, and nothing was started since. */
  #atPrompt = false;
  /** What the command that was typed last printed, from its start to its end. */
  #printed: Uint8Array[] = [];
  #printedBytes = 0;
  #isCut = false;
  #printing: 'not-yet' | 'now' | 'ended' = 'ended';

  constructor(size: ScreenSize) {
    this.#size = size;
  }

  push(seq: number, data: Uint8Array): void {
    this.end = seq + data.length;
    let from = 0;
    for (const { mark, end } of this.#reports.push(data)) {
      if (mark.type === 'command-start') {
        this.commandsStarted += 1;
        this.#atPrompt = false;
        if (this.#printing !== 'not-yet') continue;
        // A block of several commands has several starts, and one end.
        this.#printing = 'now';
        from = end;
      } else if (mark.type === 'command-end') {
        this.exitCode = mark.exitCode;
        if (this.#printing !== 'now') continue;
        this.#keep(data.subarray(from, end));
        this.#printing = 'ended';
      } else if (mark.type === 'prompt-end') this.#atPrompt = true;
    }
    if (this.#printing === 'now') this.#keep(data.subarray(from));
    this.#output += this.#decoder.decode(data, { stream: true });
    if (this.#output.length > 2 * keptOutput) this.#output = this.#output.slice(-keptOutput);
  }

  /** The shell has not told of the end of what was typed for so long: milliseconds. */
  isUntold(patience: number): boolean {
    return this.typed === null || Date.now() - this.typed > patience;
  }

  /** A command is typed now: what it prints is to be kept, and nothing of what came before. */
  willType(): void {
    this.#printed = [];
    this.#printedBytes = 0;
    this.#isCut = false;
    this.#printing = 'not-yet';
    this.#atPrompt = false;
  }

  /** The shell has told that what was typed has ended, and drawn its prompt; before anything was typed: a prompt. */
  get isBack(): boolean {
    // What was interrupted for it has ended, too.
    return this.#atPrompt && (this.typed === null || this.#printing === 'ended');
  }

  /** What the last command printed, as the terminal showed it at its end; null: more than is kept. */
  printed(): string[] | null {
    if (this.#isCut) return null;
    const decoder = new TextDecoder();
    const text = this.#printed.map((piece) => decoder.decode(piece, { stream: true })).join('') + decoder.decode();
    return screenText(text, { cols: unbroken, rows: this.#size.rows });
  }

  #keep(piece: Uint8Array): void {
    if (this.#printedBytes + piece.length > keptOfCommand) this.#isCut = true;
    if (this.#isCut) return;
    this.#printed.push(piece);
    this.#printedBytes += piece.length;
  }

  lines(): string[] {
    return screenText(this.#output.slice(-keptOutput), this.#size).slice(-transcriptLines);
  }
}
