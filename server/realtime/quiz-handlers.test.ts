import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Answer } from '../../protocol/errors.ts';
import { fence, lessonSource } from '../lessons/lesson-fixture.ts';
import { noMetrics } from '../metrics.ts';
import { dispatch, type Handlers } from './dispatch.ts';
import { quizHandlers } from './quiz-handlers.ts';
import { openReading, type Reading } from './reading-fixture.ts';
import { RequestBudget } from './request-budget.ts';

const choices = [
  'question: Which?',
  'choices:',
  '  - { text: a, why: no a }',
  '  - { text: b, why: yes b, correct: true }',
].join('\n');
const body = [
  '## One {#one}',
  fence('sh solution', 'docker run --name web busybox'),
  fence('sh run', 'echo $$name$$'),
  fence('yaml quiz', choices),
  '## Two {#two}',
  fence('yaml quiz', 'question: Who?\nanswer: $$name$$\nexplanation: You are.'),
].join('\n\n');
const variables = ['variables:', '  name: { prompt: Your name?, default: web, pattern: "[a-z]+" }'];
const files = {
  'a/course.yaml': 'title: A\nsummary: S\naudience: All\nlessons: [b]\n',
  'a/b/lesson.md': lessonSource(body, variables),
};
const lesson = 'a/b';

let reading: Reading;
beforeEach(async () => {
  reading = await openReading(files);
  await reading.progress.open('ada', lesson, 1);
});
afterEach(() => reading.dispose());

async function ask(name: string, payload: unknown): Promise<Answer<unknown> | undefined> {
  let answer: Answer<unknown> | undefined;
  const handlers = quizHandlers(reading) as Handlers;
  await dispatch({
    name,
    packet: [
      payload,
      (given: Answer<unknown>) => {
        answer = given;
      },
    ],
    context: { actor: { learner: 'ada', mayAuthor: false }, page: { id: 'p', send: () => undefined } },
    handlers,
    budget: new RequestBudget({ now: () => 0 }, { capacity: 1_000, perSecond: 1, atOnce: 8 }),
    sandboxes: { wake: () => null, use: () => ({ dispose: () => undefined }), watched: () => undefined },
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    metrics: noMetrics,
  });
  return answer;
}

const codeOf = async (name: string, payload: unknown) => {
  const answer = await ask(name, payload);
  return answer?.ok === false ? answer.error.code : 'ok';
};
const first = (answer: unknown) => ask('quiz:answer', { lesson, quiz: 'one-quiz-1', answer });
const told = () => reading.facts.map(({ learner, name }) => `${learner} ${name}`);

describe('quiz:answer', () => {
  it('judges, counts, and tells all pages of this learner', async () => {
    expect(await first({ choices: [0] })).toMatchObject({ ok: true, data: { right: false, attempts: 1 } });
    expect(await first({ choices: [1] })).toMatchObject({ ok: true, data: { right: true, attempts: 2 } });
    expect(told()).toEqual(['ada quiz:judged', 'ada progress:changed', 'ada quiz:judged', 'ada progress:changed']);
    expect(reading.facts.at(-2)?.fact).toMatchObject({ lesson, verdict: { quiz: 'one-quiz-1', right: true } });
    expect(reading.facts.at(-1)?.fact).toMatchObject({ progress: { lesson, stepsDone: ['one'], completedAt: null } });
  });

  it('of a quiz that is passed leaves it passed', async () => {
    await first({ choices: [1] });
    expect(await first({ choices: [0] })).toMatchObject({ ok: true, data: { right: false, attempts: 1 } });
    expect(reading.facts.at(-1)?.fact).toMatchObject({ progress: { stepsDone: ['one'] } });
  });

  it('that is the last thing of a lesson completes it, and begins its practice', async () => {
    await first({ choices: [1] });
    reading.clock.set(7_000);
    await ask('quiz:answer', { lesson, quiz: 'two-quiz-1', answer: { text: 'web' } });
    expect(reading.facts.at(-1)?.fact).toMatchObject({ progress: { stepsDone: ['one', 'two'], completedAt: 7_000 } });
    const practiced = { lesson, quiz: 'two-quiz-1', answer: { text: 'web' } };
    expect(await codeOf('practice:answer', practiced)).toBe('practice.not-due');
    reading.clock.set(7_000 + 2 * 24 * 60 * 60 * 1000);
    const before = reading.facts.length;
    expect(await ask('practice:answer', practiced)).toMatchObject({ ok: true, data: { right: true } });
    // The page of the lesson has nothing to do with it.
    expect(reading.facts.length).toBe(before);
  });

  it.each([
    ['an unknown choice', 'one-quiz-1', { choices: [2] }, 'request.malformed'],
    ['a text for choices', 'one-quiz-1', { text: 'b' }, 'request.malformed'],
    ['choices for a text', 'two-quiz-1', { choices: [0] }, 'request.malformed'],
    ['no choice', 'one-quiz-1', { choices: [] }, 'request.malformed'],
    ['a broken number', 'one-quiz-1', { choices: [0.5] }, 'request.malformed'],
    ['both', 'one-quiz-1', { choices: [1], text: 'b' }, 'request.malformed'],
    ['nothing', 'one-quiz-1', null, 'request.malformed'],
    ['an empty text', 'two-quiz-1', { text: '   ' }, 'request.malformed'],
    ['a long text', 'two-quiz-1', { text: 'x'.repeat(501) }, 'request.too-large'],
    ['another quiz', 'gone', { text: 'x' }, 'lesson.block-not-found'],
    ['no quiz', 'one-run-1', { text: 'x' }, 'lesson.block-not-found'],
  ])('%s is refused and not counted', async (_what, quiz, answer, code) => {
    expect(await codeOf('quiz:answer', { lesson, quiz, answer })).toBe(code);
    expect(await codeOf('practice:answer', { lesson, quiz, answer })).not.toBe('ok');
    expect(reading.facts).toEqual([]);
    const { quizzes } = await reading.progress.read('ada', { id: lesson, steps: [] });
    expect(quizzes).toEqual({});
  });

  it('of a lesson that is not there is refused', async () => {
    expect(await codeOf('quiz:answer', { lesson: 'a/gone', quiz: 'q', answer: { text: 'x' } })).toBe(
      'lesson.not-found',
    );
  });
});

