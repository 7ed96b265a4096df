import { setTimeout as delay } from 'node:timers/promises';
import type { TerminalSummary } from '../../protocol/events.ts';
import type { CheckResult, LessonProgress } from '../../protocol/lesson-view.ts';
import type { Preparation } from '../../protocol/preparation.ts';
import type { QuizAnswer } from '../../protocol/quiz.ts';
import type { SandboxStatus } from '../../protocol/sandbox.ts';
import type { LabSocket } from './lab-socket.ts';
import type { CommandEnd, LearnerPage, Transcript } from './learner-page.ts';
import { TerminalRecord } from './terminal-record.ts';

/** As wide as a terminal is beside a lesson, and outputs are shown in one. */
const size = { cols: 100, rows: 30 };
const sandboxMs = 120_000;
/** A shell that has not told of a command's end for so long after it was typed, and is at its prompt, tells nothing. */
const untoldMs = 3_000;
/** How often such a shell is looked at, and how long its prompt has to stay. */
const glanceMs = 500;
const steadyMs = 60;
/** A learner presses Run when they see a prompt, and Ctrl-C when they see that something runs. */
const seenMs = { prompt: 15_000, start: 3_000 };
/** Output is acknowledged as a page does, which draws it some frames later. */
const drawnMs = 20;

/** A browser's page of one lesson, without a browser: the same requests and facts over the same socket. */
export class SocketPage implements LearnerPage {
  readonly #lab: LabSocket;
  readonly #lesson: string;
  readonly #terminals = new Map<string, TerminalRecord>();
  readonly #drawing = new Set<string>();
  #sandbox: SandboxStatus = { state: 'none' };
  #opening: Promise<void> = Promise.resolve();
  #progress: Pick<LessonProgress, 'passed' | 'stepsDone'> = { passed: {}, stepsDone: [] };
  #preparation: Preparation | null = null;

  constructor(lab: LabSocket, lesson: string) {
    this.#lab = lab;
    this.#lesson = lesson;
    lab.on('sandbox:changed', ({ sandbox }) => {
      this.#sandbox = sandbox;
    });
    lab.on('progress:changed', ({ progress }) => {
      if (progress.lesson === lesson) this.#progress = progress;
    });
    lab.on('preparation:changed', (fact) => {
      if (fact.lesson === lesson) this.#preparation = fact.preparation;
    });
    lab.on('terminal:changed', (fact) => {
      if (fact.lesson === lesson) this.#takeTerminals(fact.terminals);
    });
    lab.on('terminal:exited', ({ terminal, exitCode }) => {
      const record = this.#terminals.get(terminal);
      if (record !== undefined && exitCode !== null) record.shellEnded = true;
    });
    lab.on('terminal:output', ({ terminal, seq, data }) => {
      this.#terminals.get(terminal)?.push(seq, data);
      this.#acknowledgeLater(terminal);
    });
  }

  open(): Promise<void> {
    const opening = this.#open();
    this.#opening = opening.catch(() => undefined);
    return opening;
  }

  /** Resolves when no sandbox is being started: one that is made after its server was stopped would stay. */
  settled(): Promise<void> {
    return this.#opening;
  }

