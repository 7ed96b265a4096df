import type { WorkspaceArchive } from '../../protocol/sandbox.ts';
import type { Store } from './open-store.ts';
import { release } from './sandbox-store.ts';

/** Which archives there are of whose files. The files themselves are `WorkspaceArchives`' business. */
export class ArchiveStore {
  readonly #db: Store;

  constructor(db: Store) {
    this.#db = db;
  }

  /**
   * The learner has the archive instead of the sandbox, in one step.
   * @param seenAt the `idleAt` the decision was made on: false when the sandbox was used since
   */
  async replaceSandbox(
    sandbox: { id: string; learner: string; seenAt: number | null },
    archive: { id: string; createdAt: number; bytes: number } | null,
  ): Promise<boolean> {
    return this.#db.transaction().execute(async (tx) => {
      const { seenAt } = sandbox;
      const gone = await tx
        .deleteFrom('sandbox')
        .where('id', '=', sandbox.id)
        .$if(seenAt !== null, (query) => query.where('idle_at', '=', seenAt ?? 0))
        .returning('id')
        .executeTakeFirst();
      if (gone === undefined) return false;
      await release(tx, sandbox.id);
      if (archive !== null) {
        await tx
          .insertInto('archive')
          .values({
            id: archive.id,
            learner: sandbox.learner,
            created_at: archive.createdAt,
            bytes: archive.bytes,
            restored_at: null,
            unannounced: 1,
          })
          .execute();
      }
      return true;
    });
  }

  /** Newest first. */
  async of(learner: string): Promise<WorkspaceArchive[]> {
    const rows = await this.#db
      .selectFrom('archive')
      .selectAll()
      .where('learner', '=', learner)
      .orderBy('created_at', 'desc')
      .execute();
    return rows.map(toArchive);
  }

  async find(id: string): Promise<(WorkspaceArchive & { learner: string }) | null> {
    const row = await this.#db.selectFrom('archive').selectAll().where('id', '=', id).executeTakeFirst();
    return row === undefined ? null : { ...toArchive(row), learner: row.learner };
  }

  async ids(): Promise<Set<string>> {
    return new Set((await this.#db.selectFrom('archive').select('id').execute()).map((row) => row.id));
  }

  async restored(id: string, now: number): Promise<void> {
    await this.#db.updateTable('archive').set({ restored_at: now }).where('id', '=', id).execute();
  }

  /** The newest archive the learner was not told of yet; afterwards they were. */
  async announce(learner: string): Promise<WorkspaceArchive | null> {
    const rows = await this.#db
      .updateTable('archive')
      .set({ unannounced: 0 })
      .where('learner', '=', learner)
      .where('unannounced', '=', 1)
      .returningAll()
      .execute();
    return rows.map(toArchive).sort((a, b) => b.createdAt - a.createdAt)[0] ?? null;
  }
}

function toArchive(row: {
  id: string;
  created_at: number;
  bytes: number;
  restored_at: number | null;
}): WorkspaceArchive {
  return { id: row.id, createdAt: row.created_at, bytes: row.bytes, restoredAt: row.restored_at };
}
