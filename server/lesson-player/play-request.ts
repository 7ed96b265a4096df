import type { Problem } from '../lessons/problem.ts';

/** What `npm run lessons -- test` was asked for. */
export interface PlayRequest {
  lessons: readonly LessonToPlay[];
  /** How many are played at a time; null: as many as fit. */
  jobs: number | null;
  json: boolean;
  /** Then start over from the last step, as somebody else. */
  startOver: boolean;
}

export interface LessonToPlay {
  /** course/lesson */
  id: string;
  /** The folder of courses it is in. */
  root: string;
  /** Name of its lesson.md in messages. */
  file: string;
  /** Errors the linter found: a lesson that has any is not played. */
  problems: readonly Problem[];
}
