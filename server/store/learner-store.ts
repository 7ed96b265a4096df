import type { Store } from './open-store.ts';

/** Learners, their sessions and which sandbox is whose. Times are unix milliseconds. */
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

  async sandboxOf(learner: string): Promise<string | null> {
    const row = await this.#db.selectFrom('sandbox').select('id').where('learner', '=', learner).executeTakeFirst();
    return row?.id ?? null;
  }

  async sandboxes(): Promise<{ id: string; learner: string; attendedAt: number }[]> {
    const rows = await this.#db.selectFrom('sandbox').select(['id', 'learner', 'attended_at']).execute();
    return rows.map((row) => ({ id: row.id, learner: row.learner, attendedAt: row.attended_at }));
  }

  /** Written before the sandbox is made: a crash in between leaves a row, never an unowned sandbox of somebody. */
  async assignSandbox(learner: string, id: string, now: number): Promise<void> {
    await this.#db.insertInto('sandbox').values({ id, learner, created_at: now, attended_at: now }).execute();
  }

  async attend(learner: string, now: number): Promise<void> {
    await this.#db.updateTable('sandbox').set({ attended_at: now }).where('learner', '=', learner).execute();
  }
}
