import type { LessonCard, LessonProgress } from '../../protocol/lesson-view.ts';

/** How far a learner is in one lesson, in numbers and words. */
export interface LessonStanding {
  state: 'new' | 'begun' | 'done';
  stepsDone: number;
  steps: number;
  words: string;
}

export function standingOf(card: LessonCard, progress: LessonProgress | undefined): LessonStanding {
  const steps = card.steps.length;
  const known = new Set(card.steps.map((step) => step.id));
  const stepsDone = progress?.stepsDone.filter((step) => known.has(step)).length ?? 0;
  if (progress?.completedAt != null) return { state: 'done', stepsDone, steps, words: 'Done' };
  if (progress?.openedAt == null && stepsDone === 0) return { state: 'new', stepsDone, steps, words: 'Not started' };
  return { state: 'begun', stepsDone, steps, words: `${stepsDone} of ${steps} steps done` };
}
