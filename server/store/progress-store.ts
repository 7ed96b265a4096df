import type { LessonProgress } from '../../protocol/lesson-view.ts';
import type { Store } from './open-store.ts';
import { beginPractice } from './practice-store.ts';

/** What of a lesson is needed to tell which steps are done. */
export interface LessonOutline {
  id: string;
  steps: { id: string; checks: string[]; quizzes: string[] }[];
}

/** What learners have done. A check that was met once stays met: ticks are never taken back, nor are passed quizzes. */
export class ProgressStore {
  readonly #db: Store;

  constructor(db: Store) {
    this.#db = db;
  }

  async open(learner: string, lesson: string, now: number): Promise<void> {
    await this.#db
      .insertInto('lesson_visit')
      .values({ learner, lesson, opened_at: now, visited_at: now, current_step: null, completed_at: null })
      .onConflict((c) => c.columns(['learner', 'lesson']).doUpdateSet({ visited_at: now }))
      .execute();
  }

  async visitStep(learner: string, lesson: string, step: string, now: number): Promise<void> {
    await this.#db
      .updateTable('lesson_visit')
      .set({ current_step: step, visited_at: now })
      .where('learner', '=', learner)
      .where('lesson', '=', lesson)
      .execute();
  }

  /**
   * Records checks that were met; resolves to those that had not been before.
   * @param how `lab`: by the lab's own work, when the learner started over from a later step
   */
  async pass(
    learner: string,
    lesson: string,
    checks: string[],
    now: number,
    how: 'learner' | 'lab' = 'learner',
  ): Promise<string[]> {
    if (checks.length === 0) return [];
    const rows = await this.#db
      .insertInto('check_passed')
      .values(checks.map((check_id) => ({ learner, lesson, check_id, passed_at: now, how })))
      .onConflict((c) => c.doNothing())
      .returning('check_id')
      .execute();
    return rows.map((row) => row.check_id);
  }

  /** Records an answer. @returns how many there were, this one among them */
  async answerQuiz(learner: string, lesson: string, quiz: string, right: boolean, now: number): Promise<number> {
    const row = await this.#db
      .insertInto('quiz_answered')
      .values({ learner, lesson, quiz_id: quiz, attempts: 1, passed_at: right ? now : null })
      .onConflict((c) =>
        c.columns(['learner', 'lesson', 'quiz_id']).doUpdateSet((e) => ({
          // What comes after a right answer is no attempt any more: the end of a lesson tells how many it took.
          attempts: e
            .case()
            .when('quiz_answered.passed_at', 'is', null)
            .then(e('quiz_answered.attempts', '+', 1))
            .else(e.ref('quiz_answered.attempts'))
            .end(),
          passed_at: e.fn.coalesce('quiz_answered.passed_at', 'excluded.passed_at'),
        })),
      )
      .returning('attempts')
      .executeTakeFirstOrThrow();
    return row.attempts;
  }

  /** Records that the learner asked to see a solution; the first time is the one that is kept. */
  async showSolution(learner: string, lesson: string, block: string, now: number): Promise<void> {
    await this.#db
      .insertInto('solution_shown')
      .values({ learner, lesson, block_id: block, shown_at: now })
      .onConflict((c) => c.doNothing())
      .execute();
  }

