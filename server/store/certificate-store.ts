import type { Store } from './open-store.ts';

/** Names that learners gave themselves, and which certificates they have. Times are unix milliseconds. */
export class CertificateStore {
  readonly #db: Store;

  constructor(db: Store) {
    this.#db = db;
  }

  /** Empty: none was given. */
  async name(learner: string): Promise<string> {
    const row = await this.#db
      .selectFrom('learner_name')
      .select('name')
      .where('learner', '=', learner)
      .executeTakeFirst();
    return row?.name ?? '';
  }

  async saveName(learner: string, name: string): Promise<void> {
    await this.#db
      .insertInto('learner_name')
      .values({ learner, name })
      .onConflict((c) => c.column('learner').doUpdateSet({ name }))
      .execute();
  }

  /** When this one was had for the first time; null: never. */
  async issuedAt(learner: string, course: string): Promise<number | null> {
    const row = await this.#db
      .selectFrom('certificate')
      .select('issued_at')
      .where('learner', '=', learner)
      .where('course', '=', course)
      .executeTakeFirst();
    return row?.issued_at ?? null;
  }

  /** Notes that somebody has it; the first time is the one that is kept. @param lessons how many the course has now */
  async issue(learner: string, course: string, lessons: number, now: number): Promise<void> {
    await this.#db
      .insertInto('certificate')
      .values({ learner, course, issued_at: now, lessons })
      .onConflict((c) => c.doNothing())
      .execute();
  }
}
