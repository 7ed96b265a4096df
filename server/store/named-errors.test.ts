import type { SqliteDatabase } from 'kysely';
import { expect, test } from 'vitest';
import { withNamedErrors } from './named-errors.ts';

function failing(code: string, message = 'no'): SqliteDatabase {
  const fail = () => {
    throw Object.assign(new Error(message), { code });
  };
  return withNamedErrors({
    close: () => undefined,
    prepare: () => ({ reader: false, all: fail, run: fail, iterate: fail }),
  });
}

test('a full disk and a broken database have codes of their own', () => {
  expect(() => failing('SQLITE_FULL').prepare('insert').run([])).toThrow(
    expect.objectContaining({ code: 'host.disk-full' }),
  );
  expect(() => failing('SQLITE_IOERR_WRITE').prepare('select').all([])).toThrow(
    expect.objectContaining({ code: 'store.failed' }),
  );
});

test('a statement that is wrong stays what it is', () => {
  expect(() => failing('SQLITE_CONSTRAINT_UNIQUE').prepare('insert').run([])).toThrow('no');
});

test('rolling back what a full disk has ended already is no failure of its own', () => {
  const ended = failing('SQLITE_ERROR', 'cannot rollback - no transaction is active');
  expect(() => ended.prepare('rollback').run([])).not.toThrow();
});
