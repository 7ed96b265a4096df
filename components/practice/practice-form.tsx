'use client';

import { ArrowRight } from 'lucide-react';
import Link from 'next/link';
import { type FormEvent, useId } from 'react';
import type { PracticeQuestion, QuizAnswer, QuizVerdict } from '../../protocol/quiz.ts';
import { QuizFields } from '../lesson/quiz-fields.tsx';
import { draftOf, type QuizBlockView } from '../lesson/quiz-words.ts';
import { useAnswering } from '../lesson/use-answering.ts';
import { Button } from '../ui/button.tsx';
import { InlineCode } from '../ui/inline-code.tsx';

interface PracticeFormProps {
  question: PracticeQuestion;
  /** null: not answered yet. A question is answered once: what was wrong is asked again tomorrow. */
  verdict: QuizVerdict | null;
  unreachable: string | null;
  last: boolean;
  /** Resolves to words when it could not be judged. */
  onAnswer(answer: QuizAnswer): Promise<string | null>;
  onNext(): void;
  onStop(): void;
}

/** A question of a finished lesson, what was said about the answer, and the way back to where it was taught. */
export function PracticeForm({ question, verdict, unreachable, last, onAnswer, onNext, onStop }: PracticeFormProps) {
  const quiz: QuizBlockView = { kind: 'quiz', id: question.quiz, ...question };
  const { draft, setDraft, pending, refused, submit } = useAnswering(quiz, unreachable, onAnswer);
  const name = useId();
  const settled = verdict !== null;
  const shown = verdict === null || quiz.freeText ? draft : draftOf(quiz, verdict, draft);

  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (settled) onNext();
    else if (!pending) submit();
  };
  return (
    <form onSubmit={onSubmit} noValidate className="mt-2 max-w-[68ch]">
      <fieldset className="min-w-0">
        <legend className="text-body leading-snug break-words">
          <InlineCode text={question.question} />
        </legend>
        {question.several && <p className="mt-1 text-ui text-ink-faint">Choose all that are right.</p>}
        <QuizFields quiz={quiz} draft={shown} name={name} settled={settled} verdict={verdict} onDraft={setDraft} />
      </fieldset>
      <div aria-live="polite" className="text-control leading-relaxed">
        {refused !== null && <p className="appear mt-3 text-warning">{refused}</p>}
        {verdict !== null && <VerdictWords question={question} verdict={verdict} />}
      </div>
      <div className="mt-4 flex flex-wrap items-center gap-2">
        {/* One button for both, so that the focus stays where it is. */}
        <Button type="submit" tone="soft" aria-disabled={pending || undefined} className="aria-disabled:opacity-60">
          {settled ? (last ? 'Finish' : 'Next question') : 'Answer'}
          {settled && <ArrowRight size={15} strokeWidth={2} aria-hidden="true" />}
        </Button>
        {!settled && (
          <Button tone="quiet" onClick={onNext}>
            Leave this one out
          </Button>
        )}
        {!last && (
          <Button tone="quiet" onClick={onStop}>
            Stop here
          </Button>
        )}
      </div>
    </form>
  );
}

function VerdictWords({ question, verdict }: { question: PracticeQuestion; verdict: QuizVerdict }) {
  const { lesson, lessonTitle, step } = question;
  return (
    <div className="appear mt-3">
      <p className={`font-medium ${verdict.right ? 'text-running' : 'text-warning'}`}>{wordsOf(verdict)}</p>
      {verdict.explanation !== null && (
        <p className="text-ink-soft">
          <InlineCode text={verdict.explanation} />
        </p>
      )}
      <p className="text-ink-soft">
        {verdict.right ? 'From ' : 'Read it again in '}
        <Link
          href={`/learn/${lesson}?step=${encodeURIComponent(step)}`}
          className="underline decoration-accent-line underline-offset-4 hover:text-accent hover:decoration-current"
        >
          <InlineCode text={lessonTitle} />
        </Link>
        .
      </p>
    </div>
  );
}

function wordsOf({ right, choices, incomplete }: QuizVerdict): string {
  if (right) return 'Right.';
  if (!choices.some((choice) => choice.right)) return 'That is not it.';
  const wrong = choices.some((choice) => !choice.right);
  return incomplete && !wrong ? 'What you chose is right, but it is not all.' : 'Not all of what you chose is right.';
}
