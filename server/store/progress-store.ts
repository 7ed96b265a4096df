import type { LessonProgress } from '../../protocol/lesson-view.ts';
import type { Store } from './open-store.ts';

/** What of a lesson is needed to tell which steps are done. */
export interface LessonOutline {
  id: string;
  steps: { id: string; checks: string[] }[];
}

/** What learners have done. A check that was met once stays met: ticks are never taken back. */
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

  /** Records checks that were met; resolves to those that had not been before. */
  async pass(learner: string, lesson: string, checks: string[], now: number): Promise<string[]> {
    if (checks.length === 0) return [];
    const rows = await this.#db
      .insertInto('check_passed')
      .values(checks.map((check_id) => ({ learner, lesson, check_id, passed_at: now })))
      .onConflict((c) => c.doNothing())
      .returning('check_id')
      .execute();
    return rows.map((row) => row.check_id);
  }

  async complete(learner: string, lesson: string, now: number): Promise<void> {
    await this.#db
      .updateTable('lesson_visit')
      .set({ completed_at: now })
      .where('learner', '=', learner)
      .where('lesson', '=', lesson)
      .where('completed_at', 'is', null)
      .execute();
  }

  async read(learner: string, lesson: LessonOutline): Promise<LessonProgress> {
    const [visit, rows] = await Promise.all([
      this.#db
        .selectFrom('lesson_visit')
        .selectAll()
        .where('learner', '=', learner)
        .where('lesson', '=', lesson.id)
        .executeTakeFirst(),
      this.#db
        .selectFrom('check_passed')
        .select(['check_id', 'passed_at'])
        .where('learner', '=', learner)
        .where('lesson', '=', lesson.id)
        .execute(),
    ]);
    const passed: Record<string, number> = Object.fromEntries(rows.map((row) => [row.check_id, row.passed_at]));
    return {
      lesson: lesson.id,
      passed,
      stepsDone: lesson.steps
        .filter((step) => step.checks.length > 0 && step.checks.every((check) => Object.hasOwn(passed, check)))
        .map((step) => step.id),
      currentStep: visit?.current_step ?? null,
      completedAt: visit?.completed_at ?? null,
      openedAt: visit?.opened_at ?? null,
    };
  }

  /** The lesson and step this person looked at last, or null. */
  async lastVisited(learner: string): Promise<{ lesson: string; step: string | null } | null> {
    const row = await this.#db
      .selectFrom('lesson_visit')
      .select(['lesson', 'current_step'])
      .where('learner', '=', learner)
      .orderBy('visited_at', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row === undefined ? null : { lesson: row.lesson, step: row.current_step };
  }
}
