import type { Fact, RequestName, RequestPayload } from '../../protocol/events.ts';
import { limits } from '../../protocol/limits.ts';
import { type LabConnection, LabError } from '../realtime/lab-connection.ts';
import { bytesForWire, bytesFromWire, splitInput } from './terminal-bytes.ts';

/** What a session draws on. */
export interface TerminalScreen {
  readonly size: { cols: number; rows: number };
  /** `drawn` is called when the bytes were taken in: the server sends more only then. */
  write(data: Uint8Array, drawn: () => void): void;
  /** A line of the page's own words between the shell's. */
  note(words: string): void;
  reset(): void;
}

export type SessionState =
  /** The sandbox is not there yet. */
  | { state: 'waiting' }
  | { state: 'connecting' }
  | { state: 'open' }
  /** The server, or the shell behind it, is being looked for; what is on the screen stays. */
  | { state: 'lost' }
  | { state: 'ended'; exitCode: number }
  | { state: 'failed'; message: string };

/**
 * A sandbox that waits for the learner. `paused`: frozen with the shell in it, and woken by what is typed; nothing
 * else is asked of it. `stopped`: the shell is gone, and a key asks for a start.
 */
export type SandboxRest = 'paused' | 'stopped';

type Connection = Pick<LabConnection, 'on' | 'onOnline' | 'subscribeStatus' | 'status' | 'request' | 'send'>;

export interface TerminalSessionOptions {
  lab: Connection;
  lesson: string;
  terminal: string;
  screen: TerminalScreen;
  /** The sandbox runs. */
  ready: boolean;
  /** Why it does not, where that is nothing but rest. */
  rest?: SandboxRest | null;
  onState(state: SessionState): void;
  /** Somebody types, and the sandbox has to be called first. */
  onWake?(): void;
}

/** Acknowledge after so many bytes, or when nothing came for so long (milliseconds). */
const acknowledgeAfter = { bytes: 32 * 1024, idle: 100 };
/** Typed while the server is away: bytes. */
const longestQueue = 4096;
/** Milliseconds until a request that got no answer is made again. */
const askAgainAfter = 2000;

/** Answers of xterm itself to what a program asked. Replayed questions were answered long ago. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is looked for
const terminalReply = /^\x1b(?:\[[?>=]?[\d;]*[Rcn]|\[\??[\d;]*\$y|\[[\d;]*t|[P\]_])/;

/**
 * One page's end of a terminal. Attaches whenever page, server and sandbox are there, and goes on behind the
 * last byte it was given; the screen keeps what it shows until the shell turns out to be another one.
 */
export class TerminalSession {
  readonly #options: TerminalSessionOptions;
  readonly #stops: (() => void)[];
  #state: SessionState;
  #ready: boolean;
  #rest: SandboxRest | null;
  #disposed = false;
  #attempt = 0;
  #askAgain: ReturnType<typeof setTimeout> | undefined;
  #generation: string | null = null;
  /** End of what was given to the screen, of what it has drawn, and of what the server was told. */
  #position = 0;
  #drawn = 0;
  #acknowledged = 0;
  #acknowledgeTimer: ReturnType<typeof setTimeout> | undefined;
  /** Output before this is replayed. */
  #replayEnd = 0;
  #queue: Uint8Array[] = [];
  /** Input is dropped, with words, until the shell is there again: behind a gap nothing may be typed. */
  #dropping = false;
  /** Input that the server has not yet said it has. */
  #unanswered = new Set<object>();
  /** Words about input that was refused stand on the screen, once for all of it. */
  #refusalSaid = false;

