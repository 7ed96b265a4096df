import type { Quiz } from '../../protocol/lesson-schema.ts';
import type { CheckResult } from '../../protocol/lesson-view.ts';
import type { Preparation } from '../../protocol/preparation.ts';
import type { QuizAnswer } from '../../protocol/quiz.ts';
import { DrydockError } from '../errors.ts';
import { judgeQuiz } from '../lessons/judge-quiz.ts';
import type { CommandEnd, LearnerPage, Transcript } from './learner-page.ts';

/** What a block does in the fake lab. */
export interface Effect {
  /** Checks that hold from then on. */
  meets?: string[];
  /** Milliseconds until the prompt is back. */
  takes?: number;
  exitCode?: number;
  /** What the command prints; null: too much to keep. */
  prints?: string[] | null;
  /** The lab refuses it. */
  refused?: string;
}

interface FakePageOptions {
  met?: string[];
  shy?: string[];
  quizzes?: ReadonlyMap<string, Quiz>;
  /** What the lab meets when it starts over. */
  caughtUp?: string[];
  /** What has its tick from the beginning. */
  tickedFirst?: string[];
}

/** A page without a lab, for unit tests: keeps a diary of what was asked of it. Time is what it says. */
export class FakePage implements LearnerPage {
  readonly diary: string[] = [];
  readonly #effects: Record<string, Effect>;
  /** Checks that get their tick only when asked for. */
  readonly #shy: ReadonlySet<string>;
  readonly #met: Set<string>;
  readonly #ticked = new Set<string>();
  readonly #quizzes: ReadonlyMap<string, Quiz>;
  readonly #caughtUp: readonly string[];
  /** What the lab did not get done by itself. */
  preparation: Preparation | null = null;
  readonly #busyUntil = new Map<string, { at: number; exitCode: number }>();
  readonly #printed = new Map<string, string[] | null>();
  now = 1_000_000;

  constructor(effects: Record<string, Effect>, options: FakePageOptions = {}) {
    this.#effects = effects;
    this.#met = new Set(options.met);
    this.#shy = new Set(options.shy);
    this.#quizzes = options.quizzes ?? new Map();
    this.#caughtUp = options.caughtUp ?? [];
    for (const check of options.tickedFirst ?? []) this.#ticked.add(check);
  }

  async open(): Promise<void> {
    this.diary.push('open');
  }

  async visitStep(step: string): Promise<void> {
    this.diary.push(`step ${step}`);
  }

  async run(block: string, terminal: string): Promise<void> {
    this.diary.push(`run ${block} in ${terminal}`);
    const { takes = 10, exitCode = 0, prints = [] } = this.#do(block);
    this.#printed.set(terminal, prints);
    if ((this.#busyUntil.get(terminal)?.at ?? 0) > this.now)
      throw new DrydockError('terminal.busy', `Something is still running in terminal ${terminal}.`);
    this.#busyUntil.set(terminal, { at: this.now + takes, exitCode });
  }

  async commandEnd(terminal: string, timeoutMs: number): Promise<CommandEnd> {
    const busy = this.#busyUntil.get(terminal);
    if (busy === undefined) return { ended: true, exitCode: null };
    const left = Math.max(0, busy.at - this.now);
    this.now += Math.min(left, timeoutMs);
    return left > timeoutMs ? { ended: false } : { ended: true, exitCode: busy.exitCode };
  }

  printed(terminal: string): string[] | null {
    const printed = this.#printed.get(terminal);
    return printed === undefined ? [] : printed;
  }

  async apply(block: string): Promise<void> {
    this.diary.push(`apply ${block}`);
    this.#do(block);
  }

  async evaluate(check: string): Promise<CheckResult> {
    this.diary.push(`ask ${check}`);
    if (this.#met.has(check)) this.#ticked.add(check);
    const met = this.#ticked.has(check);
    return {
      id: check,
      state: met ? 'met' : 'unmet',
      message: met ? 'It is so.' : 'It is not so.',
      hint: met ? null : 'Try.',
    };
  }

  async ticked(checks: readonly string[], timeoutMs: number): Promise<Set<string>> {
    for (const check of this.#met) if (!this.#shy.has(check)) this.#ticked.add(check);
    const found = new Set(checks.filter((check) => this.#ticked.has(check)));
    if (found.size < checks.length) this.now += timeoutMs;
    return found;
  }

  async prepared(): Promise<Preparation | null> {
    return this.preparation;
  }

  async startOver(step: string): Promise<void> {
    this.diary.push(`start over from ${step}`);
  }

  async answer(id: string, answer: QuizAnswer): Promise<boolean> {
    const quiz = this.#quizzes.get(id);
    if (quiz === undefined) throw new Error(`There is no quiz ${id}.`);
    const { right } = judgeQuiz(quiz, answer);
    this.diary.push(
      `answer ${'text' in answer ? answer.text : answer.choices.join(' ')}: ${right ? 'right' : 'wrong'}`,
    );
    return right;
  }

  async stepDone(): Promise<boolean> {
    return true;
  }

  passed(): ReadonlySet<string> {
    return new Set([...this.#caughtUp, ...this.#ticked]);
  }

  transcripts(): Transcript[] {
    return [{ terminal: 'main', lines: ['$ what was typed'] }];
  }

  #do(block: string): Effect {
    const effect = this.#effects[block] ?? {};
    if (effect.refused !== undefined) throw new Error(effect.refused);
    for (const check of effect.meets ?? []) this.#met.add(check);
    return effect;
  }
}
