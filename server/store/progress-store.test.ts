import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore, type Store } from './open-store.ts';
import { PracticeStore } from './practice-store.ts';
import { type LessonOutline, ProgressStore } from './progress-store.ts';

const day = 24 * 60 * 60 * 1000;
const lesson: LessonOutline = {
  id: 'first/lesson',
  steps: [
    { id: 'one', checks: ['c1', 'c2'], quizzes: [] },
    { id: 'talk', checks: [], quizzes: [] },
    { id: 'two', checks: ['c3'], quizzes: ['q1', 'q2'] },
    { id: 'three', checks: [], quizzes: ['q3'] },
  ],
};

let folder: string;
let db: Store;
let progress: ProgressStore;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-store-'));
  db = await openStore(folder);
  for (const id of ['ada', 'ben']) await db.insertInto('learner').values({ id, created_at: 1, seen_at: 1 }).execute();
  progress = new ProgressStore(db);
  await progress.open('ada', lesson.id, 10);
});
afterEach(async () => {
  await db.destroy();
  rmSync(folder, { recursive: true, force: true });
});

async function passEverythingBut(...left: string[]): Promise<void> {
  const checks = ['c1', 'c2', 'c3'].filter((id) => !left.includes(id));
  await progress.pass('ada', lesson.id, checks, 20);
  for (const quiz of ['q1', 'q2', 'q3'].filter((id) => !left.includes(id))) {
    await progress.answerQuiz('ada', lesson.id, quiz, true, 20);
  }
}

test('a step is done when its checks are met and its quizzes passed; one that asks for nothing never is', async () => {
  await passEverythingBut('q2', 'q3');
  await progress.answerQuiz('ada', lesson.id, 'q2', false, 21);
  expect((await progress.read('ada', lesson)).stepsDone).toEqual(['one']);
  await progress.answerQuiz('ada', lesson.id, 'q2', true, 22);
  expect((await progress.read('ada', lesson)).stepsDone).toEqual(['one', 'two']);
  await progress.answerQuiz('ada', lesson.id, 'q3', true, 23);
  expect((await progress.read('ada', lesson)).stepsDone).toEqual(['one', 'two', 'three']);
});

test('answers are counted until one is right, and a quiz that was passed stays passed', async () => {
  expect(await progress.answerQuiz('ada', lesson.id, 'q1', false, 20)).toBe(1);
  expect((await progress.read('ada', lesson)).quizzes).toEqual({ q1: { attempts: 1, passedAt: null } });
  expect(await progress.answerQuiz('ada', lesson.id, 'q1', true, 30)).toBe(2);
  expect(await progress.answerQuiz('ada', lesson.id, 'q1', false, 40)).toBe(2);
  expect(await progress.answerQuiz('ada', lesson.id, 'q1', true, 50)).toBe(2);
  expect((await progress.read('ada', lesson)).quizzes).toEqual({ q1: { attempts: 2, passedAt: 30 } });
  expect((await progress.read('ben', lesson)).quizzes).toEqual({});
});

test('what the lab met is told apart; a tick that was earned before stays the learner’s own', async () => {
  await progress.pass('ada', lesson.id, ['c1'], 20);
  expect(await progress.pass('ada', lesson.id, ['c1', 'c2'], 30, 'lab')).toEqual(['c2']);
  expect(await progress.read('ada', lesson)).toMatchObject({ passed: { c1: 20, c2: 30 }, caughtUp: ['c2'] });
});

test('of looking at a solution the first time is kept', async () => {
  await progress.showSolution('ada', lesson.id, 's1', 20);
  await progress.showSolution('ada', lesson.id, 's1', 30);
  expect((await progress.read('ada', lesson)).solutionsShown).toEqual({ s1: 20 });
});

test('a lesson is completed by the last thing, be it a check or a quiz, and only once', async () => {
  await passEverythingBut('q3');
  expect(await progress.settle('ada', lesson, 30)).toMatchObject({ completedAt: null });
  await progress.answerQuiz('ada', lesson.id, 'q3', true, 40);
  expect(await progress.settle('ada', lesson, 40)).toMatchObject({ completedAt: 40 });
  expect(await progress.settle('ada', lesson, 50)).toMatchObject({ completedAt: 40 });
  expect(await progress.read('ada', lesson)).toMatchObject({ completedAt: 40 });
});

