import type { MissingNeed } from './lesson-view.ts';

/**
 * Which lessons of a course count for its end: those that are done, and those that can be done on this machine. It is
 * finished when all of these are done.
 */
export function standingOfCourse<T extends { missing: readonly MissingNeed[] }>(
  lessons: readonly T[],
  isDone: (lesson: T) => boolean,
): { counted: T[]; finished: boolean } {
  const counted = lessons.filter((lesson) => isDone(lesson) || lesson.missing.length === 0);
  return { counted, finished: counted.length > 0 && counted.every(isDone) };
}
