export interface DisplayOutput {
  write(text: string): void;
  isTTY: boolean;
  columns: number;
}

export interface DisplayLine {
  /** `step` counts from 1; what is left out stays as it was. */
  tell(at: { step?: number; steps?: number; doing: string }): void;
  end(): void;
}

interface Running {
  title: string;
  step: number;
  steps: number;
  doing: string;
  began: number;
}

const redrawMs = 200;

/**
 * What is being played right now: in a terminal one line for each lesson, which changes in place; elsewhere a line
 * when a lesson begins. What is `say`d stands above.
 */
export class LiveDisplay {
  readonly #output: DisplayOutput;
  readonly #now: () => number;
  readonly #running: Running[] = [];
  #drawn = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(output: DisplayOutput, now: () => number = Date.now) {
    this.#output = output;
    this.#now = now;
  }

  begin(title: string): DisplayLine {
    const running: Running = { title, step: 0, steps: 0, doing: '', began: this.#now() };
    this.#running.push(running);
    if (this.#output.isTTY) this.#timer ??= setInterval(() => this.#draw(), redrawMs).unref();
    else this.#output.write(`… ${title}\n`);
    return {
      tell: (at) => void Object.assign(running, at),
      end: () => {
        const index = this.#running.indexOf(running);
        if (index !== -1) this.#running.splice(index, 1);
        this.#draw();
      },
    };
  }

  /** Makes room for `write`, which prints whole lines. */
  say(write: () => void): void {
    this.#clear();
    write();
    this.#draw();
  }

  dispose(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#clear();
  }

  #draw(): void {
    if (!this.#output.isTTY) return;
    this.#clear();
    const width = Math.max(20, this.#output.columns - 1);
    const lines = this.#running.map((running) => cut(this.#lineOf(running), width));
    this.#output.write(lines.map((line) => `${line}\n`).join(''));
    this.#drawn = lines.length;
  }

  #lineOf({ title, step, steps, doing, began }: Running): string {
    const seconds = Math.floor((this.#now() - began) / 1000);
    const where = step === 0 ? '' : ` · step ${step} of ${steps}`;
    return `… ${title} (${seconds} s)${where}${doing === '' ? '' : ` · ${doing}`}`;
  }

  #clear(): void {
    if (this.#drawn > 0) this.#output.write(`\u001b[${this.#drawn}A\r\u001b[J`);
    this.#drawn = 0;
  }
}

function cut(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}
