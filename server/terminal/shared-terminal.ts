import { limits } from '../../protocol/limits.ts';
import type { Clock, Ids } from '../clock.ts';
import type { SandboxHost, TerminalConnection } from '../docker/sandbox-host.ts';
import { DrydockError, describeError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import { BackOff } from './back-off.ts';
import { typeCommand } from './command-typing.ts';
import { ShellWatch } from './shell-watch.ts';
import { generationOf, nameInSandbox } from './terminal-name.ts';
import { TerminalOutput } from './terminal-output.ts';
import { isTerminalReply } from './terminal-reply.ts';
import type { TerminalViewer } from './terminal-viewer.ts';

export interface TerminalAddress {
  sandboxId: string;
  lesson: string;
  terminal: string;
}

export interface SharedTerminalNews {
  /** Busy or not, there or not: the list of terminals looks different. */
  onChanged(): void;
  onCommandStarted(command: string): void;
  onCommandEnded(ended: { command: string; exitCode: number | null; cwd: string | null }): void;
  /** Ended, and nobody looks at it: forget it. */
  onAbandoned(): void;
}

export interface SharedTerminalContext {
  host: SandboxHost;
  logger: Logger;
  clock: Clock;
  ids: Ids;
  metrics: Metrics;
  /** Whether looking for a lost shell makes sense. */
  sandboxIsUp(): boolean;
}

/** A connection that held so long was a good one, and the back-off begins anew: milliseconds. */
const steadyAfter = 10_000;
/** How long a shell may take to show its first prompt, and how long to end when it is closed: milliseconds. */
const firstPromptWait = 3000;
const closeWait = 2000;

/** One shell in a sandbox and every page that looks at it, through one attachment. */
export class SharedTerminal {
  readonly address: TerminalAddress;
  readonly learner: string;
  readonly #context: SharedTerminalContext;
  readonly #news: SharedTerminalNews;
  readonly #output: TerminalOutput;
  #size = { cols: 80, rows: 24 };
  #cwd: string;
  #connection: TerminalConnection | null = null;
  #attaching: Promise<void> | null = null;
  #shell: ShellWatch | null = null;
  #ended = false;
  #disposed = false;
  /** Typed while the connection is away. */
  #pending: Buffer[] = [];
  /** Whose keys came last: of several pages only this one answers for the terminal. */
  #leader: string | null = null;
  /** Pages whose request waits for the shell: one that leaves meanwhile is not to be joined any more. */
  readonly #opening = new Map<string, object>();
  #typing: Promise<unknown> = Promise.resolve();
  readonly #backOff = new BackOff(() => this.#retry());
  #attachedAt = 0;
  #usedAt: number;
  #closing: (() => void) | null = null;
  /** Output before this was drawn once before: what it asked the terminal was answered then. */
  #replayEnd = 0;

  constructor(
    address: TerminalAddress & { learner: string; cwd: string },
    context: SharedTerminalContext,
    news: SharedTerminalNews,
  ) {
    this.address = { sandboxId: address.sandboxId, lesson: address.lesson, terminal: address.terminal };
    this.learner = address.learner;
    this.#cwd = address.cwd;
    this.#context = context;
    this.#news = news;
    this.#output = new TerminalOutput({ lesson: address.lesson, terminal: address.terminal });
    this.#usedAt = context.clock.now();
  }

  /** null: unknown. */
  get busy(): boolean | null {
    return this.#connection === null ? null : (this.#shell?.busy ?? null);
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** False until a shell was there at least once. */
  get attachedOnce(): boolean {
    return this.#shell !== null;
  }

  get watched(): boolean {
    return this.#output.viewers.length > 0;
  }

  get usedAt(): number {
    return this.#usedAt;
  }

  async open(request: {
    viewer: TerminalViewer;
    cols: number;
    rows: number;
    cwd: string;
    after: number;
    generation: string | undefined;
  }): Promise<{ generation: string; from: number; end: number }> {
    const viewerId = request.viewer.id;
    const opening = {};
    this.#opening.set(viewerId, opening);
    this.#cwd = request.cwd;
    if (this.#connection === null) this.#size = { cols: request.cols, rows: request.rows };
    try {
      await this.#attach();
    } catch (error) {
      if (this.#opening.get(viewerId) === opening) this.#opening.delete(viewerId);
      throw error;
    }
    const generation = this.#output.generation;
    const sameShell = request.generation === undefined || request.generation === generation;
    // Right after attaching, what is replayed may still be on its way.
    const end = Math.max(this.#output.end, this.#connection?.end ?? 0);
    const after = sameShell ? Math.min(request.after, end) : 0;
    if (this.#opening.get(viewerId) !== opening) {
      this.#allow();
      return { generation, from: after, end };
    }
    this.#opening.delete(viewerId);
    const from = this.#output.join(request.viewer, after);
    this.#allow();
    this.resize(viewerId, request.cols, request.rows);
    return { generation, from, end: Math.max(from, end) };
  }

  /** Attaches before anybody looks. */
  prepare(): Promise<void> {
    return this.#attach();
  }

  /** @throws terminal.not-found when the shell has ended */
  input(viewerId: string, data: Uint8Array): void {
    const reply = isTerminalReply(data);
    if (reply && this.#leader !== null && this.#leader !== viewerId) return;
    if (reply && this.#output.drawnBy(viewerId) < this.#replayEnd) return;
    if (!reply) this.#leader = viewerId;
    this.#usedAt = this.#context.clock.now();
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    this.#context.metrics.count('drydock_terminal_bytes_total', { direction: 'in' }, bytes.length);
    if (this.#connection !== null) {
      if (!reply) this.#shell?.typed(bytes);
      this.#connection.write(bytes);
      return;
    }
    if (this.#ended || this.#shell === null) {
      throw new DrydockError('terminal.not-found', 'The shell in this terminal has ended. Start a new one.');
    }
    const waiting = this.#pending.reduce((sum, piece) => sum + piece.length, 0);
    if (waiting + bytes.length <= limits.terminalInput) this.#pending.push(bytes);
  }

  /** The page that was used last decides. */
  resize(viewerId: string, cols: number, rows: number): void {
    this.#leader = viewerId;
    if (cols === this.#size.cols && rows === this.#size.rows) return;
    this.#size = { cols, rows };
    this.#connection?.resize(cols, rows);
  }

  acknowledge(viewerId: string, seq: number): void {
    this.#output.acknowledge(viewerId, seq);
    this.#allow();
  }

  detach(viewerId: string): void {
    this.#opening.delete(viewerId);
    if (!this.#output.leave(viewerId)) return;
    if (this.#leader === viewerId) this.#leader = null;
    this.#allow();
    if (this.watched) return;
    this.#backOff.stop();
    if (this.#ended) this.#news.onAbandoned();
  }

  /** Types a command; runs of the same terminal wait for each other. @throws terminal.busy */
  run(request: { command: string; interrupt: boolean; cwd: string }): Promise<void> {
    const typed = this.#typing.then(async () => {
      this.#cwd = request.cwd;
      this.#usedAt = this.#context.clock.now();
      await this.#attach();
      this.#allow();
      const shell = this.#shell as ShellWatch;
      if (shell.phase === 'unknown') await shell.nextPrompt(shell.isNew ? firstPromptWait : 300);
      const target = {
        name: this.address.terminal,
        phase: shell.phase,
        line: shell.line,
        write: (keys: string) => this.#writeKeys(keys),
        nextPrompt: (milliseconds: number) => shell.nextPrompt(milliseconds),
      };
      await typeCommand(target, request.command, request.interrupt);
      shell.submitted();
    });
    this.#typing = typed.catch(() => {});
    return typed;
  }

  /** Ctrl-C, if a shell is there. */
  interrupt(): void {
    this.#connection?.write(Buffer.from('\x03'));
  }

  /** Ends the shell and everything in it; resolves when it is gone. */
  async close(): Promise<void> {
    if (this.#connection === null && !this.#ended) await this.#attach();
    const connection = this.#connection;
    if (connection !== null) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, closeWait);
        this.#closing = () => {
          clearTimeout(timer);
          resolve();
        };
        connection.kill();
      });
    }
    this.dispose();
  }

  /** The connection is no good any more, or may be again. */
  sandboxGone(): void {
    const connection = this.#connection;
    if (connection === null) return;
    this.#connectionEnded(connection, null);
    connection.dispose();
  }

  sandboxReady(): void {
    if (this.#connection !== null || this.#ended || !this.watched) return;
    this.#backOff.reset();
    this.#backOff.stop();
    this.#retry();
  }

  /** Lets go; a shell that runs stays. */
  dispose(): void {
    this.#disposed = true;
    this.#backOff.stop();
    this.#shell?.dispose();
    this.#connection?.dispose();
    this.#connection = null;
    this.#output.dispose();
  }

  #attach(): Promise<void> {
    if (this.#connection !== null) return Promise.resolve();
    this.#backOff.stop();
    this.#attaching ??= this.#attachNow().finally(() => {
      this.#attaching = null;
    });
    return this.#attaching;
  }

  async #attachNow(): Promise<void> {
    const known = this.#ended ? null : this.#shell;
    let connection = await this.#dial(known === null ? 0 : this.#output.end);
    const { nonce, fresh } = connection;
    let begin = fresh ? connection.end : null;
    if (known !== null && nonce !== known.nonce && (!fresh || connection.replayFrom > 0)) {
      // Another shell took the place of ours; pages are shown all that is kept, not what follows where ours was.
      connection.dispose();
      connection = await this.#dial(0);
      if (connection.nonce !== nonce) begin = connection.fresh ? connection.end : null;
    }
    if (this.#disposed) {
      connection.dispose();
      throw new DrydockError('terminal.not-found', 'This terminal was closed.');
    }
    if (known === null || connection.nonce !== known.nonce) this.#newShell(connection, begin);
    this.#ended = false;
    this.#connection = connection;
    this.#attachedAt = performance.now();
    connection.onOutput = ({ seq, data }) => this.#received(seq, data);
    connection.onEnd = (exitCode) => this.#connectionEnded(connection, exitCode);
    for (const piece of this.#pending.splice(0)) connection.write(piece);
    this.#output.resume();
    if (this.watched) this.#allow();
    this.#news.onChanged();
  }

  #dial(after: number): Promise<TerminalConnection> {
    return this.#context.host.attachTerminal(this.address.sandboxId, {
      name: nameInSandbox(this.address.lesson, this.address.terminal),
      ...this.#size,
      cwd: this.#cwd,
      nonce: this.#context.ids.next(),
      after,
    });
  }

  /** @param begin where its own output begins, when it started just now */
  #newShell(connection: TerminalConnection, begin: number | null): void {
    this.#shell?.dispose();
    this.#pending = [];
    this.#output.restart(generationOf(connection.nonce), connection.replayFrom);
    this.#replayEnd = begin ?? connection.end;
    this.#shell = new ShellWatch(
      connection.nonce,
      { begin, liveFrom: this.#replayEnd },
      {
        onBusyChanged: () => this.#news.onChanged(),
        onCommandStarted: (command) => this.#news.onCommandStarted(command),
        onCommandEnded: (ended) => this.#news.onCommandEnded(ended),
      },
    );
  }

  #received(seq: number, data: Buffer): void {
    const fresh = this.#output.append(seq, data);
    this.#context.metrics.count('drydock_terminal_bytes_total', { direction: 'out' }, fresh.length);
    this.#shell?.output(seq + data.length - fresh.length, fresh);
  }

  #connectionEnded(connection: TerminalConnection, exitCode: number | null): void {
    if (this.#connection !== connection) return;
    this.#connection = null;
    this.#shell?.dispose();
    this.#ended = exitCode !== null;
    const { lesson, terminal } = this.address;
    for (const viewer of this.#output.viewers) {
      viewer.send({ name: 'terminal:exited', fact: { lesson, terminal, exitCode } });
    }
    if (this.#closing !== null) {
      this.#closing();
      return;
    }
    if (performance.now() - this.#attachedAt >= steadyAfter) this.#backOff.reset();
    this.#news.onChanged();
    if (this.#ended && !this.watched) this.#news.onAbandoned();
    else if (!this.#ended) this.#retryLater();
  }

  #retryLater(): void {
    if (!this.#disposed && this.watched && this.#context.sandboxIsUp()) this.#backOff.schedule();
  }

  #retry(): void {
    this.#attach().catch((error: unknown) => {
      this.#context.logger.debug({ ...this.address, reason: describeError(error) }, 'terminal not found again yet');
      this.#retryLater();
    });
  }

  #allow(): void {
    this.#connection?.allow(this.#output.allowance());
  }

  #writeKeys(keys: string): void {
    if (this.#connection === null) {
      throw new DrydockError(
        'terminal.failed',
        'The connection to this terminal was lost. Run the command again in a moment.',
      );
    }
    this.#connection.write(Buffer.from(keys));
  }
}
