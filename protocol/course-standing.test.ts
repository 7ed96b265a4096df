import { expect, test } from 'vitest';
import { firstToDo, leftOutWords, standingOfCourse, standingWords } from './course-standing.ts';

const missing = [{ need: 'cgroup2', words: 'cgroup v2 is not here' }];
const able = (title: string) => ({ title, missing: [] });
const unable = (title: string) => ({ title, missing });
const named =
  (...done: string[]) =>
  ({ title }: { title: string }) =>
    done.includes(title);

test('what this machine cannot do counts only once it was done', () => {
  const lessons = [able('a'), unable('b'), able('c')];
  const titles = (list: { title: string }[]) => list.map(({ title }) => title).join('');
  const part = standingOfCourse(lessons, named('a'));
  expect([titles(part.counted), titles(part.done), titles(part.leftOut), part.finished]).toEqual([
    'ac',
    'a',
    'b',
    false,
  ]);
  expect(standingOfCourse(lessons, named('a', 'c'))).toMatchObject({ finished: true });
  const all = standingOfCourse(lessons, named('a', 'b', 'c'));
  expect([titles(all.counted), titles(all.leftOut), all.finished]).toEqual(['abc', '', true]);
  expect(standingOfCourse([unable('b')], named())).toMatchObject({ finished: false });
});

test('it is said in one sentence, everywhere the same', () => {
  expect(standingWords({ done: 1, of: 2, leftOut: [] })).toBe('1 of 2 lessons done');
  expect(standingWords({ done: 0, of: 1, leftOut: [] })).toBe('0 of 1 lesson done');
  expect(standingWords({ done: 12, of: 13, leftOut: [unable('`limits`')] })).toBe(
    '12 of 13 lessons done; “`limits`” needs cgroup v2, which this machine has not',
  );
  expect(leftOutWords([unable('a'), unable('b')])).toBe('“a” and “b” need cgroup v2, which this machine has not');
  expect(leftOutWords(['a', 'b', 'c', 'd'].map(unable))).toBe('4 lessons need cgroup v2, which this machine has not');
});

test('one begins with what can be done here', () => {
  const lessons = [able('a'), unable('b'), able('c')];
  expect(firstToDo(lessons, named('a'))?.title).toBe('c');
  expect(firstToDo(lessons, named('a', 'c'))?.title).toBe('b');
  expect(firstToDo(lessons, named('a', 'b', 'c'))?.title).toBe('a');
  expect(firstToDo([], named())).toBeUndefined();
});
