import { nearestWord } from '../../checks/nearest-word.ts';
import type { LoadedCourse, LoadedLesson } from '../library/load-courses.ts';
import { comparePlaces, type Problem, ProblemList, type SourceSpot } from '../problem.ts';
import { lintCourseOrder } from './lint-course-order.ts';
import type { ServedImages } from './lint-images.ts';
import { lintLesson } from './lint-lesson.ts';
import { type KnownReference, lintCommands } from './lint-reference.ts';

/**
 * Every problem of these courses, sorted by place.
 * @param elsewhere further lessons that may be linked to and be prerequisites
 * @param images what labs serve to sandboxes; null: nothing is said about that
 * @param known terms and commands that are explained; null: nothing is said about them
 */
export async function lintCourses(
  courses: readonly LoadedCourse[],
  elsewhere: readonly LoadedCourse[] = [],
  images: ServedImages | null = null,
  known: KnownReference | null = null,
): Promise<Problem[]> {
  const lessons = new Map<string, LoadedLesson>();
  for (const course of [...elsewhere, ...courses]) for (const lesson of course.lessons) lessons.set(lesson.id, lesson);
  const steps = new Map([...lessons].map(([id, { lesson }]) => [id, lesson?.steps.map((step) => step.id) ?? []]));
  const byId = new Map([...elsewhere, ...courses].map((course) => [course.id, course]));
  const problems: Problem[] = [];
  for (const course of courses) {
    problems.push(...course.problems, ...lintCourseOrder(course, byId));
    for (const lesson of course.lessons) {
      problems.push(
        ...lesson.problems,
        ...(await lintLesson(lesson, { lessons: steps, images, terms: known?.terms ?? null })),
        ...(known === null ? [] : lintCommands(lesson, known)),
        ...lintAfter(lesson, lessons, byId),
      );
    }
  }
  return problems.sort(comparePlaces);
}

function lintAfter(
  loaded: LoadedLesson,
  lessons: ReadonlyMap<string, LoadedLesson>,
  courses: ReadonlyMap<string, LoadedCourse>,
): Problem[] {
  const problems = new ProblemList(loaded.file);
  const { lesson } = loaded;
  if (lesson === null) return [];
  const at = (key: string): SourceSpot => lesson.frontMatterSpots[key] ?? { line: 1, column: 1 };
  const [courseId = '', name = ''] = loaded.id.split('/');
  const cycle = findCycle(loaded.id, lessons);
  for (const [index, id] of lesson.frontMatter.after.entries()) {
    const place = at(`after[${index}]`);
    if (!lessons.has(id)) {
      const near = nearestWord(id, [...lessons.keys()]);
      problems.error('after.unknown', place, {
        message: `\`after\` names the lesson \`${id}\`, which does not exist.${near ? ` Did you mean \`${near}\`?` : ''}`,
        found: id,
        expected: near,
      });
      continue;
    }
    const [otherCourse = '', otherName = ''] = id.split('/');
    const order = courses.get(otherCourse)?.course?.lessons;
    const there = order?.indexOf(otherName) ?? -1;
    const here = order?.indexOf(name) ?? -1;
    if (order !== undefined && there === -1) {
      problems.error('after.unreachable', place, {
        message: `\`after\` names the lesson \`${id}\`, which nobody can open: the course.yaml of \`${otherCourse}\` does not list it.`,
        found: id,
      });
    } else if (otherCourse === courseId && there > here && here !== -1 && !cycle?.includes(id)) {
      problems.error('after.later', place, {
        message: `\`after\` names the lesson \`${id}\`, which comes later in this course. Change the order in course.yaml, or take it out of \`after\`.`,
        found: id,
      });
    }
  }
  if (cycle) {
    problems.error('after.cycle', at('after'), {
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
