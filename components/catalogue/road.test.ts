import { expect, test } from 'vitest';
import type { LessonProgress } from '../../protocol/lesson-view.ts';
import { everything, isNarrowed, queryAddress, readQuery } from './catalogue-query.ts';
import { card, course, doneWith, progressOf } from './fake-courses.ts';
import { foldsCookieText, readFolds, withFold } from './folds.ts';
import { formatMinutes, isOutlineFirst, layRoads, nextStation } from './road.ts';

const steps = [
  { id: 'one', title: 'One' },
  { id: 'two', title: 'Two' },
];
const courses = [
  course('first', [
    card('first/a', { minutes: 20, steps }),
    card('first/b', { after: ['first/a'], minutes: 15 }),
    card('first/c', { after: ['first/b'] }),
  ]),
  course('empty', []),
  course('second', [card('second/x', { after: ['first/b', 'gone/away'] }), card('second/y', { after: ['second/x'] })]),
];

function next(done: string[], left: string | null): string | undefined {
  const roads = layRoads(courses, done.map(doneWith));
  return nextStation(roads, left)?.card.id;
}

test('a course says how much is done and what is left, with the share of a lesson that is begun', () => {
  const [first] = layRoads(courses, [progressOf('first/a', { stepsDone: ['one', 'no-longer-there'] })]);
  expect(first).toMatchObject({ done: 0, minutes: 45, minutesLeft: 35 });
  const [later] = layRoads(courses, [doneWith('first/a')]);
  expect(later).toMatchObject({ done: 1, minutes: 45, minutesLeft: 25 });
});

test('prerequisites have titles and states across courses, and unknown ones only their id', () => {
  const roads = layRoads(courses, [doneWith('first/b')]);
  expect(roads.map((road) => road.course.id)).toEqual(['first', 'second']);
  expect(roads[1]?.stations[0]?.after).toEqual([
    { id: 'first/b', title: 'first/b', done: true, known: false },
    { id: 'gone/away', title: null, done: false, known: false },
  ]);
});

test('the way begins at the beginning and goes on where the learner left', () => {
  expect(next([], null)).toBe('first/a');
  expect(next(['first/a'], 'first/a')).toBe('first/b');
  expect(next([], 'second/y')).toBe('second/y');
});

test('after a course comes a lesson of another that nothing stands in the way of', () => {
  expect(next(['first/a', 'first/b', 'first/c'], 'first/c')).toBe('second/x');
  expect(next(['first/a', 'first/b', 'first/c', 'second/x', 'second/y'], 'second/y')).toBeUndefined();
});

test('a lesson that was skipped is come back to rather than one that builds on it', () => {
  expect(next(['first/a', 'second/x'], 'second/x')).toBe('second/y');
  expect(next(['first/c'], 'first/c')).toBe('first/a');
});

const begun = (id: string) => progressOf(id, { stepsDone: ['one'] });
const advised = (start: string | null, known: string[]) => ({ placement: { decidedAt: 5, start }, known });

test('without a placement quiz the first course comes first', () => {
  const way = [course('a', [card('a/one')]), course('b', [card('b/one')]), course('c', [card('c/one')])];
  expect(nextStation(layRoads(way, []), null, null)?.card.id).toBe('a/one');
  expect(nextStation(layRoads(way, []), null, { decidedAt: null, start: null })?.card.id).toBe('a/one');
});

test('after a placement quiz its course comes first, whatever else is open or begun', () => {
  const way = [
    course('a', [card('a/one', { steps }), card('a/two')]),
    course('unasked', [card('unasked/one')]),
    course('b', [card('b/one', { after: ['unasked/one'] }), card('b/two')]),
    course('c', [card('c/one')]),
  ];
  const { placement, known } = advised('b', ['a']);
  const proposed = (own: LessonProgress[], left: string | null = null) =>
    nextStation(layRoads(way, own, known), left, placement)?.card.id;
  expect(proposed([])).toBe('b/one');
  // Begun before the quiz, and passed over by it.
  expect(proposed([begun('a/one')])).toBe('b/one');
  expect(proposed([doneWith('b/one')])).toBe('b/two');
  // Begun since: it goes on there.
  expect(proposed([begun('a/one')], 'a/one')).toBe('a/one');
  expect(proposed([doneWith('a/one')], 'a/one')).toBe('a/two');
  // Its course is done: never back to what was passed over while there is something else.
  const own = [doneWith('b/one'), doneWith('b/two'), begun('a/one')];
  expect(proposed(own, 'b/two')).toBe('unasked/one');
  expect(proposed(own)).toBe('unasked/one');
});

test('the proposal passes over what this machine cannot do, as the result of the quiz does', () => {
  const missing = [{ need: 'cgroup2', words: 'cgroup v2' }];
  const way = [course('a', [card('a/one')]), course('b', [card('b/one', { missing }), card('b/two')])];
  const { placement, known } = advised('b', ['a']);
  expect(nextStation(layRoads(way, [], known), null, placement)?.card.id).toBe('b/two');
});

