import type { Problem } from '../lessons/problem.ts';
import type { LessonReport } from './report.ts';

/** What `npm run lessons -- test` was asked for. */
export interface PlayRequest {
  lessons: readonly LessonToPlay[];
  /** How many are played at a time; null: as many as fit. */
  jobs: number | null;
  json: boolean;
  /** Then start over from the last step, as somebody else. */
  startOver: boolean;
  /** How often a lesson that failed is played once more, alone, after all others. */
  retries: number;
  /** Outputs that are stale are a failure, or are told of to be written. */
  outputs: 'compare' | 'collect';
  /** Is given every lesson that was played before it is shown and counted, and says what becomes of it. */
  finish?: (report: LessonReport) => Promise<LessonReport>;
}

export interface LessonToPlay {
  /** course/lesson */
  id: string;
  /** The folder of courses it is in. */
  root: string;
  /** Its own folder. */
  folder: string;
  /** Name of its lesson.md in messages. */
  file: string;
  /** Errors the linter found: a lesson that has any is not played. */
  problems: readonly Problem[];
}
