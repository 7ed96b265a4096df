import { setTimeout as sleep } from 'node:timers/promises';
import { LabConnection, LabError } from '../../components/realtime/lab-connection.ts';
import { type SessionState, TerminalSession } from '../../components/terminal/terminal-session.ts';
import type { RequestName, RequestPayload, Results } from '../../protocol/events.ts';
import type { LessonProgress } from '../../protocol/lesson-view.ts';
import type { SandboxStatus } from '../../protocol/sandbox.ts';
import { desk } from './chaos-lessons.ts';
import { until } from './machine.ts';
import { TerminalTranscript } from './terminal-transcript.ts';

/** Codes that a learner may meet while something is broken. Any other is a mistake of the lab. */
const expected = [
  /^connection\.lost$/,
  /^engine\./,
  /^sandbox\./,
  /^daemon\./,
  /^host\.disk-full$/,
  /^store\.failed$/,
  /^file\.(failed|no-space|conflict)$/,
  /^terminal\.(failed|not-found|busy)$/,
  /^check\.timeout$/,
  // A page that has just come back asks before its lesson is open again.
  /^lesson\.not-found$/,
];

/** A save of what is there already costs least. */
const awake = { lesson: desk, path: 'awake', content: 'awake\n', basedOn: null, overwrite: true };
const size = { cols: 100, rows: 30 };
/** A page whose lesson could not be opened asks again after so long: milliseconds. */
const askAgainAfter = 1_000;

interface Listener {
  /** The lab has told of these checks as passed. */
  onPassed(checks: string[]): void;
  /** The sandbox of before was removed, its daemon with it. */
  onArchived(): void;
}

/** A browser's page without a browser: its own connection and terminal session, a screen that only keeps bytes. */
export class LearnerPage {
  readonly transcript = new TerminalTranscript();
  /** How often each request was answered how. */
  readonly answers = new Map<string, number>();
  /** Codes that no learner should ever meet, with the request. */
  readonly strange: string[] = [];
  sandbox: SandboxStatus = { state: 'none' };
  progress: LessonProgress | null = null;
  terminal: SessionState = { state: 'waiting' };
  readonly #lab: LabConnection;
  readonly #session: TerminalSession;
  readonly #hear: Listener;
  #opened = false;
  #openedBefore = false;
  #nudging = false;
  #restoring = false;
  #disposed = false;

