import { LabSocket } from '../server/lesson-player/lab-socket.ts';
import { measureBulk, measureKeystrokes, type ShellLine, untilQuiet } from './page/shell-line.ts';

const lesson = 'bench/terminal';
// Wide, so that a round's keys stay in one line and the shell echoes nothing but the key.
const size = { cols: 200, rows: 40 };
/** Output is acknowledged as a page does, which draws it some frames later: milliseconds. */
const drawn = 20;
const startWithin = 180_000;

/** One terminal of a learner, over the same socket a page has. */
class SocketShell implements ShellLine {
  onBytes: ((data: Uint8Array) => void) | null = null;
  readonly #lab: LabSocket;
  readonly #terminal: string;
  #end = 0;
  #drawing: NodeJS.Timeout | null = null;

  constructor(lab: LabSocket, terminal: string) {
    this.#lab = lab;
    this.#terminal = terminal;
  }

  type(text: string): void {
    this.#lab.send('terminal:input', { lesson, terminal: this.#terminal, data: Buffer.from(text) });
  }

  take(seq: number, data: Uint8Array): void {
    this.#end = seq + data.length;
    this.onBytes?.(data);
    this.#drawing ??= setTimeout(() => {
      this.#drawing = null;
      this.#lab.send('terminal:acknowledge', { lesson, terminal: this.#terminal, seq: this.#end });
    }, drawn);
  }
}

/** A learner without a browser: opens a lesson, types, saves files. What goes wrong is kept. */
export class SocketLearner {
  readonly errors: string[] = [];
  readonly #lab: LabSocket;
  readonly #shells = new Map<string, SocketShell>();
  #closed = false;

  private constructor(lab: LabSocket) {
    this.#lab = lab;
    lab.on('terminal:output', ({ terminal, seq, data }) => this.#shells.get(terminal)?.take(seq, data));
    lab.on('terminal:exited', ({ exitCode }) => this.#note(`a terminal ended with ${exitCode}`));
    lab.on('sandbox:changed', ({ sandbox }) => {
      if (sandbox.state === 'failed') this.#note(sandbox.error.message);
    });
  }

  /** A new learner whose sandbox answers. @returns how long that took, in milliseconds */
  static async open(url: string): Promise<{ learner: SocketLearner; took: number }> {
    const lab = await LabSocket.visit(url);
    const learner = new SocketLearner(lab);
    try {
      let state = '';
      lab.on('sandbox:changed', ({ sandbox }) => {
        state = sandbox.state;
      });
      const began = performance.now();
      const { sandbox } = await lab.ask('lesson:open', { lesson });
      if (state === '') state = sandbox.state;
      await lab.until(() => state === 'ready' || state === 'failed', startWithin);
      const took = performance.now() - began;
      if (state !== 'ready') throw new Error(learner.errors[0] ?? 'The sandbox did not get ready.');
      return { learner, took };
    } catch (error) {
      learner.close();
      throw error;
    }
  }

  async openTerminal(terminal = 'main'): Promise<void> {
    this.#shells.set(terminal, new SocketShell(this.#lab, terminal));
    await this.#lab.ask('terminal:open', { lesson, terminal, ...size, after: 0 });
    await untilQuiet(this.#shell(terminal));
  }

  type(text: string, terminal = 'main'): void {
    this.#shell(terminal).type(text);
  }

  /** Milliseconds from Enter to the command's end. */
  async run(command: string, timeoutMs: number): Promise<number> {
    return (await measureBulk(this.#shell('main'), command, timeoutMs)).milliseconds;
  }

  /** Milliseconds from each key to its echo. */
  keystrokes(count: number, spacing: number): Promise<number[]> {
    return measureKeystrokes(this.#shell('main'), count, spacing);
  }

  async save(path: string, content: string): Promise<void> {
    await this.#lab.ask('file:write', { lesson, path, content, basedOn: null, overwrite: false });
  }

  close(): void {
    this.#closed = true;
    this.#lab.close(new Error('over'));
  }

  #shell(terminal: string): SocketShell {
    const shell = this.#shells.get(terminal);
    if (shell === undefined) throw new Error(`the terminal ${terminal} is not open`);
    return shell;
  }

  #note(what: string): void {
    if (!this.#closed) this.errors.push(what);
  }
}
