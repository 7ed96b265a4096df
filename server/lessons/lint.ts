import { nearestWord } from '../checks/nearest-word.ts';
import { lintLesson } from './lint-lesson.ts';
import type { LoadedCourse, LoadedLesson } from './load-courses.ts';
import { comparePlaces, type Problem, ProblemList } from './problem.ts';

/**
 * Every problem of these courses, sorted by place.
 * @param elsewhere further lessons that may be linked to and be prerequisites
 */
export async function lintCourses(
  courses: readonly LoadedCourse[],
  elsewhere: readonly LoadedCourse[] = [],
): Promise<Problem[]> {
  const lessons = new Map<string, LoadedLesson>();
  for (const course of [...elsewhere, ...courses]) for (const lesson of course.lessons) lessons.set(lesson.id, lesson);
  const steps = new Map([...lessons].map(([id, { lesson }]) => [id, lesson?.steps.map((step) => step.id) ?? []]));
  const problems: Problem[] = [];
  for (const course of courses) {
    problems.push(...course.problems);
    for (const lesson of course.lessons) {
      problems.push(
        ...lesson.problems,
        ...(await lintLesson(lesson, { lessons: steps })),
        ...lintAfter(lesson, lessons),
      );
    }
  }
  return problems.sort(comparePlaces);
}

function lintAfter(loaded: LoadedLesson, lessons: ReadonlyMap<string, LoadedLesson>): Problem[] {
  const problems = new ProblemList(loaded.file);
  // The front matter is at the top of the file; its lines are not kept in the model.
  const at = { line: 1, column: 1 };
  for (const id of loaded.lesson?.frontMatter.after ?? []) {
    if (lessons.has(id)) continue;
    const near = nearestWord(id, [...lessons.keys()]);
    problems.error('after.unknown', at, {
      message: `\`after\` names the lesson \`${id}\`, which does not exist.${near ? ` Did you mean \`${near}\`?` : ''}`,
      found: id,
      expected: near,
    });
  }
  const cycle = findCycle(loaded.id, lessons);
  if (cycle) {
    problems.error('after.cycle', at, {
      message: `These lessons come after each other, so none can be first: ${cycle.join(' → ')}.`,
      found: cycle.join(' → '),
    });
  }
  return problems.items;
}

/** The way from a lesson over its prerequisites back to itself, or null. */
function findCycle(start: string, lessons: ReadonlyMap<string, LoadedLesson>): string[] | null {
  const seen = new Set<string>();
  const walk = (id: string, path: string[]): string[] | null => {
    for (const next of lessons.get(id)?.lesson?.frontMatter.after ?? []) {
      if (next === start) return [...path, start];
      if (seen.has(next)) continue;
      seen.add(next);
      const found = walk(next, [...path, next]);
      if (found) return found;
    }
    return null;
  };
  return walk(start, [start]);
}
