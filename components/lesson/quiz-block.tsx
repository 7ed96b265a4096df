'use client';

import { type FormEvent, useId, useState } from 'react';
import type { QuizVerdict } from '../../protocol/quiz.ts';
import { Button } from '../ui/button.tsx';
import { classNames } from '../ui/class-names.ts';
import { InlineCode, spokenText } from '../ui/inline-code.tsx';
import { CheckSign } from './check-sign.tsx';
import { useLessonActions } from './lesson-context.tsx';
import { QuizFields } from './quiz-fields.tsx';
import { answerOf, draftOf, emptyDraft, type QuizBlockView, spokenVerdict, summaryOf } from './quiz-words.ts';

/**
 * A question with its sign in the margin. A wrong answer says what is wrong with it and can be given anew; a right one
 * shows every choice with its reason. The server judges: the page does not know what is right before.
 */
export function QuizBlock({ nested, ...quiz }: QuizBlockView & { nested: boolean }) {
  const { quizzes, progress, answerQuiz, unreachable } = useLessonActions();
  const known = quizzes.get(quiz.id);
  const earned = known?.right === true || (progress.quizzes[quiz.id]?.passedAt ?? null) !== null;
  const [draft, setDraft] = useState(() => (known === undefined ? emptyDraft : draftOf(quiz, known, emptyDraft)));
  const [again, setAgain] = useState(false);
  const [pending, setPending] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const [spoken, setSpoken] = useState('');
  const name = useId();

  // Judged here or in another window: the form shows what was judged.
  const mark = known === undefined ? null : markOf(known);
  const [seen, setSeen] = useState(mark);
  if (known !== undefined && mark !== seen) {
    setSeen(mark);
    setAgain(false);
    setDraft((before) => draftOf(quiz, known, before));
  }

  const verdict = again ? undefined : known;
  const settled = earned && !again && verdict?.right !== false;
  const answer = async () => {
    const given = answerOf(quiz, draft);
    if ('missing' in given) return setRefused(given.missing);
    if (unreachable !== null) return setRefused(unreachable);
    setRefused(null);
    setPending(true);
    const outcome = await answerQuiz(quiz.id, given);
    setPending(false);
    if (!outcome.ok) return setRefused(outcome.message);
    setAgain(false);
    setSpoken(spokenVerdict(quiz, outcome.verdict));
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (!settled && !pending) void answer();
  };
  const startAnew = () => {
    setAgain(true);
    setDraft(emptyDraft);
    setSpoken('');
    setRefused(null);
  };

  const standing = earned ? 'met' : 'unmet';
  return (
    <div
      data-quiz={quiz.id}
      data-state={earned ? 'passed' : verdict === undefined ? 'open' : 'wrong'}
      className={nested ? 'flex gap-3' : 'relative'}
    >
      <div className={nested ? 'pt-0.5' : 'absolute top-[3px] -left-[calc(var(--gutter)-4px)]'}>
        <CheckSign standing={standing} asked={verdict !== undefined} />
      </div>
      <form onSubmit={onSubmit} noValidate className="min-w-0 flex-1">
        <fieldset className="min-w-0">
          <legend className="max-w-[60ch] text-control leading-6.5 font-medium text-pretty">
            <InlineCode text={quiz.question} />
          </legend>
          {quiz.several && <p className="text-ui text-ink-faint">Choose all that are right.</p>}
          <QuizFields
            quiz={quiz}
            draft={draft}
            name={name}
            settled={settled}
            verdict={verdict ?? null}
            onDraft={setDraft}
          />
        </fieldset>
        <div className="mt-2.5 flex min-h-7 flex-wrap items-start gap-x-3 gap-y-1">
          {/* One button for both, so that the focus stays where it is. */}
          <Button
            type={settled ? 'button' : 'submit'}
            size="small"
            tone={settled ? 'quiet' : 'soft'}
            aria-disabled={pending || undefined}
            aria-label={`${settled ? 'Answer again' : 'Answer'}: ${spokenText(quiz.question)}`}
            className={classNames('aria-disabled:opacity-60', settled && '-ml-2.5')}
            onClick={settled ? startAnew : undefined}
          >
            {settled ? 'Answer again' : 'Answer'}
          </Button>
          <div
            className={classNames(
              'min-w-0 text-control leading-relaxed',
              settled ? 'order-first max-w-[60ch] basis-full' : 'max-w-[56ch] flex-1 basis-64 pt-0.5',
            )}
          >
            <Words
              refused={refused}
              summary={verdict === undefined ? (settled ? 'Answered.' : null) : summaryOf(quiz, verdict)}
              right={verdict?.right ?? true}
              explanation={verdict?.explanation ?? null}
            />
          </div>
        </div>
        <p role="status" className="sr-only">
          {refused ?? spokenText(spoken)}
        </p>
      </form>
    </div>
  );
}

/** The same for the same verdict: every reconnection tells it anew. */
function markOf({ attempts, right, choices }: QuizVerdict): string {
  return `${attempts} ${right} ${choices.map(({ index }) => index).join(' ')}`;
}

interface WordsProps {
  refused: string | null;
  summary: string | null;
  right: boolean;
  explanation: string | null;
}

function Words({ refused, summary, right, explanation }: WordsProps) {
  if (refused !== null) return <p className="appear text-warning">{refused}</p>;
  if (summary === null) return null;
  return (
    <>
      <p className={`appear font-medium ${right ? 'text-running' : 'text-warning'}`}>{summary}</p>
      {explanation !== null && (
        <p className="appear text-ink-soft">
          <InlineCode text={explanation} />
        </p>
      )}
    </>
  );
}
