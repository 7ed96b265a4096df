import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Answer } from '../../protocol/errors.ts';
import type { PlacementView } from '../../protocol/placement.ts';
import { fence, lessonSource } from '../lessons/lesson-fixture.ts';
import { outlineOf } from '../lessons/lesson-outline.ts';
import { noMetrics } from '../metrics.ts';
import { dispatch, type Handlers } from './dispatch.ts';
import { learnerHandlers } from './learner-handlers.ts';
import { openReading, type Reading } from './reading-fixture.ts';
import { RequestBudget } from './request-budget.ts';

const lesson = lessonSource(`## Go {#go}\n\n${fence('yaml quiz', 'question: Q?\nanswer: a')}`);
const course = (title: string, ...after: string[]) =>
  `title: ${title}\nsummary: S\naudience: All\nlessons: [one, two]\nafter: [${after.join(', ')}]\n`;
const question = (words: string) =>
  `    - question: ${words}\n      choices:\n        - { text: good, correct: true, why: Right so. }\n        - { text: bad, why: Not so. }\n      explanation: About ${words}\n`;
const quiz = (first: string) =>
  `courses:\n  a-base:\n${question(first)}${question('Base two?')}  b-more:\n${question('More?')}  c-side:\n${question('Side?')}`;
const files = {
  'a-base/course.yaml': course('Base'),
  'b-more/course.yaml': course('More', 'a-base'),
  'c-side/course.yaml': course('Side', 'a-base'),
  ...Object.fromEntries(
    ['a-base', 'b-more', 'c-side'].flatMap((id) => [
      [`${id}/one/lesson.md`, lesson],
      [`${id}/two/lesson.md`, lesson],
    ]),
  ),
  'placement.yaml': quiz('Base one?'),
};

let reading: Reading;
let view: PlacementView | null;
beforeEach(async () => {
  reading = await openReading(files);
  view = await reading.placement.view('ada');
});
afterEach(() => reading.dispose());

/** Answers what is asked. 0 is right. */
async function say(choice: 0 | 1 | null): Promise<PlacementView> {
  const asked = view?.question?.id ?? '';
  const next = await reading.placement.answer('ada', asked, choice === null ? null : { choices: [choice] });
  view = next;
  return next;
}

async function ask(name: string, payload: unknown, learner = 'ada'): Promise<Answer<unknown> | undefined> {
  let answer: Answer<unknown> | undefined;
  await dispatch({
    name,
    packet: [
      payload,
      (given: Answer<unknown>) => {
        answer = given;
      },
    ],
    context: { actor: { learner, mayAuthor: false }, page: { id: 'p', send: () => undefined } },
    handlers: learnerHandlers(reading) as Handlers,
    budget: new RequestBudget({ now: () => 0 }, { capacity: 1_000, perSecond: 1, atOnce: 8 }),
    sandboxes: { wake: () => null, use: () => ({ dispose: () => undefined }), watched: () => undefined },
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    metrics: noMetrics,
  });
  return answer;
}

test('nothing that is sent before gives an answer away', () => {
  expect(view).toMatchObject({ answered: 0, atMost: 4, outcome: null, question: { question: 'Base one?' } });
  expect(JSON.stringify(view)).not.toMatch(/correct|Right so|Not so|About/);
});

test('who knows a course may skip it, and begins with the first that is not known', async () => {
  await say(0);
  await say(0);
  await say(1);
  const { outcome, question } = await say(0);
  expect(question?.question, 'it can be taken again').toBe('Base one?');
  expect(outcome).toMatchObject({
    decidedAt: 1_000,
    start: { id: 'b-more', lesson: { id: 'b-more/one' } },
    known: [
      { id: 'a-base', asked: 2, done: false },
      { id: 'c-side', asked: 1, done: false },
    ],
    unknown: [{ id: 'b-more' }],
    later: [],
    misses: [{ courseTitle: 'More', given: ['bad'], why: ['Not so.'], explanation: 'About More?' }],
  });
  expect(await reading.placement.advice('ada')).toEqual({
    decidedAt: 1_000,
    start: 'b-more',
    known: ['a-base', 'c-side'],
    begun: false,
  });
  expect((await reading.progress.completed('ada')).size, 'nothing counts as done').toBe(0);
});

test('it ends when everything else builds on what is not known', async () => {
  const { outcome } = await say(null);
  expect(outcome).toMatchObject({
    start: { id: 'a-base' },
    known: [],
    later: [{ id: 'b-more', needs: [{ title: 'Base' }] }, { id: 'c-side' }],
    misses: [{ given: [], why: [], explanation: 'About Base one?' }],
  });
});

test('it is kept for the learner, goes on after a reload, and keeps the last result while it is taken anew', async () => {
  await say(null);
  await say(0);
  expect(await reading.placement.view('ada')).toMatchObject({ answered: 1, question: { question: 'Base two?' } });
  expect(await reading.placement.advice('ada')).toMatchObject({ start: 'a-base', begun: true });
  expect(await reading.placement.view('ben')).toMatchObject({ answered: 0, outcome: null });
  expect(await reading.placement.begin('ada')).toMatchObject({ answered: 0, outcome: { start: { id: 'a-base' } } });
});

test('a question that was answered elsewhere, or is another one now, is not taken', async () => {
  const first = view?.question?.id;
  await say(0);
  const answer = { choices: [0] };
  expect(await ask('placement:answer', { question: first, answer })).toMatchObject({
    error: { code: 'placement.not-asked' },
  });
  await reading.write({ 'placement.yaml': quiz('Base anew?') });
  expect(await reading.placement.view('ada')).toMatchObject({ answered: 0, question: { question: 'Base anew?' } });
  const both = await Promise.allSettled(
    [0, 1].map(async () =>
      reading.placement.answer('ben', (await reading.placement.view('ben'))?.question?.id ?? '', answer),
    ),
  );
  expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('courses whose lessons are done are not asked about', async () => {
  for (const name of ['one', 'two']) {
    const id = `a-base/${name}`;
    await reading.progress.open('ada', id, 1);
    await reading.progress.answerQuiz('ada', id, 'go-quiz-1', true, 1);
    await reading.progress.settle('ada', outlineOf(reading.library.lesson(id)), 1);
  }
  expect(await reading.placement.view('ada')).toMatchObject({ atMost: 2, question: { question: 'More?' } });
});

test('bad packets are answered with a code, and a quiz with mistakes is not offered', async () => {
  const question = view?.question?.id;
  for (const payload of [
    null,
    {},
    { question },
    { question, answer: { choices: [] } },
    { question: 'x', answer: null },
  ]) {
    expect(await ask('placement:answer', payload), JSON.stringify(payload)).toMatchObject({
      error: { code: 'request.malformed' },
    });
  }
  expect(await ask('placement:answer', { question, answer: { choices: [7] } })).toMatchObject({
    error: { code: 'request.malformed' },
  });
  expect(await ask('placement:begin', { more: 1 })).toMatchObject({ error: { code: 'request.malformed' } });
  await reading.write({ 'placement.yaml': quiz('Base one?').replace('correct', 'corect') });
  expect(await reading.placement.view('ada')).toBeNull();
  expect(await ask('placement:begin', {})).toMatchObject({ error: { code: 'placement.none' } });
});
