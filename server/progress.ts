/** Where progress is written: stderr, so that a command's own output stays clean. */
export interface ProgressOutput {
  write(text: string): void;
  isTTY: boolean;
  columns: number;
}

export interface ProgressLine {
  /** What is going on right now. */
  tell(detail: string): void;
  done(): void;
  failed(): void;
  /** It was ended because something else failed: no word about it. */
  dropped(): void;
}

interface Running {
  title: string;
  detail: string;
  began: number;
  /** When a line about it was last written; for outputs that are no terminal. */
  written: number;
}

/** Milliseconds between two lines about the same step where lines cannot be rewritten. */
const quiet = 5000;

/**
 * Shows what is being done and for how long: in a terminal one line that changes in place, else a line per step
 * every five seconds.
 */
export class Progress {
  readonly #output: ProgressOutput;
  readonly #now: () => number;
  readonly #running: Running[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(output: ProgressOutput, now: () => number = Date.now) {
    this.#output = output;
    this.#now = now;
  }

  begin(title: string): ProgressLine {
    const began = this.#now();
    const entry: Running = { title, detail: '', began, written: began };
    this.#running.push(entry);
    this.#timer ??= setInterval(() => this.refresh(), this.#output.isTTY ? 200 : 1000).unref();
    if (this.#output.isTTY) this.refresh();
    else this.#output.write(`… ${title}\n`);
    return {
      tell: (detail) => {
        entry.detail = printableLine(detail);
      },
      done: () => this.#finish(entry, '✓'),
      failed: () => this.#finish(entry, '✗'),
      dropped: () => this.#finish(entry, null),
    };
  }

  /** A line of its own, above what changes in place. */
  say(text: string): void {
    this.above(() => this.#output.write(`${text}\n`));
  }

  /** Whole lines that somebody else writes to the same terminal, above what changes in place. */
  above(write: () => void): void {
    this.#clear();
    write();
    if (this.#output.isTTY) this.refresh();
  }

  /** Redraws, or writes the lines that are due. */
  refresh(): void {
    const now = this.#now();
    if (this.#output.isTTY) {
      if (this.#running.length === 0) return;
      const parts = this.#running.map((entry) => summary(entry, now));
      const detail = this.#running.length === 1 ? (this.#running[0]?.detail ?? '') : '';
      const line = `… ${parts.join(' · ')}${detail === '' ? '' : ` — ${detail}`}`;
      this.#clear();
      this.#output.write(cut(line, this.#output.columns - 1));
      return;
    }
    for (const entry of this.#running) {
      if (now - entry.written < quiet) continue;
      entry.written = now;
      this.#output.write(`  ${summary(entry, now)}${entry.detail === '' ? '' : ` — ${cut(entry.detail, 120)}`}\n`);
    }
  }

  /** Stops the clock; nothing changes any more. */
  dispose(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#clear();
  }

  #finish(entry: Running, mark: '✓' | '✗' | null): void {
    const index = this.#running.indexOf(entry);
    if (index === -1) return;
    this.#running.splice(index, 1);
    if (mark === null) this.refresh();
    else this.say(`${mark} ${summary(entry, this.#now())}`);
  }

  #clear(): void {
    if (this.#output.isTTY) this.#output.write('\r\u001b[2K');
  }
}

function summary(entry: Running, now: number): string {
  return `${entry.title} (${formatDuration(now - entry.began)})`;
}

/** `0.4 s`, `34 s`, `2 min 5 s` */
export function formatDuration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** The sequences with which programs colour their output and move the cursor. */
const colour = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]`, 'g');

export function withoutColours(text: string): string {
  return text.replace(colour, '');
}

/** Without colours and cursor movements, on one line. */
function printableLine(text: string): string {
  return withoutColours(text)
    .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .trim();
}

function cut(text: string, width: number): string {
  return width > 1 && text.length > width ? `${text.slice(0, width - 1)}…` : text;
}
