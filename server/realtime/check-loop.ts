import type { CheckResult } from '../../protocol/lesson-view.ts';
import type { Disposable } from '../disposable.ts';
import { type CheckLane, lanesOf } from './check-lane.ts';
import type { CheckLoopOptions, LoopCheck, Observer, Subject } from './check-loop-options.ts';
import { Echoes } from './echoes.ts';
import { Patience } from './patience.ts';

/**
 * Re-evaluates what can have changed, one round at a time in each lane. In the step at hand, what can come to hold
 * without a word, and what could not be looked at, is looked at again.
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
  readonly #lanes: readonly CheckLane[];
  /** Looked at in a round that went wrong. */
  readonly #owed = new Set<string>();
  readonly #patience = new Patience();
  readonly #echoes = new Echoes();
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
    this.#lanes = lanesOf(options, (lane) => this.#lookAgain(lane));
  }

  /** The last known results, in the lesson's order; what was never looked at is `waiting`. */
  results(): CheckResult[] {
    return this.#options.checks.map(({ id }) => this.#shown(id));
  }

  /** Something of these kinds changed. */
  touch(subjects: Iterable<Subject> | 'all'): void {
    const kinds = subjects === 'all' ? null : new Set(subjects);
    const isEcho = kinds !== null && !kinds.has('commands') && this.#echoes.areHeard;
    for (const lane of this.#lanes) {
      lane.again.wake();
      const touched = lane.checks.filter((check) => this.#isWorthALook(check, kinds));
      for (const { id, program } of touched) {
        if (!isEcho) this.#patience.forget(id);
        // Looking at it again at once would make the next echo, and so on.
        if (!isEcho || program !== 'changing') this.#dirty.add(id);
      }
      if (!touched.some((check) => this.#isUnsettled(check))) continue;
      if (isEcho) lane.again.missed();
      else lane.again.restart();
    }
    this.#schedule();
    if (isEcho) for (const lane of this.#lanes) this.#goOn(lane);
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
    for (const lane of this.#lanes) lane.dispose();
  }

  /** There is nothing to look at until something changes. */
  rest(): void {
    for (const lane of this.#lanes) lane.again.rest();
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

  /** @param kinds null: anything may have changed */
  #isWorthALook({ id, step, subjects, program }: LoopCheck, kinds: ReadonlySet<Subject> | null): boolean {
    if (kinds !== null && ![...subjects].some((subject) => kinds.has(subject))) return false;
    if (this.#observers.size > 0) return true;
    if (this.#passed.has(id)) return false;
    // Without a sandbox, or on a machine that is too busy, a look finds nothing out.
    const isKnown = ['met', 'unmet'].includes(this.#results.get(id)?.state ?? '');
    return !program || !isKnown || this.#isAtHand(step);
  }

  #schedule(): void {
    for (const lane of this.#lanes) {
      if (this.#disposed || this.#isHeld() || lane.isBusy || this.#dirtyIn(lane).length === 0) continue;
      lane.schedule(async () => {
        if (!this.#isHeld()) await this.#round(lane);
      }, this.#options.settleMs);
    }
  }

  #dirtyIn(lane: CheckLane): string[] {
    return lane.checks.map(({ id }) => id).filter((id) => this.#dirty.has(id));
  }

  #lookAgain(lane: CheckLane): void {
    for (const check of lane.checks) {
      if (this.#isUnsettled(check)) this.#dirty.add(check.id);
    }
    this.#schedule();
  }

  /** Where nothing runs, for a pause is from the end of one look to the next. */
  #goOn(lane: CheckLane): void {
    if (this.#disposed || lane.isBusy) return;
    if (lane.checks.some((check) => this.#isUnsettled(check))) lane.again.goOn();
  }

  /** It may hold now, or soon, and nobody would tell. */
  #isUnsettled({ id, step, settlesLater }: LoopCheck): boolean {
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
    for (const lane of this.#lanes) {
      if (!lane.checks.some((check) => this.#isUnsettled(check))) continue;
      lane.again.restart();
      this.#goOn(lane);
    }
  }

  #isHeld(): boolean {
    return this.#options.isHeld?.() === true;
  }

  async #round(lane: CheckLane): Promise<void> {
    const ids = this.#dirtyIn(lane);
    for (const id of ids) this.#dirty.delete(id);
    await lane.run(() => (lane.isChanging ? this.#echoes.during(() => this.#look(ids)) : this.#look(ids)));
    this.#schedule();
    this.#goOn(lane);
  }

  /** Never rejects. */
  async #look(ids: string[]): Promise<void> {
    const holds = this.#holds;
    try {
      const found = await this.#options.evaluate(ids, this.#patience.with(ids));
      for (const id of ids) this.#owed.delete(id);
      if (this.#isHeld() || this.#holds !== holds) for (const id of ids) this.#dirty.add(id);
      else await this.#take(found, (id) => this.#isEarned(id), 'learner');
    } catch (error) {
      for (const id of ids) this.#owed.add(id);
      this.#options.onError(error);
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
      if (result.state === 'failed' && this.#patience.failed(result.id)) this.#laneOf(result.id)?.again.restart();
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

  #laneOf(id: string): CheckLane | undefined {
    return this.#lanes.find(({ checks }) => checks.some((check) => check.id === id));
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
