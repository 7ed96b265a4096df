import type { CheckResult } from '../../protocol/lesson-view.ts';
import { DrydockError } from '../errors.ts';
import type { CommandEnd, LearnerPage, Transcript } from './learner-page.ts';

/** What a block does in the fake lab. */
export interface Effect {
  /** Checks that hold from then on. */
  meets?: string[];
  /** Milliseconds until the prompt is back. */
  takes?: number;
  exitCode?: number;
  /** The lab refuses it. */
  refused?: string;
}

/** A page without a lab, for unit tests: keeps a diary of what was asked of it. Time is what it says. */
export class FakePage implements LearnerPage {
  readonly diary: string[] = [];
  readonly #effects: Record<string, Effect>;
  /** Checks that get their tick only when asked for. */
  readonly #shy: ReadonlySet<string>;
  readonly #met: Set<string>;
  readonly #ticked = new Set<string>();
  readonly #busyUntil = new Map<string, { at: number; exitCode: number }>();
  now = 1_000_000;

  constructor(effects: Record<string, Effect>, options: { met?: string[]; shy?: string[] } = {}) {
    this.#effects = effects;
    this.#met = new Set(options.met);
    this.#shy = new Set(options.shy);
  }

  async open(): Promise<void> {
    this.diary.push('open');
  }

  async visitStep(step: string): Promise<void> {
    this.diary.push(`step ${step}`);
  }

  async run(block: string, terminal: string): Promise<void> {
    this.diary.push(`run ${block} in ${terminal}`);
    const { takes = 10, exitCode = 0 } = this.#do(block);
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
