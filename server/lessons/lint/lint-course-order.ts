import { nearestWord } from '../../checks/nearest-word.ts';
import type { LoadedCourse } from '../library/load-courses.ts';
import { type Problem, ProblemList, type SourceSpot } from '../problem.ts';

/** What is wrong with the courses a course comes after. @param courses all there are, by id */
export function lintCourseOrder(loaded: LoadedCourse, courses: ReadonlyMap<string, LoadedCourse>): Problem[] {
  const problems = new ProblemList(loaded.file);
  const at = (index: number): SourceSpot => loaded.afterSpots[index] ?? { line: 1, column: 1 };
  const after = loaded.course?.after ?? [];
  for (const [index, id] of after.entries()) {
    if (id === loaded.id) {
      problems.error('course.after-cycle', at(index), {
        message: 'This course comes after itself, so nobody could begin it. Take it out of `after`.',
        found: id,
      });
    } else if (!courses.has(id)) {
      const near = nearestWord(
        id,
        [...courses.keys()].filter((other) => other !== loaded.id),
      );
      problems.error('course.after-unknown', at(index), {
        message: `\`after\` names the course \`${id}\`, which does not exist.${near ? ` Did you mean \`${near}\`?` : ''}`,
        found: id,
        expected: near,
      });
    } else {
      const way = wayBack(id, loaded.id, courses);
      if (way === null) continue;
      const circle = [loaded.id, ...way].join(' → ');
      problems.error('course.after-cycle', at(index), {
        message: `These courses come after each other, so none can be first: ${circle}.`,
        found: circle,
      });
    }
  }
  return problems.items;
}

/** The way from one course over what it comes after to another, both in it; null: there is none. */
function wayBack(from: string, to: string, courses: ReadonlyMap<string, LoadedCourse>): string[] | null {
  const seen = new Set([from]);
  const walk = (id: string, path: string[]): string[] | null => {
    if (id === to) return path;
    for (const next of courses.get(id)?.course?.after ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      const found = walk(next, [...path, next]);
      if (found !== null) return found;
    }
    return null;
  };
  return walk(from, [from]);
}
