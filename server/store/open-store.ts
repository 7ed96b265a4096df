import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Kysely, Migrator, type SqliteDatabase, SqliteDialect } from 'kysely';
import LibsqlDatabase from 'libsql';
import { DrydockError } from '../errors.ts';
import { migrations } from './migrations.ts';
import { withNamedErrors } from './named-errors.ts';
import type { Database } from './schema.ts';

export type Store = Kysely<Database>;

/**
 * Opens (and brings up to date) the database in `<dataDir>/drydock.db`. Every acknowledged write is on disk:
 * WAL with `synchronous = FULL`. A second process waits up to 5 s for a lock instead of failing.
 *
 * @param onError called whenever the database refuses a statement
 * @throws DrydockError store.failed with the folder and the reason
 */
export async function openStore(dataDir: string, onError: () => void = () => undefined): Promise<Store> {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const database = new LibsqlDatabase(join(dataDir, 'drydock.db'));
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.pragma('busy_timeout = 5000');
    database.pragma('foreign_keys = ON');
    // libsql's API is better-sqlite3's; only its declared types differ in names.
    const store = new Kysely<Database>({
      dialect: new SqliteDialect({ database: withNamedErrors(database as unknown as SqliteDatabase) }),
      log: (event) => {
        if (event.level === 'error') onError();
      },
    });
    const migrator = new Migrator({ db: store, provider: { getMigrations: async () => migrations } });
    // All or nothing, and one process at a time: a power cut in between must not leave half of a schema.
    database.exec('BEGIN IMMEDIATE');
    const { error } = await migrator.migrateToLatest();
    if (error !== undefined) {
      database.exec('ROLLBACK');
      await store.destroy();
      throw error;
    }
    database.exec('COMMIT');
    return store;
  } catch (cause) {
    throw new DrydockError(
      'store.failed',
      `The database in ${dataDir} cannot be opened. Check that the folder can be written and that its disk is not full.`,
      { cause },
    );
  }
}
