import type { CheckResult } from './lesson-view.ts';

/** A problem of a lesson's source, as the linter tells it. */
export interface LessonProblem {
  file: string;
  /** From 1. */
  line: number;
  /** From 1, in UTF-16 units. */
  column: number;
  code: string;
  severity: 'error' | 'warning';
  message: string;
  found?: string;
  expected?: string;
}

/** A course or lesson that learners do not see, for who may mend it. */
export interface BrokenLesson {
  /** course, or course/lesson */
  id: string;
  /** Where it could be read. */
  title: string | null;
  problems: LessonProblem[];
}

/** A lesson as its author sees it, beside what learners get. */
export interface AuthorLesson {
  lesson: string;
  /** lesson.md, as problems name it. */
  file: string;
  source: string;
  problems: LessonProblem[];
  /** Line of each block and step of the view, by id. */
  lines: Record<string, number>;
  checks: AuthorCheck[];
}

/** A check as it is now, whether or not it has its tick and whether or not its turn has come. */
export interface AuthorCheck extends CheckResult {
  title: string;
  step: string;
  line: number;
  /** What it looks at, as YAML. */
  source: string;
}
