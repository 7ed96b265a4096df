import type { LessonOpened } from '../../protocol/events.ts';
import type { CheckResult, LessonProgress } from '../../protocol/lesson-view.ts';
import type { Clock } from '../clock.ts';
import { type Disposable, DisposableStore } from '../disposable.ts';
import { errorForLog } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { ReadySandbox } from '../sandbox/sandbox-manager.ts';
import type { LessonOutline, ProgressStore } from '../store/progress-store.ts';
import { CheckLoop } from './check-loop.ts';
import type { Subject } from './check-loop-options.ts';

/** A command the learner ran in this lesson, as their shell reported it. */
export interface RanCommand {
  command: string;
  exitCode: number | null;
  /** unix milliseconds */
  at: number;
}

export interface LessonSessionOptions {
  learner: string;
  lesson: LessonOutline;
  /** What each check looks at. */
  subjects: (check: string) => ReadonlySet<Subject>;
  /** Of which checks something can come to hold without any change that is told. */
  settlesLater: (check: string) => boolean;
  /** Which checks run a program in the sandbox, and whether it may change what Docker holds. */
  program: (check: string) => 'reading' | 'changing' | null;
  progress: ProgressStore;
  initial: LessonProgress;
  clock: Clock;
  logger: Logger;
  /** Looks at these checks in the learner's sandbox, for `patience` times as long as usual. */
  evaluate: (
    sandbox: ReadySandbox,
    checks: string[],
    commands: readonly RanCommand[],
    patience: number,
  ) => Promise<CheckResult[]>;
  /** Puts the lesson's files into the sandbox where they are missing. */
  prepare: (sandbox: ReadySandbox) => Promise<void>;
  /** Begins what is set up for this step; resolves when it is known whether anything is. */
  setUp: (step: string | null, sandbox: ReadySandbox) => Promise<void>;
  /** The lab is at work in the sandbox: what holds meanwhile is not the learner's doing. */
  isHeld: () => boolean;
  /** Follows the daemon and the files of this lesson; the store owns what it opens. */
  follow: (sandbox: ReadySandbox, listener: (subjects: Subject[], paths: string[] | null) => void) => Disposable;
  tell: {
    checks: (checks: CheckResult[]) => void;
    progress: (progress: LessonProgress) => void;
    workspace: (paths: string[] | null) => void;
  };
}

const commandsKept = 200;

/**
 * One learner in one lesson, for as long as a page shows it: follows their sandbox, looks at the checks, keeps
 * the progress. Several windows share it.
 */
export class LessonSession implements Disposable {
  readonly #options: LessonSessionOptions;
  readonly #loop: CheckLoop;
  readonly #commands: RanCommand[] = [];
  #following: DisposableStore | null = null;
  #sandbox: ReadySandbox | null = null;
  #preparing: Promise<void> | null = null;
  #settingUp: Promise<void> = Promise.resolve();
  /** The lesson's files are in this sandbox. */
  #prepared: ReadySandbox | null = null;
  /** The step the learner is at. */
  #at: string | null;

