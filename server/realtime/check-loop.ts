import type { CheckResult } from '../../protocol/lesson-view.ts';
import type { Disposable } from '../disposable.ts';
import type { CheckLoopOptions, Observer, Subject } from './check-loop-options.ts';
import { LookAgain } from './look-again.ts';
import { Patience } from './patience.ts';

/** What a program did is told to us at most so many milliseconds after its end, or so long as it has taken. */
const echoMs = 1_000;

type Lane = 'quick' | 'slow';
const lanes: readonly Lane[] = ['quick', 'slow'];

/**
 * Re-evaluates what can have changed, one round at a time; checks that run programs in rounds of their own. In the step
 * at hand, what can come to hold without a word, and what could not be looked at, is looked at again.
 *
 * A check that holds without the learner's doing ("there is no container web") must not tick before its time, so
 * ticks are earned in the first step that is not done, and, by a check that was seen unmet in this session, in the
 * step the learner is at.
 */
export class CheckLoop implements Disposable {
  readonly #options: CheckLoopOptions;
  readonly #passed: Set<string>;
  readonly #seenUnmet = new Set<string>();
  readonly #results = new Map<string, CheckResult>();
  readonly #dirty = new Set<string>();
  /** Index of the step the learner is at. */
  #visiting = 0;
  readonly #timers = new Map<Lane, NodeJS.Timeout>();
  readonly #running = new Set<Lane>();
  readonly #again: LookAgain;
  /** Looked at in a round that went wrong. */
  readonly #owed = new Set<string>();
  readonly #patience = new Patience();
  /** Until then, what Docker tells may be what a check's own program did. Infinity while one runs. */
  #echoesUntil = 0;
  /** Which one goes on where this one ended. */
  #heir: CheckLoop | null = null;
  #asking: Promise<unknown> = Promise.resolve();
  readonly #observers = new Set<Observer>();
  /** How often it was held: what was looked at before or during that says nothing. */
  #holds = 0;
  #disposed = false;

  constructor(options: CheckLoopOptions) {
    this.#options = options;
    this.#passed = new Set(options.passed);
    this.#again = new LookAgain(() => this.#lookAgain(), options.laterMs);
  }

  /** The last known results, in the lesson's order; what was never looked at is `waiting`. */
  results(): CheckResult[] {
    return this.#options.checks.map(({ id }) => this.#shown(id));
  }

