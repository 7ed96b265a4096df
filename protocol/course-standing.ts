import type { MissingNeed } from './lesson-view.ts';

/** As much of a lesson as its place in a course needs. */
interface Standing {
  missing: readonly MissingNeed[];
}

/** What counts of a course: the one place that says so. */
export interface CourseStanding<T> {
  /** Those that are done, and those that can be done on this machine. */
  counted: T[];
  done: T[];
  /** Neither done nor possible here, because the machine lacks what they need. */
  leftOut: T[];
  /** All are done that count. */
  finished: boolean;
}

/** How far a course is done. A lesson that this machine cannot do never stands in the way of its end. */
export function standingOfCourse<T extends Standing>(
  lessons: readonly T[],
  isDone: (lesson: T) => boolean,
): CourseStanding<T> {
  const done = lessons.filter(isDone);
  const counted = lessons.filter((lesson) => isDone(lesson) || lesson.missing.length === 0);
  const leftOut = lessons.filter((lesson) => !counted.includes(lesson));
  return { counted, done, leftOut, finished: counted.length > 0 && counted.length === done.length };
}

/**
 * The lesson to go on with in a course: the first that is open and can be done here; else the first that is open; else,
 * where all are done, the first.
 */
export function firstToDo<T extends Standing>(lessons: readonly T[], isDone: (lesson: T) => boolean): T | undefined {
  const open = lessons.filter((lesson) => !isDone(lesson));
  return open.find(({ missing }) => missing.length === 0) ?? open[0] ?? lessons[0];
}

/** More titles than this are a list that nobody reads. */
const namedLessons = 3;
const needNames: Record<string, string> = { cgroup2: 'cgroup v2' };

/** "12 of 13 lessons done; “Limits” needs cgroup v2, which this machine has not". With `code` as titles have it. */
export function standingWords({
  done,
  of,
  leftOut,
}: {
  done: number;
  of: number;
  leftOut: readonly (Standing & { title: string })[];
}): string {
  const words = `${done} of ${of} ${of === 1 ? 'lesson' : 'lessons'} done`;
  return leftOut.length === 0 ? words : `${words}; ${leftOutWords(leftOut)}`;
}

/** "“Limits” needs cgroup v2, which this machine has not". */
export function leftOutWords(lessons: readonly (Standing & { title: string })[]): string {
  const titles = lessons.map(({ title }) => `“${title}”`);
  const who = lessons.length > namedLessons ? `${lessons.length} lessons` : listOf(titles);
  const needs = new Set(lessons.flatMap(({ missing }) => missing.map(({ need }) => needNames[need] ?? need)));
  return `${who} ${lessons.length === 1 ? 'needs' : 'need'} ${listOf([...needs])}, which this machine has not`;
}

function listOf(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
