import { neededBy } from '../library/course-order.ts';

/** A course as the placement quiz sees it. */
export interface AskedCourse {
  id: string;
  after: readonly string[];
  /** Ids of its questions, in order; none: nothing can be asked about it. */
  questions: readonly string[];
  /** Its lessons are done: nothing has to be asked. */
  done: boolean;
}

export type CourseFinding =
  /** All its questions were answered rightly, or its lessons are done. */
  | { state: 'known'; done: boolean }
  /** One of its questions was not answered rightly. */
  | { state: 'unknown' }
  /** It builds on courses that are not known, so it is not asked about. */
  | { state: 'later'; needs: string[] }
  /** A question is still to be answered. */
  | { state: 'open' }
  /** There are no questions about it. */
  | { state: 'unasked' };

export interface PlacementRun {
  /** The question to ask now; null: the quiz is over. */
  next: string | null;
  /** How many are still to come if all are answered rightly. */
  atMost: number;
  findings: Map<string, CourseFinding>;
}

/**
 * Where a placement quiz stands. It asks course by course; the first question that is not answered rightly decides
 * that a course is not known, and what builds on it is not asked about.
 * @param courses in an order in which each stands after those it needs
 * @param answers by question: whether it was answered rightly
 */
export function runPlacement(courses: readonly AskedCourse[], answers: ReadonlyMap<string, boolean>): PlacementRun {
  const byId = new Map(courses.map((course) => [course.id, course]));
  const findings = new Map<string, CourseFinding>();
  const run: PlacementRun = { next: null, atMost: 0, findings };
  for (const course of courses) {
    const needs = [...neededBy(course.id, byId)].filter((id) => findings.get(id)?.state === 'unknown');
    const finding = findingOf(course, needs, answers);
    findings.set(course.id, finding);
    if (finding.state !== 'open') continue;
    const open = course.questions.filter((id) => !answers.has(id));
    run.next ??= open[0] ?? null;
    run.atMost += open.length;
  }
  return run;
}

function findingOf(course: AskedCourse, needs: string[], answers: ReadonlyMap<string, boolean>): CourseFinding {
  if (course.done) return { state: 'known', done: true };
  if (needs.length > 0) return { state: 'later', needs };
  if (course.questions.length === 0) return { state: 'unasked' };
  if (course.questions.some((id) => answers.get(id) === false)) return { state: 'unknown' };
  return course.questions.every((id) => answers.has(id)) ? { state: 'known', done: false } : { state: 'open' };
}

/** The course to begin with; null: all are known. */
export function startOf(courses: readonly AskedCourse[], { findings }: PlacementRun): string | null {
  const first = (state: CourseFinding['state']) => courses.find(({ id }) => findings.get(id)?.state === state)?.id;
  return first('unknown') ?? first('unasked') ?? null;
}
