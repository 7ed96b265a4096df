import type { Store } from './open-store.ts';

/** A quiz that is asked again at some time. */
export interface PracticeRow {
  lesson: string;
  quiz: string;
  /** How often in a row it was answered rightly since the lesson was completed. */
  box: number;
  dueAt: number;
}

const dayMs = 24 * 60 * 60 * 1000;

/** Further than this, nobody looks ahead; it keeps the powers of two small. */
const lastBox = 10;

/** When a quiz with this many right answers in a row is asked again: after 2, 4, 8, 16, … days. */
function daysUntilDue(box: number): number {
  return 2 ** (Math.min(box, lastBox) + 1);
}

/** Quizzes of completed lessons, and when each is to be asked again. Times are unix milliseconds. */
export class PracticeStore {
  readonly #db: Store;

  constructor(db: Store) {
    this.#db = db;
  }

  /** Those that are due, the one that waits longest first. */
  async due(learner: string, now: number): Promise<PracticeRow[]> {
    const rows = await this.#db
      .selectFrom('quiz_practice')
      .select(['lesson', 'quiz_id', 'box', 'due_at'])
      .where('learner', '=', learner)
      .where('due_at', '<=', now)
      .orderBy('due_at')
      .orderBy('lesson')
      .orderBy('quiz_id')
      .execute();
    return rows.map((row) => ({ lesson: row.lesson, quiz: row.quiz_id, box: row.box, dueAt: row.due_at }));
  }

  /**
   * After an answer: moves it to its next box and time. A wrong one begins anew, tomorrow.
   * @returns false: another window answered it meanwhile, and nothing was changed
   */
  async answered(learner: string, row: PracticeRow, right: boolean, now: number): Promise<boolean> {
    const box = right ? Math.min(row.box + 1, lastBox) : 0;
    const moved = await this.#db
      .updateTable('quiz_practice')
      .set({ box, due_at: now + (right ? daysUntilDue(box) : 1) * dayMs })
      .where('learner', '=', learner)
      .where('lesson', '=', row.lesson)
      .where('quiz_id', '=', row.quiz)
      .where('due_at', '=', row.dueAt)
      .returning('quiz_id')
      .executeTakeFirst();
    return moved !== undefined;
  }
}

/** Part of noting what is done: quizzes that are practised already stay as they are. */
export async function beginPractice(
  db: Store,
  { learner, lesson, quizzes, now }: { learner: string; lesson: string; quizzes: string[]; now: number },
): Promise<void> {
  if (quizzes.length === 0) return;
  const due_at = now + daysUntilDue(0) * dayMs;
  await db
    .insertInto('quiz_practice')
    .values(quizzes.map((quiz_id) => ({ learner, lesson, quiz_id, box: 0, due_at })))
    .onConflict((c) => c.doNothing())
    .execute();
}
