import { expect, test } from 'vitest';
import type { Quiz } from '../../../protocol/lesson-schema.ts';
import { ProblemList } from '../problem.ts';
import { lintQuizAt } from './lint-quiz.ts';

function warnings(text: string, own: Partial<Quiz> = {}, why = 'So it is.'): string[] {
  const problems = new ProblemList('lesson.md');
  const quiz: Quiz = {
    question: 'Which?',
    choices: [
      { text: 'one thing', correct: true, why },
      { text, why: 'No.' },
    ],
    ...own,
  };
  lintQuizAt(
    quiz,
    () => ({ line: 1, column: 1 }),
    problems,
    () => false,
  );
  return problems.items.map(({ code, severity }) => `${severity} ${code}`);
}

const place = ['warning quiz.choice-place'];

test.each([
  'All of the above',
  'none of these.',
  'Both choices',
  'None of the other answers',
  'A and C',
  'The same as the first choice',
  'answer 2, but slower',
])('%j means something else once choices are shuffled', (text) => {
  expect(warnings(text)).toEqual(place);
  expect(warnings(text, { shuffle: false })).toEqual([]);
});

test.each([
  'Both',
  'None',
  'Only the last one',
  'Before its first answer',
  'The first option of docker run',
  'ARG, above a RUN',
  'A container and B',
  'All of its layers',
  'Yes',
])('%j is a choice like any other', (text) => {
  expect(warnings(text)).toEqual([]);
});

test('a reason and the explanation are looked at, too', () => {
  expect(warnings('b', {}, 'The second choice says why.')).toEqual(place);
  expect(warnings('b', { explanation: 'Therefore answer B is wrong.' })).toEqual(place);
});
