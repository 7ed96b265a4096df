import { useState } from 'react';
import type { QuizAnswer } from '../../protocol/quiz.ts';
import { answerOf, emptyDraft, type QuizBlockView } from './quiz-words.ts';

/**
 * The answer to one question while somebody makes it, and its way to the server. `Other` is what may be sent instead
 * of an answer.
 * @param unreachable why nothing can be sent right now
 * @param onAnswer resolves to words when it could not be judged
 */
export function useAnswering<Other = never>(
  quiz: QuizBlockView,
  unreachable: string | null,
  onAnswer: (answer: QuizAnswer | Other) => Promise<string | null>,
) {
  const [draft, setDraft] = useState(emptyDraft);
  const [pending, setPending] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);

  const send = async (given: QuizAnswer | Other) => {
    if (pending) return;
    if (unreachable !== null) return setRefused(unreachable);
    setRefused(null);
    setPending(true);
    const words = await onAnswer(given);
    setPending(false);
    setRefused(words);
  };
  const submit = () => {
    const given = answerOf(quiz, draft);
    if ('missing' in given) setRefused(given.missing);
    else void send(given);
  };
  return { draft, setDraft, pending, refused, send, submit };
}