test('where all courses may be skipped nothing is proposed, until a lesson is opened', () => {
  const way = [course('a', [card('a/one')]), course('b', [card('b/one')])];
  const { placement, known } = advised(null, ['a', 'b']);
  expect(nextStation(layRoads(way, [], known), null, placement)).toBeNull();
  expect(nextStation(layRoads(way, [], known), 'b/one', placement)?.card.id).toBe('b/one');
  // A course that came later was not asked about.
  const more = [...way, course('c', [card('c/one')])];
  expect(nextStation(layRoads(more, [], known), null, placement)?.card.id).toBe('c/one');
});

test('a course is finished without what this machine cannot do, and says which lesson that is', () => {
  const missing = [{ need: 'cgroup2', words: 'cgroup v2' }];
  const lessons = [card('a/one'), card('a/two', { missing, minutes: 30 }), card('a/three')];
  const [open] = layRoads([course('a', lessons)], [doneWith('a/one')]);
  expect(open).toMatchObject({ done: 1, finished: false, minutes: 50, minutesLeft: 10 });
  const [finished] = layRoads([course('a', lessons)], [doneWith('a/one'), doneWith('a/three')]);
  expect(finished).toMatchObject({ done: 2, finished: true, minutesLeft: 0, leftOut: [{ id: 'a/two' }] });
});

test('what this machine cannot do is nothing to go on with, while there is something else', () => {
  const missing = [{ need: 'cgroup2', words: 'cgroup v2' }];
  const lessons = [card('a/one', { missing }), card('a/two')];
  expect(nextStation(layRoads([course('a', lessons)], []), null)?.card.id).toBe('a/two');
  expect(nextStation(layRoads([course('a', lessons)], [doneWith('a/two')]), null)?.card.id).toBe('a/one');
});

test('outlines: what is done, what is long, and in a big catalogue all but the course at hand', () => {
  const small = layRoads(courses, []);
  expect(small.map((road) => isOutlineFirst(road, small, nextStation(small, null)))).toEqual([false, false]);
  const done = layRoads(courses, ['second/x', 'second/y'].map(doneWith));
  expect(done.map((road) => isOutlineFirst(road, done, nextStation(done, null)))).toEqual([false, true]);
  const many = layRoads(
    ['a', 'b', 'c', 'd'].map((id) =>
      course(
        id,
        Array.from({ length: 6 }, (_, n) => card(`${id}/${n}`)),
      ),
    ),
    [],
  );
  expect(many.map((road) => isOutlineFirst(road, many, nextStation(many, 'b/2')))).toEqual([true, false, true, true]);
});

test('minutes are hours where there are many', () => {
  expect([0, 45, 89, 90, 120, 190].map(formatMinutes)).toEqual([
    '0 min',
    '45 min',
    '89 min',
    '1 h 30 min',
    '2 h',
    '3 h 10 min',
  ]);
});

test('an address holds the search, and whatever else it says is ignored', () => {
  const read = (address: string) => readQuery(new URL(address, 'http://lab').searchParams);
  const query = { text: 'built café & co', level: 'advanced', todo: true } as const;
  expect(read(queryAddress(query))).toEqual(query);
  expect(queryAddress(everything)).toBe('/');
  expect(isNarrowed({ ...everything, text: '  ' })).toBe(false);
  expect(read('/?level=expert&todo=yes&q=')).toEqual(everything);
  expect(read(`/?q=${'a'.repeat(500)}`).text).toHaveLength(100);
});

test('chosen outlines survive the cookie, the latest sixty of them', () => {
  let folds = readFolds('first:1.Bad Name:0.second:0.third:2');
  expect(folds).toEqual({ first: true, second: false });
  folds = withFold(folds, 'first', false);
  expect(readFolds(foldsCookieText(folds).split(';')[0]?.split('=')[1])).toEqual({ second: false, first: false });
  for (let n = 0; n < 80; n += 1) folds = withFold(folds, `course-${n}`, true);
  const kept = readFolds(foldsCookieText(folds).split(';')[0]?.split('=')[1]);
  expect(Object.keys(kept)).toHaveLength(60);
  expect(kept['course-79']).toBe(true);
  expect(kept.first).toBeUndefined();
});

test('courses that may be skipped come last, and stand in the way of nothing', () => {
  const roads = layRoads(courses, [], ['first']);
  expect(roads.map(({ known }) => known)).toEqual([true, false]);
  expect(nextStation(roads, null)?.card.id).toBe('second/x');
  const second = ['second/x', 'second/y'].map(doneWith);
  expect(nextStation(layRoads(courses, second, ['first']), 'second/y')?.card.id).toBe('first/a');
});

test('a course is finished when all is done that this machine can do', () => {
  const needy = card('a/two', { missing: [{ need: 'cgroup2', words: 'Missing.' }] });
  const [road] = layRoads([course('a', [card('a/one'), needy])], [doneWith('a/one')], ['a']);
  expect(road).toMatchObject({ finished: true, known: false, done: 1 });
  expect(layRoads([course('a', [needy])], [])[0]?.finished).toBe(false);
});

test('a course says which courses of the catalogue come first', () => {
  const [, two] = layRoads([course('a', [card('a/x')]), course('b', [card('b/x')], { after: ['a', 'gone', 'b'] })], []);
  expect(two?.after.map(({ id }) => id)).toEqual(['a']);
});
