import type { Store } from './open-store.ts';

/** What learners answered to the variables of lessons. */
export class VariableStore {
  readonly #db: Store;

  constructor(db: Store) {
    this.#db = db;
  }

  /** By name; those that were not answered are not there. */
  async read(learner: string, lesson: string): Promise<Record<string, string>> {
    const rows = await this.#db
      .selectFrom('lesson_variable')
      .select(['name', 'value'])
      .where('learner', '=', learner)
      .where('lesson', '=', lesson)
      .execute();
    return Object.fromEntries(rows.map((row) => [row.name, row.value]));
  }

  /** All of them, or none when it fails; the others stay as they are. */
  async save(learner: string, lesson: string, values: Readonly<Record<string, string>>): Promise<void> {
    const rows = Object.entries(values).map(([name, value]) => ({ learner, lesson, name, value }));
    if (rows.length === 0) return;
    await this.#db
      .insertInto('lesson_variable')
      .values(rows)
      .onConflict((c) =>
        c.columns(['learner', 'lesson', 'name']).doUpdateSet((e) => ({ value: e.ref('excluded.value') })),
      )
      .execute();
  }
}
