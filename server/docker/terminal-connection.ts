import { setTimeout as sleep } from 'node:timers/promises';
import { DrydockError } from '../errors.ts';
import type { Engine } from './engine.ts';
import { printable } from './engine-errors.ts';
import { enterCommand } from './exec-session.ts';
import { ExecStreams } from './exec-stream.ts';
import type { TerminalConnection, TerminalSpec } from './sandbox-host.ts';
import {
  encodeAllow,
  encodeFrame,
  encodeResize,
  FrameDecoder,
  maxPayload,
  type TerminalFrame,
} from './terminal-frames.ts';

/** Milliseconds for the shell to start and say hello. */
const helloTimeout = 15_000;

/** Output beyond its end that the terminal may send unasked (the protocol's initial limit). */
const initialAllowance = 256 * 1024;

/** Input that waits for a shell which does not read; beyond it the connection is given up. */
const maxPendingInput = 4 * 1024 * 1024;

/** @throws request.malformed, terminal.failed, sandbox.gone, engine.unreachable, engine.failed */
export async function attachTerminal(engine: Engine, id: string, spec: TerminalSpec): Promise<TerminalConnection> {
  const { socket } = await engine.startExec(id, attachCommand(spec), { stdin: true });
  const connection = new DockerTerminalConnection(engine, id, new ExecStreams(socket));
  const timeout = new AbortController();
  try {
    await Promise.race([
      connection.hello,
      sleep(helloTimeout, undefined, { signal: timeout.signal }).then(() => {
        throw terminalFailed('it did not start in time');
      }),
    ]);
    return connection;
  } catch (error) {
    connection.dispose();
    // A sandbox that stops takes its terminals along: say that, not that a terminal failed.
    await engine.requireRunning(id);
    throw error;
  } finally {
    timeout.abort();
  }
}

function attachCommand(spec: TerminalSpec): string[] {
  const fits =
    /^[a-z0-9-]{1,64}$/.test(spec.name) &&
    isSize(spec.cols) &&
    isSize(spec.rows) &&
    spec.cwd.startsWith('/') &&
    !spec.cwd.includes('\0') &&
    /^[A-Za-z0-9_-]{0,255}$/.test(spec.nonce) &&
    Number.isSafeInteger(spec.after) &&
    spec.after >= 0;
  if (!fits)
    throw new DrydockError(
      'request.malformed',
      'This terminal cannot be opened: its name, size or folder is not allowed.',
    );
  const options: string[] = ['--name', spec.name, '--after', String(spec.after), '--cols', String(spec.cols)];
  options.push('--rows', String(spec.rows), '--cwd', spec.cwd, '--nonce', spec.nonce);
  return enterCommand(['drydock-terminal', 'attach', ...options]);
}

function isSize(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= 65_535;
}

function terminalFailed(reason: string): DrydockError {
  return new DrydockError(
    'terminal.failed',
    `The terminal could not be opened: ${reason}. Try again; starting the sandbox anew helps when it stays like this.`,
  );
}

/**
 * The server's end of a terminal. The other end runs on the learner's machine, so its numbers are checked:
 * output must follow on without a gap and keep within what was allowed, or the connection is given up.
 * Output is held back until `onOutput` is first set.
 */
class DockerTerminalConnection implements TerminalConnection {
  replayFrom = 0;
  end = 0;
  fresh = false;
  nonce = '';
  onEnd: ((exitCode: number | null) => void) | null = null;
  readonly hello: Promise<void>;

  readonly #engine: Engine;
  readonly #sandbox: string;
  readonly #streams: ExecStreams;
  readonly #decoder = new FrameDecoder();
  #onOutput: TerminalConnection['onOutput'] = null;
  #held: TerminalFrame[] | null = [];
  #greeted: (() => void) | null = null;
  #notGreeted: ((error: Error) => void) | null = null;
  #next = 0;
  #limit = 0;
  #stderr = '';
  #broken = false;
  #over = false;

