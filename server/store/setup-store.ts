import type { Store } from './open-store.ts';

/** Which setup blocks of lessons have run to their end in which sandbox. */
export class SetupStore {
  readonly #db: Store;

  constructor(db: Store) {
    this.#db = db;
  }

  /** Keys of the blocks that are done. */
  async done(sandbox: string, lesson: string): Promise<Set<string>> {
    const rows = await this.#db
      .selectFrom('setup_done')
      .select('block_id')
      .where('sandbox', '=', sandbox)
      .where('lesson', '=', lesson)
      .execute();
    return new Set(rows.map((row) => row.block_id));
  }

  async add(sandbox: string, lesson: string, block: string, now: number): Promise<void> {
    await this.#db
      .insertInto('setup_done')
      .values({ sandbox, lesson, block_id: block, done_at: now })
      .onConflict((c) => c.doNothing())
      .execute();
  }

  /** The sandbox was reset or removed: nothing has been done in the one that comes. */
  async forget(sandbox: string): Promise<void> {
    await this.#db.deleteFrom('setup_done').where('sandbox', '=', sandbox).execute();
  }

  /** What was done in sandboxes that nobody has any more. */
  async forgetUnowned(): Promise<void> {
    await this.#db
      .deleteFrom('setup_done')
      .where('sandbox', 'not in', (select) => select.selectFrom('sandbox').select('id'))
      .execute();
  }
}
