import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { migrations } from './migrations.ts';
import { openStore } from './open-store.ts';
import { ProgressStore } from './progress-store.ts';

const visit = {
  learner: 'ada',
  lesson: 'a/b',
  opened_at: 3,
  visited_at: 4,
  current_step: 'go',
  completed_at: 6,
};

const folders: string[] = [];
function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'drydock-store-'));
  folders.push(made);
  return made;
}
afterEach(() => {
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true });
});

test('what was written is there after closing and opening again', async () => {
  const dir = folder();
  const first = await openStore(dir);
  await first.insertInto('learner').values({ id: 'ada', created_at: 1, seen_at: 2 }).execute();
  await first.destroy();
  const second = await openStore(dir);
  expect(await second.selectFrom('learner').selectAll().execute()).toEqual([{ id: 'ada', created_at: 1, seen_at: 2 }]);
  await second.destroy();
});

test('a row of a learner who is not there is refused', async () => {
  const store = await openStore(folder());
  const orphan = store
    .insertInto('lesson_visit')
    .values({ learner: 'nobody', lesson: 'a/b', opened_at: 1, visited_at: 1 });
  await expect(orphan.execute()).rejects.toThrow(/FOREIGN KEY/i);
  await store.destroy();
});

test('a file that is no database is refused by name and left as it was', async () => {
  const dir = folder();
  writeFileSync(join(dir, 'drydock.db'), 'this is not a database, however long it may be'.repeat(100));
  await expect(openStore(dir)).rejects.toMatchObject({ code: 'store.failed' });
});

test('a database of the version before is taken over with all its ticks, which are the learner’s own', async () => {
  const dir = folder();
  const later = Object.entries(migrations).filter(([name]) => name > '003-released-sandboxes');
  for (const [name] of later) delete migrations[name];
  try {
    const before = await openStore(dir);
    await before.insertInto('learner').values({ id: 'ada', created_at: 1, seen_at: 2 }).execute();
    await before.insertInto('lesson_visit').values(visit).execute();
    await before
      .insertInto('check_passed')
      .values({ learner: 'ada', lesson: 'a/b', check_id: 'go-check-1', passed_at: 5 })
      .execute();
    await before.destroy();
  } finally {
    Object.assign(migrations, Object.fromEntries(later));
  }
  const store = await openStore(dir);
  const outline = { id: 'a/b', steps: [{ id: 'go', checks: ['go-check-1'], quizzes: [] }] };
  expect(await new ProgressStore(store).read('ada', outline)).toEqual({
    lesson: 'a/b',
    passed: { 'go-check-1': 5 },
    caughtUp: [],
    quizzes: {},
    solutionsShown: {},
    stepsDone: ['go'],
    currentStep: 'go',
    completedAt: 6,
    openedAt: 3,
  });
  await store.destroy();
});

test('a migration that is cut short leaves nothing, and the next start carries it out', async () => {
  const dir = folder();
  const [, second] = Object.entries(migrations)[1] ?? [];
  if (second === undefined) throw new Error('there is no second migration');
  const { up } = second;
  second.up = async (db) => {
    await up(db);
    throw new Error('the power went');
  };
  try {
    await expect(openStore(dir)).rejects.toMatchObject({ code: 'store.failed' });
  } finally {
    second.up = up;
  }
  const store = await openStore(dir);
  expect(await store.selectFrom('pool_sandbox').selectAll().execute()).toEqual([]);
  await store.destroy();
});
