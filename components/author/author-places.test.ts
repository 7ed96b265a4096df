import { expect, test } from 'vitest';
import type { LessonProblem } from '../../protocol/authoring.ts';
import { countWords, placeOf, problemsByLine, problemsByPlace } from './author-places.ts';

const lines = { start: 20, 'run-1': 24, 'check-1': 30, serve: 41 };
const problem = (line: number, severity: LessonProblem['severity'] = 'error', file = 'lesson.md'): LessonProblem => ({
  file,
  line,
  column: 1,
  code: 'some.code',
  severity,
  message: `in line ${line}`,
});

test('a line belongs to the last block or step that begins at or before it', () => {
  expect(placeOf(19, lines)).toBeNull();
  expect(placeOf(20, lines)).toBe('start');
  expect(placeOf(29, lines)).toBe('run-1');
  expect(placeOf(30, lines)).toBe('check-1');
  expect(placeOf(400, lines)).toBe('serve');
});

test('problems stand at their place; those of another file and of the front matter stand nowhere', () => {
  const problems = [problem(3), problem(25), problem(28), problem(33, 'error', 'course.yaml'), problem(45)];
  const places = problemsByPlace({ lesson: 'a/b', file: 'lesson.md', source: '', problems, lines, checks: [] });
  expect([...places].map(([place, found]) => [place, found.map(({ line }) => line)])).toEqual([
    ['run-1', [25, 28]],
    ['serve', [45]],
  ]);
  expect([...problemsByLine('lesson.md', problems).keys()]).toEqual([3, 25, 28, 45]);
});

test('problems are counted by their severity', () => {
  expect(countWords([])).toBe('no problems');
  expect(countWords([problem(1)])).toBe('1 error');
  expect(countWords([problem(1), problem(2), problem(3, 'warning')])).toBe('2 errors, 1 warning');
});