  /** Something of these kinds changed. */
  touch(subjects: Iterable<Subject> | 'all'): void {
    const kinds = subjects === 'all' ? null : new Set(subjects);
    let isUnsettled = false;
    const isEcho = kinds !== null && !kinds.has('commands') && !kinds.has('files') && this.#isEchoing();
    for (const check of this.#options.checks) {
      if (this.#passed.has(check.id) && this.#observers.size === 0) continue;
      if (kinds !== null && ![...check.subjects].some((subject) => kinds.has(subject))) continue;
      // Looking at it again at once would make the next echo, and so on; it is looked at again soon in any case.
      if (isEcho && check.program === 'changing') continue;
      if (check.program && this.#observers.size === 0 && !this.#isAtHand(check.step) && this.#results.has(check.id))
        continue;
      this.#dirty.add(check.id);
      isUnsettled ||= this.#isUnsettled(check);
      if (!isEcho) this.#patience.forget(check.id);
    }
    if (isUnsettled && !isEcho) this.#again.restart();
    this.#again.wake();
    this.#schedule();
  }

  /** The learner is at this step now (index). */
  visit(step: number): void {
    if (step === this.#visiting) return;
    this.#visiting = step;
    this.touch('all');
  }

  /** Looks at one at once because the learner asked; what is met is earned, unless its step comes only later. */
  async ask(id: string): Promise<CheckResult[]> {
    // One after the other, however often somebody presses.
    await this.#inTurn([id], 'learner', (loop) => loop.#stepOf(id) <= loop.#visiting || loop.#isEarned(id));
    this.#newest().#askedFor();
    return [this.#newest().#shown(id)];
  }

  /** Looks at all at once because the learner asked, for nothing more than they would have without. */
  async askAll(): Promise<CheckResult[]> {
    const ids = this.#options.checks.map((check) => check.id);
    await this.#inTurn(ids, 'learner', (loop, id) => loop.#isEarned(id));
    this.#newest().#askedFor();
    return this.#newest().results();
  }

  /** Looks at once, held or not; what is met is earned by the lab. @returns what was found, ticks or not */
  catchUp(ids: string[]): Promise<CheckResult[]> {
    return this.#inTurn(ids, 'lab', () => true);
  }

  /** Tells all that is found from now on, and looks at checks that have their tick, too. */
  observe(observer: Observer): Disposable {
    this.#observers.add(observer);
    this.touch('all');
    return { dispose: () => this.#observers.delete(observer) };
  }

  /** It is held no more. */
  released(): void {
    this.#holds += 1;
    this.touch('all');
  }

  /** After a reset: nothing has been seen, and what passed stays passed. */
  forget(): void {
    this.#seenUnmet.clear();
    this.#results.clear();
    this.#dirty.clear();
    this.#owed.clear();
    this.#patience.clear();
    this.#options.onResults(this.results());
  }

  /** Goes on where another one is, which ends. What somebody asked of that one still counts, in this one. */
  takeOver(from: CheckLoop): void {
    from.dispose();
    from.#heir = this;
    for (const id of from.#passed) this.#passed.add(id);
    for (const id of from.#seenUnmet) this.#seenUnmet.add(id);
  }

  dispose(): void {
    this.#disposed = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.rest();
  }

  /** There is nothing to look at until something changes. */
  rest(): void {
    this.#again.rest();
  }

  #newest(): CheckLoop {
    return this.#heir === null ? this : this.#heir.#newest();
  }

  async #inTurn(
    ids: string[],
    how: 'learner' | 'lab',
    isEarned: (loop: CheckLoop, id: string) => boolean,
  ): Promise<CheckResult[]> {
    const turn = this.#asking.then(async () => {
      // Somebody waits for the answer, so it comes in the usual time.
      const found = await this.#options.evaluate(ids, 1);
      const loop = this.#newest();
      const known = found.filter(({ id }) => loop.#options.checks.some((check) => check.id === id));
      await loop.#take(known, (id) => isEarned(loop, id), how);
      return found;
    });
    this.#asking = turn.catch(() => undefined);
    return turn;
  }

  #schedule(): void {
    for (const lane of lanes) {
      const isIdle = !this.#running.has(lane) && !this.#timers.has(lane);
      if (this.#disposed || this.#isHeld() || !isIdle || this.#dirtyIn(lane).length === 0) continue;
      const timer = setTimeout(() => {
        this.#timers.delete(lane);
        if (!this.#isHeld()) void this.#round(lane);
      }, this.#options.settleMs);
      this.#timers.set(lane, timer);
    }
  }

  #dirtyIn(lane: Lane): string[] {
    return this.#options.checks
      .filter(({ id, program }) => this.#dirty.has(id) && (program ? 'slow' : 'quick') === lane)
      .map(({ id }) => id);
  }

  #lookAgain(): void {
    for (const check of this.#options.checks) {
      if (this.#isUnsettled(check)) this.#dirty.add(check.id);
    }
    this.#schedule();
  }

  /** It may hold now, or soon, and nobody would tell. */
  #isUnsettled({ id, step, settlesLater }: CheckLoopOptions['checks'][number]): boolean {
    if (this.#passed.has(id) || !this.#isAtHand(step)) return false;
    return settlesLater === true || this.#owed.has(id) || this.#results.get(id)?.state === 'failed';
  }

  /** Where the learner is, and where a check can earn its tick wherever they are. */
  #isAtHand(step: number): boolean {
    const undone = this.#options.checks.find(({ id }) => !this.#passed.has(id));
    return step === this.#visiting || step === undone?.step;
  }

  /** Who asked and did not get a tick waits for one. */
  #askedFor(): void {
    if (this.#disposed || !this.#options.checks.some((check) => this.#isUnsettled(check))) return;
    this.#again.restart();
    this.#again.goOn();
  }

  #isEchoing(): boolean {
    return performance.now() < this.#echoesUntil;
  }

  #isHeld(): boolean {
    return this.#options.isHeld?.() === true;
  }

  async #round(lane: Lane): Promise<void> {
    const ids = this.#dirtyIn(lane);
    for (const id of ids) this.#dirty.delete(id);
    this.#running.add(lane);
    const isChanging = this.#options.checks.some(({ id, program }) => program === 'changing' && ids.includes(id));
    if (isChanging) this.#echoesUntil = Number.POSITIVE_INFINITY;
    const began = performance.now();
    const holds = this.#holds;
    try {
      const found = await this.#options.evaluate(ids, this.#patience.with(ids));
      for (const id of ids) this.#owed.delete(id);
      if (this.#isHeld() || this.#holds !== holds) for (const id of ids) this.#dirty.add(id);
      else await this.#take(found, (id) => this.#isEarned(id), 'learner');
    } catch (error) {
      for (const id of ids) this.#owed.add(id);
      this.#options.onError(error);
    } finally {
      const ended = performance.now();
      if (isChanging) this.#echoesUntil = ended + Math.max(echoMs, ended - began);
      this.#running.delete(lane);
      this.#schedule();
      if (!this.#disposed && this.#options.checks.some((check) => this.#isUnsettled(check))) this.#again.goOn();
    }
  }

  async #take(found: CheckResult[], isEarned: (id: string) => boolean, how: 'learner' | 'lab'): Promise<void> {
    if (this.#disposed) return;
    for (const observer of [...this.#observers]) observer(found);
    const before = new Map(found.map(({ id }) => [id, this.#shown(id)]));
    const earned = found
      .filter((result) => result.state === 'met' && !this.#passed.has(result.id) && isEarned(result.id))
      .map((result) => result.id);
    if (earned.length > 0) await this.#options.onEarned(earned, how);
    // Another one may have taken over while that was saved.
    const newest = this.#newest();
    for (const id of earned) {
      this.#passed.add(id);
      newest.#passed.add(id);
    }
    for (const result of found) {
      this.#results.set(result.id, result);
      if (result.state === 'unmet') this.#seenUnmet.add(result.id);
      if (result.state === 'failed' && this.#patience.failed(result.id)) this.#again.restart();
    }
    for (const id of earned) this.#passed.add(id);
    const changed = found.map(({ id }) => this.#shown(id)).filter((now) => !sameResult(before.get(now.id), now));
    if (changed.length > 0) this.#options.onResults(changed);
    // Steps that are done now may make checks that already hold count.
    if (earned.length > 0) newest.touch('all');
  }

  #isEarned(id: string): boolean {
    const step = this.#stepOf(id);
    if (step === this.#visiting && this.#seenUnmet.has(id)) return true;
    return this.#options.checks.every((check) => check.step >= step || this.#passed.has(check.id));
  }

  #stepOf(id: string): number {
    return this.#options.checks.find((check) => check.id === id)?.step ?? 0;
  }

  #shown(id: string): CheckResult {
    const result = this.#results.get(id);
    if (this.#passed.has(id)) {
      return result?.state === 'met' ? result : { id, state: 'met', message: 'Done.', hint: null };
    }
    if (result === undefined) return { id, state: 'waiting', message: 'Not looked at yet.', hint: null };
    // It holds, but not by the learner's doing: quiet until its step comes.
    return result.state === 'met' ? { id, state: 'waiting', message: 'Not its turn yet.', hint: null } : result;
  }
}

function sameResult(a: CheckResult | undefined, b: CheckResult): boolean {
  return a !== undefined && a.state === b.state && a.message === b.message && a.hint === b.hint;
}
