'use client';

import { ArrowRight, RotateCcw } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import type { PlacementQuestion, PlacementView } from '../../protocol/placement.ts';
import type { QuizAnswer } from '../../protocol/quiz.ts';
import { QuizFields } from '../lesson/quiz-fields.tsx';
import type { QuizBlockView } from '../lesson/quiz-words.ts';
import { useAnswering } from '../lesson/use-answering.ts';
import { LabError } from '../realtime/lab-connection.ts';
import { LabProvider, useConnectionStatus, useLab } from '../realtime/lab-provider.tsx';
import { unreachableWords } from '../realtime/unreachable-words.ts';
import { Button } from '../ui/button.tsx';
import { InlineCode } from '../ui/inline-code.tsx';
import { PlacementResult } from './placement-result.tsx';

/** Questions one after the other, then where to begin. A page that is loaded again goes on where it was. */
export function PlacementQuiz({ view }: { view: PlacementView }) {
  // The connection is opened when somebody begins.
  const [begun, setBegun] = useState(view.answered > 0);
  return (
    <LabProvider wanted={begun}>
      <Rounds initial={view} onBegin={() => setBegun(true)} />
    </LabProvider>
  );
}

interface RoundsProps {
  initial: PlacementView;
  onBegin(): void;
}

function Rounds({ initial, onBegin }: RoundsProps) {
  const lab = useLab();
  const status = useConnectionStatus();
  const router = useRouter();
  const [view, setView] = useState(initial);
  // Whether the result of the last quiz is shown, or a question.
  const [asking, setAsking] = useState(initial.answered > 0);
  const [refused, setRefused] = useState<string | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const moved = useRef(false);
  const at = asking ? (view.question?.id ?? '') : 'result';

  // What was pressed is gone: whoever reads by ear or works by keys goes on from the heading.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `at` says when
  useEffect(() => {
    if (moved.current) heading.current?.focus();
  }, [at]);

  /** Words when it could not be done. */
  const ask = async (request: () => Promise<PlacementView>, isAnew = false): Promise<string | null> => {
    try {
      const next = await request();
      moved.current = true;
      setView(next);
      setRefused(null);
      setAsking(isAnew || next.answered > 0 || next.outcome === null);
      if (next.answered === 0) router.refresh();
      return null;
    } catch (error) {
      if (error instanceof LabError) return error.message;
      throw error;
    }
  };
  const answer = async (given: QuizAnswer | null): Promise<string | null> => {
    const { question } = view;
    if (lab === null || question === null) return 'The page is still loading. In a moment, answer again.';
    return ask(() => lab.request('placement:answer', { question: question.id, answer: given }));
  };
  const beginAgain = async () => {
    const unreachable = unreachableWords(status.state);
    if (lab === null || unreachable !== null) return setRefused(unreachable ?? 'The page is still loading.');
    setRefused(await ask(() => lab.request('placement:begin', {}), true));
  };
  const begin = () => {
    moved.current = true;
    onBegin();
    setAsking(true);
  };

  if (asking && view.question !== null) {
    return (
      <>
        <h2 ref={heading} tabIndex={-1} className="text-control font-semibold outline-none">
          Question {view.answered + 1}
          <span className="font-normal text-ink-faint"> · {moreWords(view.atMost - 1)}</span>
        </h2>
        <QuestionForm
          key={view.question.id}
          question={view.question}
          unreachable={unreachableWords(status.state)}
          onAnswer={answer}
        />
        {view.answered > 0 && (
          <Button size="small" tone="quiet" className="mt-8 -ml-2.5" onClick={() => void beginAgain()}>
            <RotateCcw size={14} strokeWidth={1.75} aria-hidden="true" />
            Begin again from the first question
          </Button>
        )}
        <p aria-live="polite" className="mt-1 text-control text-warning">
          {refused}
        </p>
      </>
    );
  }
  if (view.outcome !== null) {
    return (
      <>
        <PlacementResult outcome={view.outcome} heading={heading} />
        {view.question !== null && (
          <p className="mt-10 border-t border-line pt-6 noscript:hidden">
            <Button onClick={begin}>
              <RotateCcw size={15} strokeWidth={1.75} aria-hidden="true" />
              Take the quiz again
            </Button>
          </p>
        )}
      </>
    );
  }
  if (view.question === null) {
    return (
      <p className="text-body text-ink-soft">You have done the lessons of every course here. Nothing is left to ask.</p>
    );
  }
  return (
    <div className="noscript:hidden">
      <h2 ref={heading} tabIndex={-1} className="text-control font-semibold outline-none">
        {view.atMost === 1 ? '1 question' : `At most ${view.atMost} questions`}
      </h2>
      <p className="mt-1.5 max-w-[62ch] text-control leading-relaxed text-ink-soft">
        It ends as soon as your start is found. There is no time limit, and you can close the page and go on later.
      </p>
      <Button tone="primary" className="mt-5" onClick={begin}>
        Begin
        <ArrowRight size={16} strokeWidth={2} aria-hidden="true" />
      </Button>
    </div>
  );
}

interface QuestionFormProps {
  question: PlacementQuestion;
  unreachable: string | null;
  /** Null: the learner does not know. Resolves to words when it could not be judged. */
  onAnswer(answer: QuizAnswer | null): Promise<string | null>;
}

function QuestionForm({ question, unreachable, onAnswer }: QuestionFormProps) {
  const quiz: QuizBlockView = { kind: 'quiz', ...question };
  const { draft, setDraft, pending, refused, send, submit } = useAnswering<null>(quiz, unreachable, onAnswer);
  const name = useId();
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    submit();
  };
  return (
    <form onSubmit={onSubmit} noValidate className="mt-2 max-w-[68ch]">
      <fieldset className="min-w-0">
        <legend className="text-body leading-snug break-words">
          <InlineCode text={question.question} />
        </legend>
        {question.several && <p className="mt-1 text-ui text-ink-faint">Choose all that are right.</p>}
        <QuizFields quiz={quiz} draft={draft} name={name} settled={false} verdict={null} onDraft={setDraft} />
      </fieldset>
      <p aria-live="polite" className="text-control leading-relaxed text-warning">
        {refused !== null && <span className="appear mt-3 block">{refused}</span>}
      </p>
      <div className="mt-4 flex flex-wrap items-center gap-2">
        <Button type="submit" tone="soft" aria-disabled={pending || undefined} className="aria-disabled:opacity-60">
          Answer
        </Button>
        <Button
          tone="quiet"
          aria-disabled={pending || undefined}
          className="aria-disabled:opacity-60"
          onClick={() => void send(null)}
        >
          I do not know
        </Button>
      </div>
    </form>
  );
}

function moreWords(more: number): string {
  if (more <= 0) return 'the last one';
  return `at most ${more} more`;
}
