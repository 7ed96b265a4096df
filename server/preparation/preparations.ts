import type { Preparation } from '../../protocol/preparation.ts';
import type { Actor } from '../access.ts';
import type { Disposable } from '../disposable.ts';
import { DrydockError, errorForLog } from '../errors.ts';
import type { ReadySandbox } from '../sandbox/sandbox-manager.ts';
import { OneAtATime } from './one-at-a-time.ts';
import type { PreparationParts } from './preparation-parts.ts';
import { PreparationRun } from './preparation-run.ts';
import { advice } from './preparation-words.ts';
import { setUpSteps } from './set-up-steps.ts';
import { startOverFrom } from './start-over-from.ts';

/**
 * What the lab does in learners' sandboxes by itself: at most one thing at a time for each learner and lesson. It is
 * kept in memory; after a restart of the server there is none, and setup that is still missing is done when the
 * lesson is opened again.
 */
export class Preparations implements Disposable {
  readonly #parts: PreparationParts;
  readonly #runs = new Map<string, PreparationRun>();
  /** What each works on, until it has really stopped. Nothing in it may wait for `open`, which can wait for it. */
  readonly #work = new OneAtATime<string>();
  #disposed = false;

  constructor(parts: PreparationParts) {
    this.#parts = parts;
  }

  /** null: there is none. */
  current(learner: string, lesson: string): Preparation | null {
    return this.#runs.get(keyOf(learner, lesson))?.shown ?? null;
  }

  /** Whether nothing of this lesson gets its tick by itself now. */
  holdsChecks(learner: string, lesson: string): boolean {
    return this.#runs.get(keyOf(learner, lesson))?.holdsChecks === true;
  }

  /** For what must not come between the lab and what it does. @throws lesson.preparing */
  async assertIdle(learner: string, lesson: string): Promise<void> {
    const run = this.#runs.get(keyOf(learner, lesson));
    if (run === undefined) return;
    await run.looked();
    if (run.working) throw preparing(run.kind);
  }

  /**
   * A step opens in a sandbox that answers: what is set up for it, and for those before it, is begun unless it has
   * been done in this sandbox. Checks are held from the call on. Resolves when it is known whether there is any.
   */
  open(actor: Actor, lesson: string, step: string | null, sandbox: ReadySandbox): Promise<void> {
    const key = keyOf(actor.learner, lesson);
    const known = this.#runs.get(key);
    if (known !== undefined) {
      if (known.kind === 'start-over' && !known.failed) return known.looked();
      if (known.kind === 'setup' && known.sandboxId === sandbox.id) {
        if (step !== null) known.steps.add(step);
        return known.looked();
      }
      if (known.kind === 'setup') known.abort();
    }
    // That starting over failed is shown until there is something newer to show.
    const shown = known?.kind === 'start-over' ? known : null;
    const run = this.#begin({ actor, lesson, kind: 'setup', steps: step === null ? [] : [step] }, shown);
    run.sandboxId = sandbox.id;
    this.#follow(run, () => setUpSteps(this.#parts, run, sandbox));
    return run.looked();
  }

  /** @throws lesson.not-found, lesson.invalid, lesson.block-not-found, lesson.preparing */
  async startOver(actor: Actor, lesson: string, step: string): Promise<void> {
    const { steps } = await this.#parts.reader.lesson(actor, lesson);
    if (!steps.some((each) => each.id === step)) {
      throw new DrydockError(
        'lesson.block-not-found',
        'This lesson has no such step. Reload the page to see its newest text.',
      );
    }
    await this.assertIdle(actor.learner, lesson);
    const known = this.#runs.get(keyOf(actor.learner, lesson));
    // Another window may have been quicker.
    if (known?.working === true) throw preparing(known.kind);
    known?.abort();
    this.#startOver(actor, lesson, step);
  }

  /** What failed is tried again; where nothing did, there is nothing to do. @throws sandbox.* */
  async retry(actor: Actor, lesson: string): Promise<void> {
    const run = this.#runs.get(keyOf(actor.learner, lesson));
    if (run === undefined || !run.failed) return;
    const [first] = run.steps;
    if (run.kind === 'start-over' && first !== undefined) {
      run.abort();
      this.#startOver(actor, lesson, first);
      return;
    }
    const sandbox = this.#parts.sandboxes.ready(actor.learner);
    run.abort();
    const next = this.#begin({ actor, lesson, kind: 'setup', steps: [...run.steps] });
    next.sandboxId = sandbox.id;
    this.#follow(next, () => setUpSteps(this.#parts, next, sandbox));
    await next.looked();
  }