  constructor(options: TerminalSessionOptions) {
    this.#options = options;
    this.#ready = options.ready;
    this.#rest = options.rest ?? null;
    this.#state = { state: options.ready ? 'connecting' : 'waiting' };
    options.onState(this.#state);
    const { lab } = options;
    this.#stops = [
      lab.on('terminal:output', (fact) => this.#onOutput(fact)),
      lab.on('terminal:exited', (fact) => this.#onExited(fact)),
      lab.subscribeStatus(() => {
        if (lab.status.state === 'online') return;
        this.#doubtUnanswered();
        if (this.#state.state === 'open') this.#setState({ state: 'lost' });
      }),
      lab.onOnline(() => this.#openIfWanted()),
    ];
  }

  get state(): SessionState {
    return this.#state;
  }

  setReady(ready: boolean, rest: SandboxRest | null = null): void {
    const became = ready && !this.#ready;
    const wasPaused = this.#rest === 'paused';
    this.#ready = ready;
    this.#rest = rest;
    if (rest === 'stopped') this.#queue = [];
    if (!became) return;
    if (wasPaused && this.#state.state === 'open') {
      // Attached all the while; only the size of the pane was kept back.
      const { cols, rows } = this.#options.screen.size;
      this.resize(cols, rows);
    } else {
      this.#openIfWanted();
    }
  }

  /** After the shell ended, or could not be opened. */
  startShell(): void {
    this.#setState({ state: 'connecting' });
    void this.#open();
  }

  /** Keys and pastes as xterm gives them. */
  type(text: string): void {
    if (this.#drawn < this.#replayEnd && terminalReply.test(text)) return;
    this.send(new TextEncoder().encode(text));
  }

  send(data: Uint8Array): void {
    if (this.#rest === 'stopped') {
      // What was meant for a shell that is gone is not typed into another one.
      this.#options.onWake?.();
      return;
    }
    if (this.#rest === 'paused' && this.#state.state !== 'open') this.#options.onWake?.();
    if (this.#state.state === 'open') {
      for (const piece of splitInput(data, limits.terminalInput)) {
        this.#sendInput(piece);
      }
      return;
    }
    if (this.#dropping || (this.#state.state !== 'lost' && this.#state.state !== 'connecting')) return;
    const waiting = this.#queue.reduce((sum, piece) => sum + piece.length, 0);
    if (waiting + data.length <= longestQueue) {
      this.#queue.push(data);
    } else {
      this.#dropping = true;
      this.#options.screen.note('Not typed, and nothing more until the connection is back: it was too much to keep.');
    }
  }

  #sendInput(data: Uint8Array): void {
    const piece = {};
    this.#unanswered.add(piece);
    this.#options.lab.request('terminal:input', { ...this.#address(), data: bytesForWire(data) }).then(
      () => {
        this.#unanswered.delete(piece);
        this.#refusalSaid = false;
      },
      (error: unknown) => {
        // A lost connection has emptied the set, and has words of its own.
        if (this.#unanswered.delete(piece)) this.#inputRefused(error);
      },
    );
  }

  /** The server has it and could not type it: the sandbox did not wake, for instance. */
  #inputRefused(error: unknown): void {
    if (this.#refusalSaid || this.#disposed || !(error instanceof LabError)) return;
    if (error.code === 'connection.lost' || this.#rest === 'stopped') return;
    this.#refusalSaid = true;
    this.#options.screen.note(`Not typed: ${error.message}`);
  }

  /**
   * A dead connection looks alive for some seconds, and what was typed into it may be lost. What follows must not
   * be typed without it: a command behind a lost Ctrl+C would be another one.
   */
  #doubtUnanswered(): void {
    if (this.#unanswered.size === 0) return;
    this.#unanswered.clear();
    this.#queue = [];
    this.#dropping = true;
    this.#options.screen.note(
      'The connection was lost while you typed: the last of it may be missing. Nothing more is typed until it is back.',
    );
  }

  /** Also when this window is used again: the one used last decides on the size. */
  resize(cols: number, rows: number): void {
    if (this.#state.state !== 'open' || !this.#ready) return;
    this.#send('terminal:resize', { ...this.#address(), cols, rows });
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#askAgain);
    clearTimeout(this.#acknowledgeTimer);
    for (const stop of this.#stops) stop();
    this.#send('terminal:detach', this.#address());
  }

  #openIfWanted(): void {
    if (!this.#ready || this.#state.state === 'ended') return;
    if (this.#options.lab.status.state === 'online') void this.#open();
  }

  async #open(): Promise<void> {
    clearTimeout(this.#askAgain);
    const attempt = ++this.#attempt;
    if (this.#generation === null) this.#setState({ state: 'connecting' });
    try {
      const opened = await this.#options.lab.request('terminal:open', {
        ...this.#address(),
        ...this.#options.screen.size,
        after: this.#position,
        ...(this.#generation === null ? {} : { generation: this.#generation }),
      });
      if (this.#disposed || attempt !== this.#attempt) return;
      this.#follow(opened.generation, opened.from);
      this.#replayEnd = opened.end;
      this.#attached();
    } catch (error) {
      if (this.#disposed || attempt !== this.#attempt) return;
      this.#couldNotOpen(error);
    }
  }

  #couldNotOpen(error: unknown): void {
    const code = error instanceof LabError ? error.code : 'internal';
    if (code === 'connection.lost') {
      if (this.#generation !== null) this.#setState({ state: 'lost' });
      this.#askAgain = setTimeout(() => this.#openIfWanted(), askAgainAfter);
      return;
    }
    if (code === 'sandbox.starting' || code === 'sandbox.none' || code === 'sandbox.stopped') {
      this.#setState({ state: 'waiting' });
      this.#askAgain = setTimeout(() => this.#openIfWanted(), askAgainAfter);
      return;
    }
    const message = error instanceof Error ? error.message : 'The terminal could not be opened.';
    this.#setState({ state: 'failed', message });
  }

  #attached(): void {
    this.#setState({ state: 'open' });
    this.#dropping = false;
    this.#refusalSaid = false;
    for (const piece of this.#queue.splice(0)) this.send(piece);
    // The pane may have changed its size while the answer was on its way.
    const { cols, rows } = this.#options.screen.size;
    this.resize(cols, rows);
  }

  /** The next byte will be `from` of `generation`. */
  #follow(generation: string, from: number): void {
    if (generation !== this.#generation) {
      if (this.#generation !== null) {
        this.#options.screen.reset();
        if (this.#queue.length > 0)
          this.#options.screen.note('Not typed: this is a new shell, and it was meant for the one before.');
        this.#queue = [];
      }
      this.#generation = generation;
      this.#replayEnd = 0;
      if (from > 0) this.#options.screen.note('Older output is no longer kept.');
      this.#position = from;
      this.#drawn = from;
      this.#acknowledged = from;
    } else if (from > this.#position) {
      const missing = from - this.#position;
      this.#options.screen.note(`${missing.toLocaleString('en')} bytes of output came faster than they could be kept.`);
      this.#position = from;
    }
  }

  #onOutput(fact: Fact<'terminal:output'>): void {
    if (!this.#isMine(fact)) return;
    const data = bytesFromWire(fact.data);
    const end = fact.seq + data.length;
    if (fact.generation === this.#generation && end < this.#position) return;
    const sameShell = fact.generation === this.#generation;
    const known = sameShell ? Math.max(0, this.#position - fact.seq) : 0;
    this.#follow(fact.generation, fact.seq + known);
    // The last words of a shell may come behind the news of its end.
    if (this.#state.state === 'lost' || (this.#state.state === 'ended' && !sameShell)) this.#attached();
    if (known >= data.length) return;
    this.#position = end;
    const generation = fact.generation;
    this.#options.screen.write(data.subarray(known), () => {
      if (!this.#disposed && generation === this.#generation) this.#acknowledge(end);
    });
  }

  #acknowledge(drawn: number): void {
    this.#drawn = Math.max(this.#drawn, drawn);
    clearTimeout(this.#acknowledgeTimer);
    if (this.#drawn - this.#acknowledged >= acknowledgeAfter.bytes) this.#sendAcknowledgement();
    else this.#acknowledgeTimer = setTimeout(() => this.#sendAcknowledgement(), acknowledgeAfter.idle);
  }

  #sendAcknowledgement(): void {
    this.#acknowledged = this.#drawn;
    this.#send('terminal:acknowledge', { ...this.#address(), seq: this.#drawn });
  }

  #onExited(fact: Fact<'terminal:exited'>): void {
    if (!this.#isMine(fact)) return;
    if (fact.exitCode !== null) this.#setState({ state: 'ended', exitCode: fact.exitCode });
    else if (this.#state.state === 'open') this.#setState({ state: 'lost' });
  }

  #isMine(fact: { lesson: string; terminal: string }): boolean {
    return fact.lesson === this.#options.lesson && fact.terminal === this.#options.terminal;
  }

  #address(): { lesson: string; terminal: string } {
    return { lesson: this.#options.lesson, terminal: this.#options.terminal };
  }

  #send<N extends RequestName>(name: N, payload: RequestPayload<N>): void {
    this.#options.lab.send(name, payload);
  }

  #setState(state: SessionState): void {
    if (this.#disposed || (state.state === this.#state.state && state.state !== 'failed' && state.state !== 'ended'))
      return;
    this.#state = state;
    this.#options.onState(state);
  }
}