  constructor(options: LessonSessionOptions) {
    this.#options = options;
    this.#loop = new CheckLoop({
      checks: options.lesson.steps.flatMap((step, index) =>
        step.checks.map((id) => ({
          id,
          step: index,
          subjects: options.subjects(id),
          settlesLater: options.settlesLater(id),
          program: options.program(id),
        })),
      ),
      evaluate: (ids, patience) => this.#evaluate(ids, patience),
      passed: new Set(Object.keys(options.initial.passed)),
      onEarned: (ids, how) => this.#earn(ids, how),
      onResults: (results) => options.tell.checks(results),
      onError: (error) => options.logger.error({ lesson: options.lesson.id, ...errorForLog(error) }, 'checks failed'),
      isHeld: options.isHeld,
      settleMs: 40,
    });
    const { steps } = options.lesson;
    const index = Math.max(
      0,
      steps.findIndex((step) => step.id === options.initial.currentStep),
    );
    this.#at = steps[index]?.id ?? null;
    this.#loop.visit(index);
  }

  /** course/lesson */
  get lesson(): string {
    return this.#options.lesson.id;
  }

  /**
   * The sandbox answers: puts files there, begins what is set up, follows it, looks at everything once. Resolves when
   * the files are there; what waits for more would wait for a preparation, which may itself wait for this session.
   */
  async attach(sandbox: ReadySandbox): Promise<void> {
    if (this.#sandbox?.id !== sandbox.id) {
      this.detach();
      this.#sandbox = sandbox;
      this.#following = new DisposableStore();
      this.#preparing = this.#prepare(sandbox, this.#following);
    }
    await this.#preparing;
  }

  async #prepare(sandbox: ReadySandbox, following: DisposableStore): Promise<void> {
    try {
      await this.#options.prepare(sandbox);
    } catch (error) {
      // The next attempt has to begin anew, not to find a sandbox that looks prepared.
      if (this.#following === following) this.detach();
      throw error;
    }
    if (following.isDisposed) return;
    this.#prepared = sandbox;
    this.reopen();
    following.add(
      this.#options.follow(sandbox, (subjects, paths) => {
        if (subjects.includes('files')) this.#options.tell.workspace(paths);
        this.#loop.touch(subjects);
      }),
    );
    this.#options.tell.workspace(null);
    this.#loop.touch('all');
  }

  /** Begins what is set up for the step the learner is at, where it has not run. */
  reopen(): void {
    if (this.#prepared !== null) this.#settingUp = this.#options.setUp(this.#at, this.#prepared);
  }

  /** Resolves when it is known whether anything is set up for the step that was opened last. */
  looked(): Promise<void> {
    return this.#settingUp;
  }

  /** The sandbox is gone, or nobody looks any more. */
  detach(): void {
    this.#loop.rest();
    this.#following?.dispose();
    this.#following = null;
    this.#sandbox = null;
    this.#preparing = null;
    this.#prepared = null;
  }

  /** A fresh sandbox: commands of the old one count no more, ticks stay. */
  forget(): void {
    this.detach();
    this.#commands.length = 0;
    this.#loop.forget();
  }

  commandEnded(command: RanCommand): void {
    this.#commands.push(command);
    if (this.#commands.length > commandsKept) this.#commands.shift();
    // A command that ended can have changed anything that has no event of its own.
    this.#loop.touch(['commands', 'files', 'containers', 'images', 'networks', 'volumes']);
  }

  /** The learner is at this step now. What is set up for it begins. */
  visit(step: string): void {
    const index = this.#options.lesson.steps.findIndex((each) => each.id === step);
    if (index === -1) return;
    this.#at = step;
    this.reopen();
    this.#loop.visit(index);
  }

  /** What was set up is there now, or will not be: checks are looked at again. */
  prepared(): void {
    this.#loop.released();
  }

  /** Looks at these checks for the lab, which did what they ask for. @returns what was found, ticks or not */
  catchUp(checks: string[]): Promise<CheckResult[]> {
    return this.#loop.catchUp(checks);
  }

  /** Tells everything that is found about all checks, also of those that are passed or whose turn has not come. */
  observe(observer: (results: CheckResult[]) => void): Disposable {
    return this.#loop.observe(observer);
  }

  /** Goes on where another session of the same learner and lesson is, which earns nothing by itself from now on. */
  async takeOver(from: LessonSession): Promise<void> {
    this.#loop.takeOver(from.#loop);
    this.#commands.push(...from.#commands);
    if (from.#at !== null) this.visit(from.#at);
    if (from.#sandbox !== null) await this.attach(from.#sandbox);
  }

  /** @throws sandbox.* when there is nothing to look at */
  ask(check: string): Promise<CheckResult[]> {
    return this.#loop.ask(check);
  }

  /** Looks at all checks. @throws sandbox.* when there is nothing to look at */
  askAll(): Promise<CheckResult[]> {
    return this.#loop.askAll();
  }

  results(): CheckResult[] {
    return this.#loop.results();
  }

  progress(): Promise<LessonProgress> {
    return this.#options.progress.read(this.#options.learner, this.#options.lesson);
  }

  async snapshot(): Promise<Pick<LessonOpened, 'checks' | 'progress'>> {
    return { checks: this.#loop.results(), progress: await this.progress() };
  }

  dispose(): void {
    this.detach();
    this.#loop.dispose();
  }

  async #evaluate(ids: string[], patience: number): Promise<CheckResult[]> {
    const sandbox = this.#sandbox;
    if (sandbox === null) {
      return ids.map((id) => ({ id, state: 'waiting', message: 'Your sandbox is not ready yet.', hint: null }));
    }
    return this.#options.evaluate(sandbox, ids, this.#commands, patience);
  }

  async #earn(ids: string[], how: 'learner' | 'lab'): Promise<void> {
    const { learner, lesson, progress, clock, tell } = this.#options;
    const now = clock.now();
    await progress.pass(learner, lesson.id, ids, now, how);
    tell.progress(await progress.settle(learner, lesson, now));
  }
}
