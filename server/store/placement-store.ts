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

/** A row as it was read. */
export interface StoredPlacement extends PlacementRow {
  /** Its answers as they are written down, whether or not they could be understood. */
  written: string;
}

/** The placement quiz of each learner: the one under way, and what came of the one before. */
export class PlacementStore {
  readonly #db: Store;
  readonly #logger: { warn(details: object, message: string): void };

  constructor(db: Store, logger: { warn(details: object, message: string): void }) {
    this.#db = db;
    this.#logger = logger;
  }

  /** What cannot be understood counts as if it were not there: nobody loses the catalogue over it. */
  async read(learner: string): Promise<StoredPlacement> {
    const row = await this.#db
      .selectFrom('placement')
      .select(['answers', 'outcome'])
      .where('learner', '=', learner)
      .executeTakeFirst();
    const written = row?.answers ?? '[]';
    return {
      answers: this.#parse(learner, answersSchema, written) ?? [],
      decision: row?.outcome == null ? null : this.#parse(learner, decisionSchema, row.outcome),
      written,
    };
  }

  #parse<T>(learner: string, schema: z.ZodType<T>, text: string): T | null {
    const parsed = schema.safeParse(jsonOf(text));
    if (parsed.success) return parsed.data;
    const problems = parsed.error.issues.slice(0, 5).map(({ code, path }) => ({ code, path: path.join('.') }));
    this.#logger.warn({ learner, problems }, 'a placement in the database cannot be understood and is passed over');
    return null;
  }

  /**
   * Writes the next state in the place of the one that was read.
   * @returns false: another window was faster, and nothing was changed
   */
  async replace(learner: string, before: StoredPlacement, after: PlacementRow): Promise<boolean> {
    const outcome = after.decision === null ? null : JSON.stringify(after.decision);
    const answers = JSON.stringify(after.answers);
    const written = await this.#db
      .insertInto('placement')
      .values({ learner, answers, outcome })
      .onConflict((c) =>
        c.column('learner').doUpdateSet({ answers, outcome }).where('placement.answers', '=', before.written),
      )
      .returning('learner')
      .executeTakeFirst();
    return written !== undefined;
  }
}

/** undefined: it is no JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
