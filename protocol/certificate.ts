import * as z from 'zod';
import type { LessonLink, MissingNeed } from './lesson-view.ts';

export const longestName = 80;

/** Letters of any script, digits, and what stands in names. No markup, no control characters, nothing that turns the direction of text. */
const nameCharacters = /^[\p{L}\p{M}\p{N} .,'’·()-]*$/u;

/** How a learner wants to be called on a certificate; empty: without a name. */
export const learnerName = z
  .string()
  .max(400)
  .transform((name) => name.normalize('NFC').replace(/\s+/g, ' ').trim())
  .refine((name) => [...name].length <= longestName, `A name has at most ${longestName} characters.`)
  .refine((name) => nameCharacters.test(name), 'A name is written with letters, digits, spaces, and . , - ’ ( ) alone.')
  .refine((name) => name === '' || /\p{L}/u.test(name), 'A name has at least one letter.')
  // More marks than this on one letter reach into the lines above and below.
  .refine((name) => !/\p{M}{4}/u.test(name), 'There are too many accents on one letter.');

export interface CertificateLesson extends LessonLink {
  /** Unix milliseconds; null: not done. */
  completedAt: number | null;
  /** What it needs and this machine lacks. Such a lesson does not count, unless it was done. */
  missing: MissingNeed[];
}

/** What one learner has done of one course. */
export interface CertificateView {
  course: { id: string; title: string; summary: string };
  /** Empty: the learner has typed none. */
  name: string;
  lessons: CertificateLesson[];
  /** Lessons that are done, of all there are; which of the others count, `standingOfCourse` says. */
  done: number;
  of: number;
  /** When all lessons the course had then were done and this was seen for the first time; unix milliseconds. */
  issuedAt: number | null;
  /** Days of the first and the last lesson that was finished; unix milliseconds. */
  first: number | null;
  last: number | null;
  /** In lessons that are done. `byLab`: those that the lab met itself when the learner started over. */
  checks: { passed: number; byLab: number };
  quizzes: number;
  /** What each finished lesson teaches: the first of its objectives. */
  objectives: string[];
  /** Of Drydock. */
  version: string;
}
