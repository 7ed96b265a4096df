import * as z from 'zod';
import { quizAnswer } from '../../protocol/quiz.ts';
import type { Store } from './open-store.ts';

const course = { id: z.string(), title: z.string() };

const answersSchema = z.array(z.object({ question: z.string(), right: z.boolean(), given: quizAnswer.nullable() }));
/** An answer of a quiz that is not over. `given` null: the learner does not know. */
export type PlacementAnswer = z.infer<typeof answersSchema>[number];

const decisionSchema = z.object({
  decidedAt: z.number(),
  start: z.string().nullable(),
  known: z.array(z.object({ ...course, done: z.boolean(), asked: z.number() })),
  later: z.array(z.object({ ...course, needs: z.array(z.object(course)) })),
  unknown: z.array(z.object(course)),
  misses: z.array(
    z.object({
      courseTitle: z.string(),
      question: z.string(),
      given: z.array(z.string()),
      why: z.array(z.string()),
      explanation: z.string(),
    }),
  ),
});
/** What came of a quiz. `start`: the course to begin with; null: all are known. */
export type PlacementDecision = z.infer<typeof decisionSchema>;

export interface PlacementRow {
  answers: PlacementAnswer[];
  decision: PlacementDecision | null;
}

/** The placement quiz of each learner: the one under way, and what came of the one before. */
export class PlacementStore {
  readonly #db: Store;

  constructor(db: Store) {
    this.#db = db;
  }

  async read(learner: string): Promise<PlacementRow> {
    const row = await this.#db
      .selectFrom('placement')
      .select(['answers', 'outcome'])
      .where('learner', '=', learner)
      .executeTakeFirst();
    return {
      answers: row === undefined ? [] : answersSchema.parse(JSON.parse(row.answers)),
      decision: row?.outcome == null ? null : decisionSchema.parse(JSON.parse(row.outcome)),
    };
  }

  /**
   * Writes the next state in the place of the one that was read.
   * @returns false: another window was faster, and nothing was changed
   */
  async replace(learner: string, before: PlacementRow, after: PlacementRow): Promise<boolean> {
    const outcome = after.decision === null ? null : JSON.stringify(after.decision);
    const answers = JSON.stringify(after.answers);
    const written = await this.#db
      .insertInto('placement')
      .values({ learner, answers, outcome })
      .onConflict((c) =>
        c
          .column('learner')
          .doUpdateSet({ answers, outcome })
          .where('placement.answers', '=', JSON.stringify(before.answers)),
      )
      .returning('learner')
      .executeTakeFirst();
    return written !== undefined;
  }
}
