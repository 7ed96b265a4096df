'use client';

import { useState } from 'react';
import type { PracticeQuestion, QuizAnswer, QuizVerdict } from '../../protocol/quiz.ts';
import { LabError } from '../realtime/lab-connection.ts';
import { useConnectionStatus, useLab } from '../realtime/lab-provider.tsx';
import { unreachableWords } from '../realtime/unreachable-words.ts';

/** One question after the other, each answered once, and what came of them. */
export function usePracticeRound(questions: readonly PracticeQuestion[]) {
  const lab = useLab();
  const status = useConnectionStatus();
  const [at, setAt] = useState(0);
  const [verdicts, setVerdicts] = useState<ReadonlyMap<number, QuizVerdict>>(new Map());
  const question = questions[at];

  /** Words when it could not be judged. */
  const answer = async (given: QuizAnswer): Promise<string | null> => {
    if (lab === null || question === undefined) return 'The page is still loading.';
    const { lesson, quiz } = question;
    try {
      const verdict = await lab.request('practice:answer', { lesson, quiz, answer: given });
      setVerdicts((before) => new Map([...before, [at, verdict]]));
      return null;
    } catch (error) {
      if (error instanceof LabError) return error.message;
      throw error;
    }
  };

  return {
    at,
    question,
    verdict: verdicts.get(at) ?? null,
    /** Of each answered question: whether it was answered rightly. */
    answers: [...verdicts.values()].map(({ right }) => right),
    /** Why no answer can be sent right now; null: it can. */
    unreachable: unreachableWords(status.state),
    answer,
    goTo: setAt,
  };
}