  constructor(engine: Engine, sandbox: string, streams: ExecStreams) {
    this.#engine = engine;
    this.#sandbox = sandbox;
    this.#streams = streams;
    this.hello = new Promise<void>((resolve, reject) => {
      this.#greeted = resolve;
      this.#notGreeted = reject;
    });
    this.hello.catch(() => undefined);
    streams.stdout.on('data', (chunk: Buffer) => this.#take(chunk));
    streams.stderr.on('data', (chunk: Buffer) => {
      if (this.#stderr.length < 2048) this.#stderr += chunk.toString('latin1');
    });
    // 'end' comes after the last output was taken, 'close' also when the stream broke.
    streams.stdout.on('end', () => this.#lost());
    streams.stdout.on('close', () => this.#lost());
  }

  get onOutput(): TerminalConnection['onOutput'] {
    return this.#onOutput;
  }

  set onOutput(listener: TerminalConnection['onOutput']) {
    this.#onOutput = listener;
    // A turn later, so that `onEnd` may be set after it.
    if (listener !== null && this.#held !== null) setImmediate(() => this.#release());
  }

  #release(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const frame of held) this.#handle(frame);
    if (this.#broken) this.#lost();
    else this.#streams.stdout.resume();
  }

  write(data: Buffer): void {
    for (let offset = 0; offset < data.length; offset += maxPayload) {
      this.#send(encodeFrame('i', data.subarray(offset, offset + maxPayload)));
    }
  }

  resize(cols: number, rows: number): void {
    if (isSize(cols) && isSize(rows)) this.#send(encodeResize(cols, rows));
  }

  allow(upTo: number): void {
    if (!Number.isSafeInteger(upTo) || upTo <= this.#limit) return;
    this.#limit = upTo;
    this.#send(encodeAllow(upTo));
  }

  kill(): void {
    this.#send(encodeFrame('k', Buffer.alloc(0)));
  }

  dispose(): void {
    this.#over = true;
    this.#held = null;
    this.#onOutput = null;
    this.onEnd = null;
    this.#streams.destroy();
  }

  #send(frame: Buffer): void {
    if (this.#over || this.#streams.stdin.destroyed) return;
    if (this.#streams.stdin.writableLength + frame.length > maxPendingInput) {
      this.#giveUp('its input is not read');
      return;
    }
    this.#streams.stdin.write(frame);
  }

  #take(chunk: Buffer): void {
    if (this.#over) return;
    try {
      for (const frame of this.#decoder.push(chunk)) {
        if (this.#over) return;
        if (this.#greeted !== null) this.#greet(frame);
        else if (this.#held === null) this.#handle(frame);
        else this.#held.push(frame);
      }
    } catch (error) {
      this.#giveUp(error instanceof Error ? error.message : 'a frame that cannot be read');
    }
  }

  #greet(frame: TerminalFrame): void {
    if (frame.type !== 'hello' || frame.replayFrom > frame.end) {
      this.#giveUp('it did not begin with a hello');
      return;
    }
    this.replayFrom = frame.replayFrom;
    this.end = frame.end;
    this.fresh = frame.fresh;
    this.nonce = frame.nonce;
    this.#next = frame.replayFrom;
    this.#limit = frame.end + initialAllowance;
    this.#greeted?.();
    this.#greeted = null;
    this.#notGreeted = null;
    // Nothing is read until somebody listens; what else came in this chunk is held.
    this.#streams.stdout.pause();
  }

  #handle(frame: TerminalFrame): void {
    if (this.#over) return;
    switch (frame.type) {
      case 'hello':
        this.#giveUp('it greeted twice');
        return;
      case 'output':
        if (frame.seq !== this.#next || frame.seq + frame.data.length > this.#limit) {
          this.#giveUp('it sent output out of turn');
          return;
        }
        this.#next += frame.data.length;
        this.#onOutput?.({ seq: frame.seq, data: frame.data });
        return;
      case 'exit':
        this.#finish(frame.status);
    }
  }

  #giveUp(reason: string): void {
    if (this.#over) return;
    this.#engine.logger.warn({ sandbox: this.#sandbox, reason }, 'gave up a terminal connection');
    this.#notGreeted?.(terminalFailed(reason));
    this.#finish(null);
  }

  #lost(): void {
    if (this.#over) return;
    this.#notGreeted?.(terminalFailed(printable(this.#stderr) || 'the connection broke'));
    this.#broken = true;
    // What arrived is delivered before the end, once somebody listens.
    if (this.#held === null || this.#greeted !== null) this.#finish(null);
  }

  #finish(exitCode: number | null): void {
    const onEnd = this.onEnd;
    this.dispose();
    onEnd?.(exitCode);
  }
}
