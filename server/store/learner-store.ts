import type { Store } from './open-store.ts';

/** Learners and their sessions. Times are unix milliseconds. */
export class LearnerStore {
  readonly #db: Store;

  constructor(db: Store) {
    this.#db = db;
  }

  /** Makes a learner and a session in one step. */
  async register(learner: string, tokenHash: string, now: number): Promise<void> {
    await this.#db.transaction().execute(async (tx) => {
      await tx.insertInto('learner').values({ id: learner, created_at: now, seen_at: now }).execute();
      await tx
        .insertInto('session')
        .values({ token_hash: tokenHash, learner, created_at: now, seen_at: now })
        .execute();
    });
  }

  /** The learner of a session, or null. */
  async findBySession(tokenHash: string): Promise<string | null> {
    const row = await this.#db
      .selectFrom('session')
      .select('learner')
      .where('token_hash', '=', tokenHash)
      .executeTakeFirst();
    return row?.learner ?? null;
  }
}
