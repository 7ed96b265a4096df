import * as z from 'zod';
import type { AskedQuestion } from './lesson-view.ts';

/** Choices by their place in the quiz's source, counted from 0, in whatever order they were shown; or what was typed. */
export const quizAnswer = z.union([
  z.strictObject({ choices: z.array(z.int().min(0).max(9)).min(1).max(10) }),
  z.strictObject({ text: z.string().trim().min(1).max(500) }),
]);
export type QuizAnswer = z.infer<typeof quizAnswer>;

/** What came of an answer. */
export interface QuizVerdict {
  quiz: string;
  right: boolean;
  /** The learner's own choices after a wrong answer, all of them after a right one. */
  choices: { index: number; right: boolean; why: string }[];
  /** Several choices are right, and some of them were not chosen. */
  incomplete: boolean;
  /** Told once the answer is right. */
  explanation: string | null;
  /** A right answer to a question without choices, as the lesson writes it; null for a pattern, and until it is right. */
  answer: string | null;
  /** Answers given so far, this one among them, up to the first right one. */
  attempts: number;
}

/** A quiz of a finished lesson, asked again some days later. */
export interface PracticeQuestion extends AskedQuestion {
  lesson: string;
  lessonTitle: string;
  /** The step it stands in, for a link back. */
  step: string;
  quiz: string;
}

export interface PracticeView {
  /** What is due now, five at most. */
  questions: PracticeQuestion[];
  /** How many more are due. */
  more: number;
}
