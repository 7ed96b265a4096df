'use client';

import { useCallback, useMemo, useState } from 'react';
import type { LessonView } from '../../protocol/lesson-view.ts';
import type { ActionOutcome, LessonActions } from '../lesson/lesson-context.tsx';
import type { PreparationSurroundings } from './preparation-context.tsx';
import { openStepsBefore, stepsDoneForYou } from './preparation-words.ts';

interface PreparationOptions {
  lesson: LessonView;
  actions: LessonActions;
  done: ReadonlySet<string>;
  /** The step the page opened at. */
  initialStep: string | null;
  /** The lab begins: bring the step into sight. */
  onStarted(step: string): void;
  askReset(): void;
}

/** Starting over from a step, and what the lab does in the learner's place. */
export function usePreparation({ lesson, actions, done, initialStep, onStarted, askReset }: PreparationOptions) {
  const { preparation, progress, retryPreparation, cancelPreparation } = actions;
  const [asked, setAsked] = useState<string | null>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const [isDismissed, setDismissed] = useState(false);

  const attempt = useCallback((act: () => Promise<ActionOutcome>) => {
    setRefused(null);
    void act().then((outcome) => setRefused(outcome.ok ? null : outcome.message));
  }, []);

  /** Words when it was refused. */
  const startOver = async (step: string): Promise<string | null> => {
    setRefused(null);
    const outcome = await actions.startOver(step);
    if (!outcome.ok) return outcome.message;
    setDismissed(true);
    onStarted(step);
    return null;
  };

  const skippedCount = useMemo(() => {
    if (initialStep === null || isDismissed || done.has(initialStep)) return 0;
    return openStepsBefore(initialStep, lesson.steps, done);
  }, [initialStep, isDismissed, done, lesson.steps]);

  const surroundings: PreparationSurroundings = useMemo(
    () => ({
      steps: lesson.steps,
      preparation,
      doneForYou: stepsDoneForYou(lesson.steps, progress),
      skipped:
        initialStep === null || skippedCount === 0 || preparation !== null
          ? null
          : { step: initialStep, count: skippedCount },
      dismissSkipped: () => setDismissed(true),
      askStartOver: setAsked,
      retry: () => attempt(retryPreparation),
      cancel: () => attempt(cancelPreparation),
      askReset,
      refused,
    }),
    [
      lesson.steps,
      preparation,
      progress,
      initialStep,
      skippedCount,
      attempt,
      retryPreparation,
      cancelPreparation,
      askReset,
      refused,
    ],
  );
  return { surroundings, asked, ask: setAsked, startOver };
}
