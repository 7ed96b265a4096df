import type { SqliteDatabase, SqliteStatement } from 'kysely';
import { DrydockError } from '../errors.ts';

/** What SQLite says when it is not our statement that is wrong but the disk under it (https://sqlite.org/rescode.html). */
const troubles = /^SQLITE_(IOERR|READONLY|CANTOPEN|CORRUPT|NOTADB|BUSY|LOCKED|NOMEM|PROTOCOL)/;

/** The same database, whose failures are ours where a person can do something about them. */
export function withNamedErrors(database: SqliteDatabase): SqliteDatabase {
  return {
    close: () => database.close(),
    prepare: (sql) => {
      const statement = named(() => database.prepare(sql));
      return {
        reader: statement.reader,
        all: (parameters) => named(() => statement.all(parameters)),
        run: (parameters) => (sql === 'rollback' ? rollBack(statement) : named(() => statement.run(parameters))),
        iterate: (parameters) => named(() => statement.iterate(parameters)),
      };
    },
  };
}

/** A full disk may have ended the transaction already; saying so would hide why. */
function rollBack(statement: SqliteStatement): ReturnType<SqliteStatement['run']> {
  try {
    return statement.run([]);
  } catch (error) {
    if (error instanceof Error && /no transaction is active/.test(error.message)) {
      return { changes: 0, lastInsertRowid: 0 };
    }
    throw nameOf(error);
  }
}

function named<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw nameOf(error);
  }
}

function nameOf(cause: unknown): unknown {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code === 'SQLITE_FULL') {
    return new DrydockError(
      'host.disk-full',
      'This was not saved, because the disk that holds the lab’s data is full. Whoever runs this Drydock has to make room there; then try again.',
      { cause },
    );
  }
  if (troubles.test(code)) {
    return new DrydockError(
      'store.failed',
      'This was not saved, because the lab’s database cannot be used right now. Try again; if it stays like this, whoever runs this Drydock finds the reason in the server log.',
      { cause },
    );
  }
  return cause;
}
