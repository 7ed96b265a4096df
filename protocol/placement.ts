import * as z from 'zod';
import { quizSchema } from './lesson-schema.ts';
import type { AskedQuestion } from './lesson-view.ts';

/**
 * `placement.yaml`, which lies beside the courses: for each course, questions that show whether somebody may skip it.
 * Strict, as all that authors write.
 */
const courseId = z
  .string()
  .max(60)
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'A course is named by its folder: a-z, 0-9 and single hyphens.');

export const placementSchema = z.strictObject({
  courses: z
    .record(
      courseId,
      z
        .array(quizSchema.required({ explanation: true }))
        .min(1)
        .max(4),
    )
    .describe('Questions, by the folder of the course they are about.'),
});

/** Names a question as long as its words are the same. */
export const placementQuestionId = z.string().regex(/^[a-f0-9]{16}$/);

export interface PlacementQuestion extends AskedQuestion {
  id: string;
  course: string;
  courseTitle: string;
}

export interface PlacementCourse {
  id: string;
  title: string;
}

/** A question that was not answered rightly, and what there is to know about it. */
export interface PlacementMiss {
  courseTitle: string;
  question: string;
  /** What the learner answered; empty: that they do not know. */
  given: string[];
  /** Why what they chose is wrong. */
  why: string[];
  explanation: string;
}

/** Where to begin. It locks nothing. */
export interface PlacementOutcome {
  /** Unix milliseconds. */
  decidedAt: number;
  /** The first course that is not known, and where to begin in it; null: all of them are known. */
  start: (PlacementCourse & { lesson: { id: string; title: string; minutes: number } }) | null;
  /** Courses that may be skipped. `done`: their lessons are done, so nothing was asked. `asked`: questions, all answered rightly. */
  known: (PlacementCourse & { done: boolean; asked: number })[];
  /** Courses that were not asked about, because they build on one that is not known. */
  later: (PlacementCourse & { needs: PlacementCourse[] })[];
  /** Courses that are not known, in the order of the catalogue. */
  unknown: PlacementCourse[];
  misses: PlacementMiss[];
}

export interface PlacementView {
  /** What is asked now; null: all has been asked. */
  question: PlacementQuestion | null;
  answered: number;
  /** How many questions are still to come at most, this one among them. */
  atMost: number;
  /** Of this quiz when it is over; else of the one taken before. */
  outcome: PlacementOutcome | null;
}

/** What the catalogue has to know. null in its place: this lab has no such quiz. */
export interface PlacementAdvice {
  decidedAt: number | null;
  start: string | null;
  /** Courses that may be skipped. */
  known: string[];
  /** Questions were answered, and it is not over. */
  begun: boolean;
}
