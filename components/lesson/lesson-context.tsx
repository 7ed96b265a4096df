'use client';

import { createContext, useContext } from 'react';
import { type CheckResult, type LessonProgress, noProgress } from '../../protocol/lesson-view.ts';
import type { Preparation } from '../../protocol/preparation.ts';
import type { QuizAnswer, QuizVerdict } from '../../protocol/quiz.ts';
import type { Press } from './press.ts';

/** How an action of a block ended. `busy`: a command runs where a prompt is needed. */
export type ActionOutcome = { ok: true } | { ok: false; busy: boolean; message: string };

/** How an answer ended; `verdict` says whether it is right. */
export type QuizOutcome = { ok: true; verdict: QuizVerdict } | { ok: false; message: string };

/** `variable`: the one whose answer does not fit; null: the words concern all of them. */
export type VariablesOutcome = { ok: true } | { ok: false; variable: string | null; message: string };

/** What the text of a lesson can do, and what it shows of the learner's machine. The workspace provides it. */
export interface LessonActions {
  /** Why nothing can be done on the machine right now, in words; null: everything can. */
  unavailable: string | null;
  /** Why nothing can be told to the server right now; null: it can, with or without a sandbox. */
  unreachable: string | null;
  checks: ReadonlyMap<string, CheckResult>;
  /** Verdicts known to this page: of passed quizzes, and of answers since it was loaded. */
  quizzes: ReadonlyMap<string, QuizVerdict>;
  progress: LessonProgress;
  /** What the lab does in the sandbox by itself right now, or could not do. */
  preparation: Preparation | null;
  run(block: string, options: { interrupt: boolean; press: Press }): Promise<ActionOutcome>;
  writeFile(block: string): Promise<ActionOutcome>;
  evaluate(check: string): Promise<ActionOutcome>;
  answerQuiz(quiz: string, answer: QuizAnswer): Promise<QuizOutcome>;
  /** Notes that the learner looked; `progress.solutionsShown` names it then. */
  showSolution(block: string): Promise<ActionOutcome>;
  /** The lesson's text changes by itself afterwards. */
  answerVariables(values: Record<string, string>): Promise<VariablesOutcome>;
  /** A fresh sandbox in which the lab has done what comes before this step; what becomes of it is in `preparation`. */
  startOver(step: string): Promise<ActionOutcome>;
  retryPreparation(): Promise<ActionOutcome>;
  cancelPreparation(): Promise<ActionOutcome>;
}

const refusal = { ok: false, busy: false, variable: null, message: 'The page is still loading.' } as const;
const refuse = () => Promise.resolve(refusal);

/** Nothing can be done yet, or here. */
export const noMachine: LessonActions = {
  unavailable: refusal.message,
  unreachable: refusal.message,
  checks: new Map(),
  quizzes: new Map(),
  progress: noProgress(''),
  preparation: null,
  run: refuse,
  writeFile: refuse,
  evaluate: refuse,
  answerQuiz: refuse,
  showSolution: refuse,
  answerVariables: refuse,
  startOver: refuse,
  retryPreparation: refuse,
  cancelPreparation: refuse,
};

const LessonContext = createContext<LessonActions>(noMachine);

export const LessonActionsProvider = LessonContext.Provider;

export function useLessonActions(): LessonActions {
  return useContext(LessonContext);
}

/** The step a block stands in; null: the introduction. */
interface StepPlace {
  id: string;
  done: boolean;
}

const StepContext = createContext<StepPlace | null>(null);

export const StepPlaceProvider = StepContext.Provider;

export function useStepPlace(): StepPlace | null {
  return useContext(StepContext);
}
