/** A course, and the courses to do first. */
interface Ordered {
  id: string;
  after: readonly string[];
}

/**
 * The courses in an order in which each stands after those it needs. Where that leaves a choice, the one that was given
 * first goes first. Courses that need each other in a circle (which the linter tells of) stay where they are given;
 * what is needed and not there counts for nothing.
 */
export function orderCourses<T extends Ordered>(courses: readonly T[]): T[] {
  const waiting = [...courses];
  const ordered: T[] = [];
  while (waiting.length > 0) {
    const open = new Set(waiting.map(({ id }) => id));
    const at = waiting.findIndex(({ id, after }) => !after.some((need) => need !== id && open.has(need)));
    ordered.push(...waiting.splice(Math.max(at, 0), 1));
  }
  return ordered;
}

/** All that a course needs, over every step: what it names, what that names, and so on; never itself. */
export function neededBy(id: string, courses: ReadonlyMap<string, Pick<Ordered, 'after'>>): Set<string> {
  const needed = new Set<string>();
  const walk = (from: string): void => {
    for (const need of courses.get(from)?.after ?? []) {
      if (need === id || needed.has(need)) continue;
      needed.add(need);
      walk(need);
    }
  };
  walk(id);
  return needed;
}

/**
 * The course to go on with after one of them: the next that nothing stands in the way of; else the next at all.
 * @param settled courses that are done, or may be skipped
 * @returns null when nothing is left
 */
export function courseAfter<T extends Ordered>(
  courses: readonly T[],
  from: string,
  settled: ReadonlySet<string>,
): T | null {
  const ids = new Set(courses.map(({ id }) => id));
  const at = courses.findIndex(({ id }) => id === from);
  const inTurn = [...courses.slice(at + 1), ...courses.slice(0, Math.max(at, 0))];
  const left = inTurn.filter(({ id }) => !settled.has(id));
  const isReady = ({ after }: T) => after.every((need) => need === from || settled.has(need) || !ids.has(need));
  return left.find(isReady) ?? left[0] ?? null;
}