  /** Stops what is done, or forgets what failed: the learner goes on without it. */
  async cancel(learner: string, lesson: string): Promise<void> {
    const key = keyOf(learner, lesson);
    const run = this.#runs.get(key);
    run?.abort();
    // A reset that is under way goes on, and nobody needs to wait for that.
    if (run !== undefined && run.sandboxId !== null) await this.#work.ended(key, run);
    const session = await this.#parts.sessions.find(learner, lesson);
    // What is set up for steps that were opened meanwhile was put off.
    if (run?.kind === 'start-over') session?.reopen();
    // After a failure its work had ended before, with checks held.
    session?.prepared();
  }

  /** The learner's sandbox was reset or removed (`id`: which), or does not run any more (`id` null). */
  sandboxLost(learner: string, id: string | null): void {
    for (const run of [...this.#runs.values()]) {
      // One that has its sandbox made anew just now is what asked for that.
      if (run.actor.learner !== learner || run.sandboxId === null) continue;
      if (id !== null || (run.kind === 'setup' && !run.failed)) run.abort();
      else if (!run.failed) run.stop(`Your sandbox stopped in the middle of this. ${advice[run.kind]}`);
    }
    if (id !== null) this.#note(this.#parts.done.forget(id));
  }

  /** Notes of setup in sandboxes that are gone without a word are cleared away. */
  forgetUnowned(): void {
    this.#note(this.#parts.done.forgetUnowned());
  }

  #note(forgetting: Promise<void>): void {
    forgetting.catch((error: unknown) => {
      this.#parts.logger.error(errorForLog(error), 'what was set up in a sandbox was not forgotten');
    });
  }

  /** Resolves when nothing is being done any more; after `dispose` nothing begins. */
  async settled(): Promise<void> {
    await this.#work.settled();
  }

  dispose(): void {
    this.#disposed = true;
    for (const run of [...this.#runs.values()]) run.abort();
  }

  #startOver(actor: Actor, lesson: string, step: string): void {
    const run = this.#begin({ actor, lesson, kind: 'start-over', steps: [step] });
    run.show({ step, done: 0, of: 0, doing: '' });
    this.#follow(run, () => startOverFrom(this.#parts, run, step));
  }

  /** @param failed shown again when this one finds nothing to do */
  #begin(
    about: Pick<PreparationRun, 'actor' | 'lesson' | 'kind'> & { steps: string[] },
    failed: PreparationRun | null = null,
  ): PreparationRun {
    const { clock, tell } = this.#parts;
    const { actor, lesson } = about;
    const key = keyOf(actor.learner, lesson);
    let hasTold = false;
    const run: PreparationRun = new PreparationRun({
      ...about,
      clock,
      tell: (preparation) => {
        hasTold = true;
        // One that was replaced has nothing to tell.
        if (this.#runs.get(key) === run) tell(actor.learner, lesson, preparation);
      },
      onEnded: () => {
        if (this.#runs.get(key) !== run) return;
        this.#runs.delete(key);
        if (failed === null || hasTold) return;
        this.#runs.set(key, failed);
        if (run.signal.aborted) failed.abort();
      },
    });
    this.#runs.set(key, run);
    return run;
  }

  /** @param work resolves when all is done; throws a DrydockError with words for the learner when it cannot be */
  #follow(run: PreparationRun, work: () => Promise<void>): void {
    const { learner } = run.actor;
    if (this.#disposed) {
      run.abort();
      return;
    }
    this.#work.add(keyOf(learner, run.lesson), run, async () => {
      try {
        run.signal.throwIfAborted(); // while it waited
        await work();
        run.end();
      } catch (error) {
        this.#failed(run, error);
      }
      // Not waited for: while its text is renewed a session cannot be had, and that may wait for what comes next.
      void this.#parts.sessions.find(learner, run.lesson).then(
        (session) => session?.prepared(),
        () => undefined, // the lesson cannot be opened any more, and has nothing to be told
      );
    });
  }

  #failed(run: PreparationRun, error: unknown): void {
    if (run.signal.aborted) return;
    const foreseen = error instanceof DrydockError;
    const { logger } = this.#parts;
    logger[foreseen ? 'info' : 'error']({ lesson: run.lesson, ...errorForLog(error) }, 'a preparation failed');
    const why = foreseen ? error.message : 'Something went wrong inside Drydock; the server log has the details.';
    run.fail(`${why}\n${advice[run.kind]}`);
  }
}

function preparing(kind: Preparation['kind']): DrydockError {
  return new DrydockError(
    'lesson.preparing',
    kind === 'setup'
      ? 'The lab is preparing this step in your sandbox. Wait until that is done, or stop it.'
      : 'The lab is doing the earlier steps in your sandbox. Wait until that is done, or stop it.',
  );
}

function keyOf(learner: string, lesson: string): string {
  return `${learner}:${lesson}`;
}
