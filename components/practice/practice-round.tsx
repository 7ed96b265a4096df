'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useRef } from 'react';
import type { PracticeView } from '../../protocol/quiz.ts';
import { Button } from '../ui/button.tsx';
import { PracticeForm } from './practice-form.tsx';
import { usePracticeRound } from './use-practice-round.ts';

interface PracticeRoundProps {
  round: PracticeView;
  /** What is due after this round; null: nothing, or not known yet. */
  following: PracticeView | null;
  onFollow(round: PracticeView): void;
}

/** One question at a time, then what comes when. */
export function PracticeRound({ round, following, onFollow }: PracticeRoundProps) {
  const { questions } = round;
  const { at, question, verdict, answers, unreachable, answer, goTo } = usePracticeRound(questions);
  const heading = useRef<HTMLHeadingElement>(null);
  const router = useRouter();
  const ended = question === undefined;

  // What was pressed is gone: whoever reads by ear or works by keys goes on from the heading.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `at` says when
  useEffect(() => heading.current?.focus(), [at]);
  // The page learns what is due now.
  useEffect(() => {
    if (ended) router.refresh();
  }, [ended, router]);

  const right = answers.filter(Boolean).length;
  return (
    <>
      <h2 id="practice-heading" ref={heading} tabIndex={-1} className="text-control font-semibold outline-none">
        {ended ? endWords(right, answers.length) : `Question ${at + 1} of ${questions.length}`}
      </h2>
      {ended ? (
        <>
          <p className="mt-1.5 max-w-[62ch] text-control leading-relaxed text-ink-soft">
            {comingWords(right, answers.length, questions.length)}
          </p>
          {following !== null && following.questions.length > 0 && (
            <Button className="mt-4" onClick={() => onFollow(following)}>
              Practise {following.questions.length === 1 ? '1 question' : `${following.questions.length} questions`}
            </Button>
          )}
        </>
      ) : (
        <PracticeForm
          key={at}
          question={question}
          verdict={verdict}
          unreachable={unreachable}
          last={at === questions.length - 1}
          onAnswer={answer}
          onNext={() => goTo(at + 1)}
          onStop={() => goTo(questions.length)}
        />
      )}
    </>
  );
}

function endWords(right: number, answered: number): string {
  if (answered === 0) return 'Nothing was answered';
  if (right === answered) return answered === 1 ? 'You knew it' : `You knew all ${answered}`;
  return `You knew ${right} of ${answered}`;
}

/** The server asks again after four days at the earliest (each time twice as long), or tomorrow. */
function comingWords(right: number, answered: number, asked: number): string {
  const words = [];
  if (right > 0) words.push('What you knew comes back in four days at the earliest, and each time later.');
  if (right < answered) words.push('What you did not know comes back tomorrow.');
  if (answered < asked) words.push('What you left out waits here.');
  return words.join(' ');
}
