import type { CheckResult } from '../../protocol/lesson-view.ts';
import type { Disposable } from '../disposable.ts';

/** Kinds of things whose change can change a check. */
export type Subject = 'containers' | 'images' | 'networks' | 'volumes' | 'files' | 'commands';

export interface CheckLoopOptions {
  /** All checks of the lesson in order: id, and the step it belongs to (index). */
  checks: {
    id: string;
    step: number;
    subjects: ReadonlySet<Subject>;
    /** It can come to hold some time after what changed it. */
    settlesLater?: boolean;
  }[];
  /** Looks at these checks once. Never rejects for a check's own sake. */
  evaluate: (ids: string[]) => Promise<CheckResult[]>;
  /** Checks the learner has passed already. */
  passed: ReadonlySet<string>;
  /** Saves checks that have been earned, by the learner or by the lab. A tick shows only once this has resolved. */
  onEarned: (ids: string[], how: 'learner' | 'lab') => Promise<void>;
  /** Called with results that differ from the last ones. */
  onResults: (results: CheckResult[]) => void;
  onError: (error: unknown) => void;
  /** Nothing is looked at by itself meanwhile; `released` is called afterwards. */
  isHeld?: () => boolean;
  /** Events in a burst become one round. */
  settleMs: number;
  /** When checks that settle later are looked at again: milliseconds since the last change. */
  laterMs?: readonly number[];
}

/** A server that is started listens some seconds later, and nobody tells. */
const usualLater = [1_000, 2_000, 4_000, 8_000];

/** Results as they were found, ticks or not. */
type Observer = (results: CheckResult[]) => void;

/**
 * Re-evaluates what can have changed, one round at a time.
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
  #timer: NodeJS.Timeout | null = null;
  #later: NodeJS.Timeout | null = null;
  /** Which one goes on where this one ended. */
  #heir: CheckLoop | null = null;
  #asking: Promise<unknown> = Promise.resolve();
  readonly #observers = new Set<Observer>();
  /** How often it was held: what was looked at before or during that says nothing. */
  #holds = 0;
  #running = false;
  #disposed = false;

  constructor(options: CheckLoopOptions) {
    this.#options = options;
    this.#passed = new Set(options.passed);
  }

  /** The last known results, in the lesson's order; what was never looked at is `waiting`. */
  results(): CheckResult[] {
    return this.#options.checks.map(({ id }) => this.#shown(id));
  }

  /** Something of these kinds changed. */
  touch(subjects: Iterable<Subject> | 'all'): void {
    const kinds = subjects === 'all' ? null : new Set(subjects);
    let later = false;
    for (const check of this.#options.checks) {
      if (this.#passed.has(check.id) && this.#observers.size === 0) continue;
      if (kinds !== null && ![...check.subjects].some((subject) => kinds.has(subject))) continue;
      this.#dirty.add(check.id);
      later ||= this.#isLate(check);
    }
    this.#schedule();
    if (later) this.#lookLater();
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
    return [this.#newest().#shown(id)];
  }

  /** Looks at all at once because the learner asked, for nothing more than they would have without. */
  async askAll(): Promise<CheckResult[]> {
    const ids = this.#options.checks.map((check) => check.id);
    await this.#inTurn(ids, 'learner', (loop, id) => loop.#isEarned(id));
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
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.rest();
  }

  /** There is nothing to look at until something changes. */
  rest(): void {
    if (this.#later !== null) clearTimeout(this.#later);
    this.#later = null;
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
      const found = await this.#options.evaluate(ids);
      const loop = this.#newest();
      const known = found.filter(({ id }) => loop.#options.checks.some((check) => check.id === id));
      await loop.#take(known, (id) => isEarned(loop, id), how);
      return found;
    });
    this.#asking = turn.catch(() => undefined);
    return turn;
  }

  #schedule(): void {
    if (this.#disposed || this.#isHeld() || this.#running || this.#timer !== null || this.#dirty.size === 0) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (!this.#isHeld()) void this.#round();
    }, this.#options.settleMs);
  }

  /** Looks again at what may hold only in some seconds: less and less often, and not for ever. */
  #lookLater(nth = 0): void {
    this.rest();
    const times = this.#options.laterMs ?? usualLater;
    const at = times[nth];
    if (at === undefined || this.#disposed) return;
    this.#later = setTimeout(
      () => {
        const late = this.#options.checks.filter((check) => this.#isLate(check));
        if (late.length === 0) return;
        for (const { id } of late) this.#dirty.add(id);
        this.#schedule();
        this.#lookLater(nth + 1);
      },
      at - (times[nth - 1] ?? 0),
    );
  }

  #isLate({ id, step, settlesLater }: CheckLoopOptions['checks'][number]): boolean {
    return settlesLater === true && step === this.#visiting && !this.#passed.has(id);
  }

  #isHeld(): boolean {
    return this.#options.isHeld?.() === true;
  }

  async #round(): Promise<void> {
    const ids = this.#options.checks.map((check) => check.id).filter((id) => this.#dirty.has(id));
    this.#dirty.clear();
    this.#running = true;
    const holds = this.#holds;
    try {
      const found = await this.#options.evaluate(ids);
      if (this.#isHeld() || this.#holds !== holds) for (const id of ids) this.#dirty.add(id);
      else await this.#take(found, (id) => this.#isEarned(id), 'learner');
    } catch (error) {
      this.#options.onError(error);
    } finally {
      this.#running = false;
      this.#schedule();
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
