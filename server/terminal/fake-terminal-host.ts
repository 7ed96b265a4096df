import type { SandboxHost, TerminalConnection, TerminalSpec } from '../docker/sandbox-host.ts';
import { DrydockError } from '../errors.ts';
import type { TerminalFact, TerminalViewer } from './terminal-viewer.ts';

/** For unit tests alone: a shell that says what a test tells it to, kept across attachments as the real one is. */
export class FakeShell {
  readonly name: string;
  readonly nonce: string;
  output: Buffer;
  allowed = 0;
  typed = '';
  sizes: string[] = [];
  killed = false;
  attachments = 0;
  /** Answers keys at once, as a program that runs would. */
  onTyped: ((keys: string) => void) | null = null;
  connection: TerminalConnection | null = null;

  constructor(name: string, nonce: string, before: Buffer = Buffer.alloc(0)) {
    this.name = name;
    this.nonce = nonce;
    this.output = before;
  }

  say(text: string | Buffer): void {
    const data = Buffer.from(text);
    const seq = this.output.length;
    this.output = Buffer.concat([this.output, data]);
    this.connection?.onOutput?.({ seq, data });
  }

  /** A prompt that takes input. */
  prompt(): void {
    this.say('\x1b]633;A\x07$ \x1b]633;B\x07');
  }

  start(command: string, nonce = this.nonce): void {
    this.say(`\x1b]633;E;${command};${nonce}\x07\x1b]633;C\x07`);
  }

  finish(exitCode: number): void {
    this.say(`\x1b]633;D;${exitCode}\x07`);
    this.prompt();
  }

  end(exitCode: number | null): void {
    const connection = this.connection;
    this.connection = null;
    connection?.onEnd?.(exitCode);
  }
}

export class FakeTerminalHost {
  readonly shells = new Map<string, FakeShell>();
  readonly asked: TerminalSpec[] = [];
  /** What shells had said when their sandbox stopped. */
  readonly #kept = new Map<string, Buffer>();
  down = false;
  /** Bytes the holder keeps for replay. */
  kept = 1024 * 1024;

  /** Only what the hub uses of the boundary. */
  asHost(): SandboxHost {
    const host: Pick<SandboxHost, 'attachTerminal'> = { attachTerminal: (id, spec) => this.#attach(id, spec) };
    return host as SandboxHost;
  }

  shell(name: string): FakeShell {
    const shell = [...this.shells.values()].find((candidate) => candidate.name.endsWith(`--${name}`));
    if (shell === undefined) throw new Error(`no shell ${name}`);
    return shell;
  }

  /** Every shell is gone; what it said is kept, but for the last `lost` bytes, which were not written yet. */
  stopSandbox(lost = 0): void {
    for (const [key, shell] of this.shells) {
      this.#kept.set(key, shell.output.subarray(0, Math.max(0, shell.output.length - lost)));
      shell.end(null);
    }
    this.shells.clear();
  }

  async #attach(id: string, spec: TerminalSpec): Promise<TerminalConnection> {
    this.asked.push(spec);
    await Promise.resolve();
    if (this.down) throw new DrydockError('sandbox.gone', 'The sandbox is gone.');
    const key = `${id}/${spec.name}`;
    const running = this.shells.get(key);
    const kept = this.#kept.get(key);
    const before = kept === undefined ? kept : Buffer.concat([kept, Buffer.from('\r\n-- a new shell --\r\n')]);
    const shell = running ?? new FakeShell(spec.name, spec.nonce, before);
    this.shells.set(key, shell);
    shell.attachments += 1;
    shell.end(null);
    const oldest = Math.max(shell.output.length - this.kept, 0);
    const replayFrom = spec.after > shell.output.length || spec.after < oldest ? oldest : spec.after;
    const connection: TerminalConnection = {
      replayFrom,
      end: shell.output.length,
      fresh: running === undefined,
      nonce: shell.nonce,
      onOutput: null,
      onEnd: null,
      write: (data) => {
        shell.typed += data.toString();
        shell.onTyped?.(data.toString());
      },
      resize: (cols, rows) => shell.sizes.push(`${cols}x${rows}`),
      allow: (upTo) => {
        shell.allowed = Math.max(shell.allowed, upTo);
      },
      kill: () => {
        shell.killed = true;
        this.shells.delete(key);
        shell.end(129);
      },
      dispose: () => {
        if (shell.connection === connection) shell.connection = null;
      },
    };
    shell.connection = connection;
    const replay = shell.output.subarray(replayFrom);
    setImmediate(() => {
      if (replay.length > 0) connection.onOutput?.({ seq: replayFrom, data: replay });
    });
    return connection;
  }
}

/** A page that remembers what it was sent, and draws at once unless told to be slow. */
export class FakeViewer implements TerminalViewer {
  readonly id: string;
  readonly facts: TerminalFact[] = [];
  onFact: ((fact: TerminalFact) => void) | null = null;

  constructor(id: string) {
    this.id = id;
  }

  send(fact: TerminalFact): void {
    this.facts.push(fact);
    this.onFact?.(fact);
  }

  get chunks(): { generation: string; seq: number; data: Uint8Array }[] {
    return this.facts.flatMap((sent) => (sent.name === 'terminal:output' ? [sent.fact] : []));
  }

  get exits(): (number | null)[] {
    return this.facts.flatMap((sent) => (sent.name === 'terminal:exited' ? [sent.fact.exitCode] : []));
  }

  get text(): string {
    return Buffer.concat(this.chunks.map((chunk) => chunk.data)).toString();
  }

  get bytes(): number {
    return this.chunks.reduce((sum, chunk) => sum + chunk.data.length, 0);
  }

  get end(): number {
    const last = this.chunks.at(-1);
    return last === undefined ? 0 : last.seq + last.data.length;
  }
}