  constructor(url: string, cookie: string, hear: Listener) {
    this.#hear = hear;
    this.#lab = new LabConnection(url, { cookie, origin: url });
    this.#lab.on('terminal:output', ({ generation, seq, data }) => {
      if (data.length > 0) this.transcript.push(generation, seq, data);
    });
    this.#session = new TerminalSession({
      lab: inNode(this.#lab),
      lesson: desk,
      terminal: 'main',
      ready: false,
      screen: { size, write: (_data, drawn) => setTimeout(drawn, 10), note: () => undefined, reset: () => undefined },
      onState: (state) => {
        this.terminal = state;
      },
    });
    this.#lab.on('sandbox:changed', ({ sandbox }) => this.#setSandbox(sandbox));
    this.#lab.on('progress:changed', ({ progress }) => {
      if (progress.lesson === desk) this.#setProgress(progress);
    });
    this.#lab.subscribeStatus(() => {
      if (this.#lab.status.state !== 'online') this.#opened = false;
      if (this.#lab.status.state === 'refused') this.strange.push(`the page was refused: ${this.#lab.status.message}`);
    });
    this.#lab.onOnline(() => void this.#open());
  }

  get restoring(): boolean {
    return this.#restoring;
  }

  get online(): boolean {
    return this.#lab.status.state === 'online' && this.#opened;
  }

  /** @throws LabError */
  async ask<N extends RequestName>(name: N, payload: RequestPayload<N>): Promise<Results[N]> {
    try {
      const data = await this.#lab.request(name, payload);
      this.#count(`${name} ok`);
      return data;
    } catch (error) {
      const code = error instanceof LabError ? error.code : 'internal';
      this.#count(`${name} ${code}`);
      if (!expected.some((pattern) => pattern.test(code)))
        this.strange.push(`${name} was answered with ${code}: ${error instanceof Error ? error.message : error}`);
      throw error;
    }
  }

  /**
   * Types a command line and waits for what it prints last, `word` and its exit code.
   * @returns the exit code, or null when nothing came in time
   */
  async type(command: string, word: string, timeoutMs: number): Promise<number | null> {
    const from = this.transcript.end;
    const generation = this.transcript.generation;
    this.#session.type(`${command}; printf '%s=%s.\\n' ${word} $?\r`);
    const pattern = new RegExp(`${word}=(\\d+)\\.`);
    let found: number | null = null;
    await until(() => {
      const since = this.transcript.generation === generation ? from : 0;
      const code = pattern.exec(this.transcript.textSince(since))?.[1];
      if (code !== undefined) found = Number(code);
      return found !== null || this.#disposed;
    }, timeoutMs);
    return found;
  }

  /** Uses the sandbox a little: one that went to sleep because nobody did comes back, and stays. */
  async nudge(): Promise<void> {
    if (this.#nudging || !this.online) return;
    this.#nudging = true;
    await this.ask('file:write', awake).catch(() => undefined);
    this.#nudging = false;
  }

  /** Whether everything on the page is as a learner wants it. */
  get ready(): boolean {
    return !this.#restoring && this.online && this.sandbox.state === 'ready' && this.terminal.state === 'open';
  }

  /** What is in the way of that, in words. */
  describe(): string {
    const why = this.sandbox.state === 'failed' ? ` (${this.sandbox.error.code}: ${this.sandbox.error.message})` : '';
    const terminal = this.terminal.state === 'failed' ? `failed (${this.terminal.message})` : this.terminal.state;
    const restoring = this.#restoring ? ', files are being restored' : '';
    const opened = this.#opened ? 'lesson open' : 'lesson not open';
    return `connection ${this.#lab.status.state}, ${opened}, sandbox ${this.sandbox.state}${why}, terminal ${terminal}${restoring}`;
  }

  dispose(): void {
    this.#disposed = true;
    this.#session.dispose();
    this.#lab.dispose();
  }

  #count(what: string): void {
    this.answers.set(what, (this.answers.get(what) ?? 0) + 1);
  }

  /** As the page does on every connection, until it worked. */
  async #open(): Promise<void> {
    while (!this.#disposed && this.#lab.status.state === 'online') {
      try {
        const opened = await this.ask(
          'lesson:open',
          this.#openedBefore ? { lesson: desk, again: true } : { lesson: desk },
        );
        this.#opened = true;
        this.#openedBefore = true;
        this.#setProgress(opened.progress);
        this.#setSandbox(opened.sandbox);
        return;
      } catch {
        await sleep(askAgainAfter);
      }
    }
  }

  #setSandbox(sandbox: SandboxStatus): void {
    this.sandbox = sandbox;
    this.#session.setReady(sandbox.state === 'ready');
    for (const notice of sandbox.state === 'ready' ? sandbox.notices : []) {
      if (notice.kind === 'archived' && notice.archive.restoredAt === null) void this.#restore(notice.archive.id);
    }
  }

  /** Whose files were put away gets them back before anything else, as often as it takes. */
  async #restore(archive: string): Promise<void> {
    if (this.#restoring) return;
    this.#restoring = true;
    this.#hear.onArchived();
    while (!this.#disposed) {
      try {
        await this.ask('sandbox:restore', { lesson: desk, archive });
        await this.ask('sandbox:dismiss', { lesson: desk, kind: 'archived' });
        break;
      } catch {
        await sleep(askAgainAfter);
      }
    }
    this.#restoring = false;
  }

  #setProgress(progress: LessonProgress): void {
    this.progress = progress;
    this.#hear.onPassed(Object.keys(progress.passed));
  }
}

/** Of socket.io's parser, the one for Node writes a `Buffer` as bytes, where the browser’s wants an `ArrayBuffer`. */
function inNode(lab: LabConnection): LabConnection {
  const request = lab.request.bind(lab);
  lab.request = (name, payload) => {
    const data = 'data' in payload ? payload.data : undefined;
    return request(name, data instanceof ArrayBuffer ? { ...payload, data: Buffer.from(data) } : payload);
  };
  return lab;
}
