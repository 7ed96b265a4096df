import { expect, test } from 'vitest';
import { card, course, doneWith } from './fake-courses.ts';
import { placementWords } from './placement-words.ts';
import { layRoads, nextStation } from './road.ts';

const courses = [
  course('first', [card('first/a'), card('first/b')], { title: 'First steps' }),
  course('second', [card('second/a')], { title: 'Images' }),
];
const placement = { decidedAt: 1, known: ['first'], start: 'second', begun: false };

function wordsAfter(lesson: string | null): string {
  const progress = lesson === null ? [] : [doneWith(lesson)];
  const roads = layRoads(courses, progress, placement.known);
  return placementWords(placement as never, roads, nextStation(roads, lesson, placement));
}

test('a course that may be skipped is named, and no more, as long as another one is proposed', () => {
  expect(wordsAfter(null)).toBe('Your placement quiz says that you may skip First steps.');
});

test('who went on in a course that may be skipped reads that both hold', () => {
  expect(wordsAfter('first/a')).toBe(
    'Your placement quiz says that you may skip First steps. You have begun First steps: go on with it as long as you like.',
  );
});