test('a lesson that asks for nothing is never completed', async () => {
  const empty = { id: lesson.id, steps: [{ id: 'talk', checks: [], quizzes: [] }] };
  expect(await progress.settle('ada', empty, 30)).toMatchObject({ completedAt: null });
});

test('one that was never opened is not completed either: it has no row to say so', async () => {
  await progress.pass('ben', lesson.id, ['c1'], 20);
  const short = { id: lesson.id, steps: [{ id: 'one', checks: ['c1'], quizzes: [] }] };
  expect(await progress.settle('ben', short, 30)).toMatchObject({ completedAt: null, stepsDone: ['one'] });
});

test('blocks that are gone or called otherwise by now count for nothing and break nothing', async () => {
  await passEverythingBut();
  await progress.showSolution('ada', lesson.id, 'gone', 20);
  const changed = { id: lesson.id, steps: [{ id: 'one', checks: ['c1'], quizzes: ['renamed'] }] };
  expect((await progress.settle('ada', changed, 30)).stepsDone).toEqual([]);
  await progress.answerQuiz('ada', lesson.id, 'renamed', true, 40);
  expect(await progress.settle('ada', changed, 40)).toMatchObject({ stepsDone: ['one'], completedAt: 40 });
});

test('an id like a member of every object is an id like others', async () => {
  const odd = { id: lesson.id, steps: [{ id: 'one', checks: ['constructor'], quizzes: ['toString'] }] };
  expect((await progress.read('ada', odd)).stepsDone).toEqual([]);
  await progress.pass('ada', lesson.id, ['constructor'], 20);
  await progress.answerQuiz('ada', lesson.id, 'toString', true, 20);
  expect((await progress.read('ada', odd)).stepsDone).toEqual(['one']);
});

test('passed quizzes of a completed lesson are due two days later, each once', async () => {
  const practice = new PracticeStore(db);
  await passEverythingBut();
  await progress.settle('ada', lesson, 1_000);
  await progress.settle('ada', lesson, 5_000);
  expect(await practice.due('ada', 1_000 + 2 * day - 1)).toEqual([]);
  const due = await practice.due('ada', 1_000 + 2 * day);
  expect(due.map((row) => row.quiz)).toEqual(['q1', 'q2', 'q3']);
  expect(await practice.due('ben', 1_000 + 2 * day)).toEqual([]);
});

test('a quiz passed after its lesson was completed is practised, too', async () => {
  const practice = new PracticeStore(db);
  const before = { id: lesson.id, steps: [{ id: 'one', checks: ['c1'], quizzes: [] }] };
  await progress.pass('ada', lesson.id, ['c1'], 20);
  await progress.settle('ada', before, 30);
  await progress.answerQuiz('ada', lesson.id, 'q1', true, 500);
  await progress.settle('ada', lesson, 500);
  expect((await practice.due('ada', 500 + 2 * day)).map((row) => row.quiz)).toEqual(['q1']);
});

test('right answers double the days, a wrong one begins anew tomorrow', async () => {
  const practice = new PracticeStore(db);
  await passEverythingBut('q1', 'q2');
  await progress.settle('ada', { id: lesson.id, steps: [{ id: 'three', checks: [], quizzes: ['q3'] }] }, 0);
  let now = 2 * day;
  const answer = async (right: boolean) => {
    const [row] = await practice.due('ada', now);
    if (row === undefined) throw new Error(`nothing is due at day ${now / day}`);
    expect(await practice.answered('ada', row, right, now)).toBe(true);
    // Another window still shows it.
    expect(await practice.answered('ada', row, right, now)).toBe(false);
  };
  for (const days of [4, 8, 16]) {
    await answer(true);
    expect(await practice.due('ada', now + days * day - 1)).toEqual([]);
    now += days * day;
  }
  await answer(false);
  expect(await practice.due('ada', now + day - 1)).toEqual([]);
  now += day;
  await answer(true);
  expect(await practice.due('ada', now + 4 * day)).toHaveLength(1);
});
