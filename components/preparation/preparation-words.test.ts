import { expect, test } from 'vitest';
import { type LessonProgress, noProgress, type StepView } from '../../protocol/lesson-view.ts';
import type { Preparation } from '../../protocol/preparation.ts';
import { openStepsBefore, preparationCount, preparationHeading, stepsDoneForYou } from './preparation-words.ts';

const step = (id: string, checks: string[], quizzes: string[] = []): StepView => ({
  id,
  title: id,
  blocks: [],
  checks,
  quizzes,
});
const steps = [step('one', ['a']), step('read', []), step('ask', [], ['q']), step('last', ['b', 'c'])];

const preparation = (over: Partial<Preparation>): Preparation => ({
  kind: 'start-over',
  step: 'last',
  state: 'running',
  done: 0,
  of: 0,
  doing: '',
  since: 0,
  message: null,
  ...over,
});

const progress = (over: Partial<LessonProgress>): LessonProgress => ({ ...noProgress('a/b'), ...over });

test('a heading says what the lab does, and for which step', () => {
  expect(preparationHeading(preparation({}), steps)).toBe('Making a fresh sandbox for step 4');
  expect(preparationHeading(preparation({ of: 3 }), steps)).toBe('Doing what comes before step 4 for you');
  expect(preparationHeading(preparation({ kind: 'setup', of: 1 }), steps)).toBe('Preparing step 4');
  expect(preparationHeading(preparation({ kind: 'setup', step: null }), steps)).toBe('Preparing the lesson');
  expect(preparationHeading(preparation({ kind: 'setup', state: 'failed', step: 'one' }), steps)).toBe(
    'Step 1 could not be prepared',
  );
  expect(preparationHeading(preparation({ state: 'failed' }), steps)).toBe('The lab could not get you to step 4');
});

test('what is being done now counts, and never more than there is', () => {
  expect(preparationCount(preparation({}))).toBeNull();
  expect(preparationCount(preparation({ done: 0, of: 5 }))).toBe('1 of 5');
  expect(preparationCount(preparation({ done: 5, of: 5 }))).toBe('5 of 5');
});

test('a step was done by the lab if it met one of its checks and the step is done', () => {
  const caughtUp = progress({ caughtUp: ['a', 'b'], stepsDone: ['one', 'read'] });
  expect([...stepsDoneForYou(steps, caughtUp)]).toEqual(['one']);
});

test('only steps that ask for something count as left out', () => {
  expect(openStepsBefore('one', steps, new Set())).toBe(0);
  expect(openStepsBefore('last', steps, new Set())).toBe(2);
  expect(openStepsBefore('last', steps, new Set(['one']))).toBe(1);
  expect(openStepsBefore('unknown', steps, new Set())).toBe(0);
});