  async #open(): Promise<void> {
    const opened = await this.#lab.ask('lesson:open', { lesson: this.#lesson }, ({ preparation }) => {
      this.#preparation = preparation;
    });
    this.#progress = opened.progress;
    // What came as a fact meanwhile is newer.
    if (this.#sandbox.state === 'none') this.#sandbox = opened.sandbox;
    const settled = () => this.#sandbox.state === 'ready' || this.#sandbox.state === 'failed';
    if (!(await this.#lab.until(settled, sandboxMs))) throw new Error('The sandbox did not get ready.');
    if (this.#sandbox.state === 'failed') throw new Error(this.#sandbox.error.message);
  }

  async visitStep(step: string): Promise<void> {
    await this.#lab.ask('lesson:visit-step', { lesson: this.#lesson, step });
  }

  async prepared(timeoutMs: number): Promise<Preparation | null> {
    await this.#lab.until(() => this.#preparation?.state !== 'running', timeoutMs);
    return this.#preparation;
  }

  async startOver(step: string): Promise<void> {
    this.#terminals.clear(); // its shells end with the old sandbox
    await this.#lab.ask('lesson:start-over', { lesson: this.#lesson, step });
  }

  async run(block: string, terminal: string): Promise<void> {
    let record = this.#terminals.get(terminal);
    if (record === undefined) {
      record = new TerminalRecord(size);
      this.#terminals.set(terminal, record);
      await this.#lab.ask('terminal:open', { lesson: this.#lesson, terminal, ...size, after: 0 });
      await this.#lab.until(() => record?.busy === false, seenMs.prompt);
    }
    const { commandsStarted } = record;
    record.willType();
    record.shellEnded = false;
    // Before the lab has answered: a short command has ended by then.
    record.typed = Date.now();
    await this.#lab.ask('terminal:run', { lesson: this.#lesson, block, interrupt: false });
    await this.#lab.until(() => (record?.commandsStarted ?? 0) > commandsStarted, seenMs.start);
  }

  async commandEnd(terminal: string, timeoutMs: number): Promise<CommandEnd> {
    const record = this.#terminals.get(terminal);
    if (record === undefined) return { ended: true, exitCode: null };
    const deadline = Date.now() + timeoutMs;
    const isBack = () => record.shellEnded || record.isBack;
    while (!(await this.#lab.until(isBack, Math.min(glanceMs, deadline - Date.now())))) {
      // A shell that says nothing of its commands, such as one within another.
      if (record.isUntold(untoldMs) && (await this.#isSteady(record))) break;
      if (Date.now() >= deadline) return { ended: false };
    }
    record.typed = null;
    return { ended: true, exitCode: record.exitCode };
  }

  async #isSteady(record: TerminalRecord): Promise<boolean> {
    const isBusy = () => record.busy === true;
    await this.#listTerminals();
    if (isBusy()) return false;
    await delay(steadyMs);
    await this.#listTerminals();
    return !isBusy();
  }

  printed(terminal: string): string[] | null {
    const record = this.#terminals.get(terminal);
    return record === undefined ? [] : record.printed();
  }

  async apply(block: string): Promise<void> {
    await this.#lab.ask('file:apply', { lesson: this.#lesson, block });
  }

  async evaluate(check: string): Promise<CheckResult> {
    const [result] = await this.#lab.ask('check:evaluate', { lesson: this.#lesson, check });
    if (result === undefined) throw new Error('The lab did not say how the check stands.');
    return result;
  }

  async ticked(checks: readonly string[], timeoutMs: number): Promise<Set<string>> {
    const has = (check: string) => Object.hasOwn(this.#progress.passed, check);
    await this.#lab.until(() => checks.every(has), timeoutMs);
    return new Set(checks.filter(has));
  }

  async answer(quiz: string, answer: QuizAnswer): Promise<boolean> {
    return (await this.#lab.ask('quiz:answer', { lesson: this.#lesson, quiz, answer })).right;
  }

  stepDone(step: string, timeoutMs: number): Promise<boolean> {
    return this.#lab.until(() => this.#progress.stepsDone.includes(step), timeoutMs);
  }

  passed(): ReadonlySet<string> {
    return new Set(Object.keys(this.#progress.passed));
  }

  transcripts(): Transcript[] {
    return [...this.#terminals].map(([terminal, record]) => ({ terminal, lines: record.lines() }));
  }

  async #listTerminals(): Promise<void> {
    await this.#lab.ask('terminal:list', { lesson: this.#lesson }, (terminals) => this.#takeTerminals(terminals));
  }

  #takeTerminals(terminals: readonly TerminalSummary[]): void {
    for (const { terminal, busy } of terminals) {
      const record = this.#terminals.get(terminal);
      if (record !== undefined) record.busy = busy;
    }
  }

  #acknowledgeLater(terminal: string): void {
    if (this.#drawing.has(terminal)) return;
    this.#drawing.add(terminal);
    setTimeout(() => {
      this.#drawing.delete(terminal);
      const seq = this.#terminals.get(terminal)?.end ?? 0;
      this.#lab.send('terminal:acknowledge', { lesson: this.#lesson, terminal, seq });
    }, drawnMs);
  }
}