describe('solution:show', () => {
  const show = (block: string) => ask('solution:show', { lesson, block });

  it('is recorded the first time', async () => {
    expect(await show('one-solution-1')).toMatchObject({ ok: true });
    reading.clock.set(9_000);
    await show('one-solution-1');
    expect(reading.facts.at(-1)?.fact).toMatchObject({ progress: { solutionsShown: { 'one-solution-1': 1_000 } } });
  });

  it('is not recorded once the step is done', async () => {
    await first({ choices: [1] });
    expect(await show('one-solution-1')).toMatchObject({ ok: true });
    const { solutionsShown } = await reading.progress.read('ada', { id: lesson, steps: [] });
    expect(solutionsShown).toEqual({});
  });

  it('is for solutions alone', async () => {
    for (const block of ['one-run-1', 'one-quiz-1', 'gone']) {
      expect(await show(block)).toMatchObject({ ok: false, error: { code: 'lesson.block-not-found' } });
    }
  });
});

describe('lesson:answer-variables', () => {
  const answer = (values: unknown) => ask('lesson:answer-variables', { lesson, values });
  const command = async () => {
    const block = await reading.reader.block({ learner: 'ada', mayAuthor: false }, lesson, 'one-run-1');
    return block.kind === 'run' ? block.command : null;
  };

  it('changes this learner’s text, the session and the pages, and can be done again', async () => {
    expect(await command()).toBe('echo web');
    expect(await answer({ name: ' ada ' })).toMatchObject({ ok: true });
    expect(await command()).toBe('echo ada');
    expect(reading.renewed).toEqual(['ada:a/b']);
    expect(told()).toEqual(['ada lesson:changed']);
    await answer({ name: 'grace' });
    expect(await command()).toBe('echo grace');
    const others = await reading.reader.block({ learner: 'ben', mayAuthor: false }, lesson, 'one-run-1');
    expect(others).toMatchObject({ command: 'echo web' });
    expect(await ask('quiz:answer', { lesson, quiz: 'two-quiz-1', answer: { text: 'Grace' } })).toMatchObject({
      data: { right: true, answer: 'grace' },
    });
  });

  it.each([
    [{ name: 'ada', other: 'x' }, 'other'],
    [{ name: 'Ada 1' }, 'name'],
    [{ name: 'a\nb' }, 'name'],
    [{ name: '' }, 'name'],
    [{ constructor: 'x' }, 'constructor'],
  ])('%j is refused as a whole', async (values, variable) => {
    expect(await answer(values)).toMatchObject({
      ok: false,
      error: { code: 'variable.invalid', details: { variable } },
    });
    expect(await command()).toBe('echo web');
    expect(reading.facts).toEqual([]);
    expect(reading.renewed).toEqual([]);
  });

  it.each([
    [{ name: 7 }, 'request.malformed'],
    [['ada'], 'request.malformed'],
    [null, 'request.malformed'],
    [{ name: 'x'.repeat(201) }, 'request.too-large'],
  ])('%j is no such request', async (values, code) => {
    expect(await answer(values)).toMatchObject({ ok: false, error: { code } });
  });
});
