import { expect, test } from 'vitest';
import type { Quiz } from '../../protocol/lesson-schema.ts';
import { choiceOrder } from './choice-order.ts';

const quiz = (count: number): Quiz => ({
  question: 'Which?',
  choices: Array.from({ length: count }, (_, n) => ({ text: `c${n}`, why: 'so', correct: n === 0 })),
});

test('every choice is shown once, and always at the same place', () => {
  const order = choiceOrder(quiz(10), 'ada', 'a/b#q');
  expect([...order].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(choiceOrder(quiz(10), 'ada', 'a/b#q')).toEqual(order);
});

test('another learner, and another question, have another order', () => {
  const order = choiceOrder(quiz(10), 'ada', 'a/b#q');
  expect(choiceOrder(quiz(10), 'ben', 'a/b#q')).not.toEqual(order);
  expect(choiceOrder(quiz(10), 'ada', 'a/b#r')).not.toEqual(order);
});

test('the right choice is found at every place, about as often at one as at another', () => {
  const places = [0, 0, 0, 0];
  for (let learner = 0; learner < 4_000; learner += 1) {
    const at = choiceOrder(quiz(4), `learner-${learner}`, 'q').indexOf(0);
    places[at] = (places[at] ?? 0) + 1;
  }
  for (const count of places) expect(Math.abs(count - 1_000)).toBeLessThan(120);
});

test('a choice that is added moves none of the others past each other', () => {
  const before = choiceOrder(quiz(5), 'ada', 'q');
  expect(choiceOrder(quiz(6), 'ada', 'q').filter((place) => place < 5)).toEqual(before);
});

test('choices that have an order of their own keep it, and words to type have none', () => {
  expect(choiceOrder({ ...quiz(4), shuffle: false }, 'ada', 'q')).toEqual([0, 1, 2, 3]);
  expect(choiceOrder({ question: 'What?', answer: 'web' }, 'ada', 'q')).toEqual([]);
});