  /**
   * Reads what is done, after something was, and notes that the lesson is completed when now everything is. The
   * passed quizzes of a completed lesson are practised from then on.
   */
  async settle(learner: string, lesson: LessonOutline, now: number): Promise<LessonProgress> {
    let progress = await this.read(learner, lesson);
    if (progress.completedAt === null) {
      const graded = lesson.steps.filter((step) => step.checks.length + step.quizzes.length > 0);
      const isDone = graded.length > 0 && graded.every((step) => progress.stepsDone.includes(step.id));
      if (!isDone) return progress;
      await this.#db
        .updateTable('lesson_visit')
        .set({ completed_at: now })
        .where('learner', '=', learner)
        .where('lesson', '=', lesson.id)
        .where('completed_at', 'is', null)
        .execute();
      progress = await this.read(learner, lesson); // another window may have been first
    }
    if (progress.completedAt !== null) {
      const passed = lesson.steps.flatMap((step) => step.quizzes).filter((quiz) => isPassed(progress, quiz));
      await beginPractice(this.#db, { learner, lesson: lesson.id, quizzes: passed, now });
    }
    return progress;
  }

  /** Blocks that the lesson no longer has are in it, too, and count for nothing. */
  async read(learner: string, lesson: LessonOutline): Promise<LessonProgress> {
    const ofLesson = { learner, lesson: lesson.id };
    const [visit, checks, answered, shown] = await Promise.all([
      this.#db
        .selectFrom('lesson_visit')
        .selectAll()
        .where((e) => e.and(ofLesson))
        .executeTakeFirst(),
      this.#db
        .selectFrom('check_passed')
        .select(['check_id', 'passed_at', 'how'])
        .where((e) => e.and(ofLesson))
        .execute(),
      this.#db
        .selectFrom('quiz_answered')
        .select(['quiz_id', 'attempts', 'passed_at'])
        .where((e) => e.and(ofLesson))
        .execute(),
      this.#db
        .selectFrom('solution_shown')
        .select(['block_id', 'shown_at'])
        .where((e) => e.and(ofLesson))
        .execute(),
    ]);
    const done = {
      passed: Object.fromEntries(checks.map((row) => [row.check_id, row.passed_at])),
      quizzes: Object.fromEntries(
        answered.map((row) => [row.quiz_id, { attempts: row.attempts, passedAt: row.passed_at }]),
      ),
    };
    return {
      lesson: lesson.id,
      ...done,
      caughtUp: checks.filter((row) => row.how === 'lab').map((row) => row.check_id),
      solutionsShown: Object.fromEntries(shown.map((row) => [row.block_id, row.shown_at])),
      stepsDone: lesson.steps.filter((step) => isStepDone(step, done)).map((step) => step.id),
      currentStep: visit?.current_step ?? null,
      completedAt: visit?.completed_at ?? null,
      openedAt: visit?.opened_at ?? null,
    };
  }

  /** The lessons that are done, with the time. */
  async completed(learner: string): Promise<Map<string, number>> {
    const rows = await this.#db
      .selectFrom('lesson_visit')
      .select(['lesson', 'completed_at'])
      .where('learner', '=', learner)
      .where('completed_at', 'is not', null)
      .execute();
    return new Map(rows.flatMap(({ lesson, completed_at }) => (completed_at === null ? [] : [[lesson, completed_at]])));
  }

  /** The lesson and step this person looked at last, or null. */
  async lastVisited(learner: string): Promise<{ lesson: string; step: string | null; visitedAt: number } | null> {
    const row = await this.#db
      .selectFrom('lesson_visit')
      .select(['lesson', 'current_step', 'visited_at'])
      .where('learner', '=', learner)
      .orderBy('visited_at', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row === undefined ? null : { lesson: row.lesson, step: row.current_step, visitedAt: row.visited_at };
  }
}

type Done = Pick<LessonProgress, 'passed' | 'quizzes'>;

/** A step that asks for nothing is never done: there is nothing to tell it by. */
function isStepDone({ checks, quizzes }: LessonOutline['steps'][number], done: Done): boolean {
  return (
    checks.length + quizzes.length > 0 &&
    checks.every((check) => Object.hasOwn(done.passed, check)) &&
    quizzes.every((quiz) => isPassed(done, quiz))
  );
}

function isPassed({ quizzes }: Pick<Done, 'quizzes'>, quiz: string): boolean {
  const answered = Object.hasOwn(quizzes, quiz) ? quizzes[quiz] : undefined;
  return answered !== undefined && answered.passedAt !== null;
}
