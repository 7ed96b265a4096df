import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DrydockError } from '../errors.ts';
import { fence, lessonSource } from '../lessons/lesson-fixture.ts';
import { outlineOf } from '../lessons/lesson-outline.ts';
import { parseLesson } from '../lessons/parse/parse-lesson.ts';
import type { LessonReader } from '../realtime/lesson-reader.ts';
import { openStore, type Store } from '../store/open-store.ts';
import { PracticeStore } from '../store/practice-store.ts';
import { ProgressStore } from '../store/progress-store.ts';
import { Practice } from './practice.ts';
import { takeInTurns } from './take-in-turns.ts';

const day = 24 * 60 * 60 * 1000;
const ada = { learner: 'ada', mayAuthor: false };

/** Of lessons that are there; `quizzes`: the answer of each. */
const lessons = new Map<string, string>();
const reader: Pick<LessonReader, 'lesson'> = {
  lesson: async (_actor, id) => {
    const source = lessons.get(id);
    const { lesson } = source === undefined ? { lesson: null } : parseLesson(source, 'lesson.md', id);
    if (lesson === null) throw new DrydockError('lesson.not-found', 'There is no such lesson.');
    return lesson;
  },
};

let folder: string;
let db: Store;
let now: number;
let practice: Practice;
beforeEach(async () => {
  lessons.clear();
  now = 0;
  folder = mkdtempSync(join(tmpdir(), 'drydock-store-'));
  db = await openStore(folder);
  await db.insertInto('learner').values({ id: 'ada', created_at: 1, seen_at: 1 }).execute();
  practice = new Practice({ reader: reader as LessonReader, store: new PracticeStore(db), clock: { now: () => now } });
});
afterEach(async () => {
  await db.destroy();
  rmSync(folder, { recursive: true, force: true });
});

function lessonWith(id: string, ...answers: string[]): void {
  const quizzes = answers.map((answer) => fence('yaml quiz', `question: Is it ${answer}?\nanswer: ${answer}`));
  lessons.set(id, lessonSource(['## Go {#go}', ...quizzes].join('\n\n')));
}

async function complete(id: string, at: number): Promise<void> {
  const progress = new ProgressStore(db);
  const outline = outlineOf(await reader.lesson(ada, id));
  await progress.open('ada', id, at);
  for (const quiz of outline.steps.flatMap((step) => step.quizzes))
    await progress.answerQuiz('ada', id, quiz, true, at);
  expect((await progress.settle('ada', outline, at)).completedAt).toBe(at);
}

describe('what is asked', () => {
  it('is nothing at first, and the quizzes of a completed lesson after two days', async () => {
    lessonWith('a/one', 'yes');
    expect(await practice.view(ada)).toBeNull();
    await complete('a/one', 0);
    now = 2 * day - 1;
    expect(await practice.view(ada)).toBeNull();
    now = 2 * day;
    expect(await practice.view(ada)).toEqual({
      questions: [
        {
          lesson: 'a/one',
          lessonTitle: 'A lesson',
          step: 'go',
          quiz: 'go-quiz-1',
          question: 'Is it yes?',
          choices: [],
          order: [],
          several: false,
          freeText: true,
        },
      ],
      more: 0,
    });
    expect(await practice.view({ learner: 'ben', mayAuthor: true })).toBeNull();
  });

  it('is five at most, of each lesson in turn', async () => {
    lessonWith('a/one', '1', '2', '3', '4', '5', '6');
    lessonWith('a/two', '7', '8');
    await complete('a/one', 0);
    await complete('a/two', 5);
    now = 3 * day;
    const view = await practice.view(ada);
    expect(view?.questions.map(({ lesson }) => lesson)).toEqual(['a/one', 'a/two', 'a/one', 'a/two', 'a/one']);
    expect(view?.more).toBe(3);
  });

  it('passes over quizzes and lessons that are gone', async () => {
    lessonWith('a/one', '1', '2');
    lessonWith('a/two', '3');
    await complete('a/one', 0);
    await complete('a/two', 0);
    now = 2 * day;
    lessons.delete('a/two');
    lessonWith('a/one', '1');
    const view = await practice.view(ada);
    expect(view?.questions.map(({ question }) => question)).toEqual(['Is it 1?']);
    expect(view?.more).toBe(0);
  });
});

describe('an answer', () => {
  beforeEach(async () => {
    lessonWith('a/one', 'yes');
    await complete('a/one', 0);
    now = 2 * day;
  });
  const answer = (text: string) => practice.answer(ada, 'a/one', 'go-quiz-1', { text });

  it('that is right is told, and not asked for again before four days', async () => {
    expect(await answer('Yes')).toMatchObject({ quiz: 'go-quiz-1', right: true, answer: 'yes' });
    now += 4 * day - 1;
    expect(await practice.view(ada)).toBeNull();
    now += 1;
    expect(await practice.view(ada)).not.toBeNull();
  });

  it('that is wrong is asked for again tomorrow', async () => {
    expect(await answer('no')).toMatchObject({ right: false, answer: null });
    now += day - 1;
    await expect(answer('yes')).rejects.toMatchObject({ code: 'practice.not-due' });
    now += 1;
    expect(await answer('yes')).toMatchObject({ right: true });
  });

  it('is taken once, whatever two windows do', async () => {
    const both = await Promise.allSettled([answer('yes'), answer('yes')]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('that does not belong to the quiz changes nothing', async () => {
    await expect(practice.answer(ada, 'a/one', 'go-quiz-1', { choices: [0] })).rejects.toMatchObject({
      code: 'request.malformed',
    });
    expect(await practice.view(ada)).not.toBeNull();
  });

  it('to what nobody is asked is refused', async () => {
    for (const [lesson, quiz] of [
      ['a/one', 'other'],
      ['a/two', 'go-quiz-1'],
    ] as const) {
      await expect(practice.answer(ada, lesson, quiz, { text: 'yes' })).rejects.toMatchObject({
        code: 'practice.not-due',
      });
    }
  });
});

it('taking in turns keeps the order within a group', () => {
  expect(takeInTurns(['a1', 'a2', 'b1', 'a3', 'c1'], (item) => item.slice(0, 1), 4)).toEqual(['a1', 'b1', 'c1', 'a2']);
  expect(takeInTurns([], String, 4)).toEqual([]);
});
