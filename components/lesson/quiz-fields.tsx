'use client';

import { Check, X } from 'lucide-react';
import { useId } from 'react';
import type { QuizVerdict } from '../../protocol/quiz.ts';
import { classNames } from '../ui/class-names.ts';
import { InlineCode } from '../ui/inline-code.tsx';
import { type QuizBlockView, type QuizDraft, toggled } from './quiz-words.ts';

interface QuizFieldsProps {
  quiz: QuizBlockView;
  draft: QuizDraft;
  /** Unique on the page. */
  name: string;
  settled: boolean;
  verdict: QuizVerdict | null;
  onDraft(draft: QuizDraft): void;
}

/** What an answer is made with: choices, or a field for words of one's own. */
export function QuizFields({ quiz, draft, name, settled, verdict, onDraft }: QuizFieldsProps) {
  if (quiz.freeText) {
    return (
      <QuizText
        id={name}
        text={draft.text}
        settled={settled}
        wrong={verdict?.right === false}
        onChange={(text) => onDraft({ ...draft, text })}
      />
    );
  }
  return (
    <div className="mt-2 flex flex-col gap-1.5">
      {quiz.order.map((index) => (
        <QuizChoice
          key={index}
          name={name}
          text={quiz.choices[index] ?? ''}
          several={quiz.several}
          chosen={draft.chosen.has(index)}
          settled={settled}
          judged={verdict?.choices.find((choice) => choice.index === index)}
          onChoose={() => onDraft(toggled(quiz, draft, index))}
        />
      ))}
    </div>
  );
}

interface QuizChoiceProps {
  name: string;
  text: string;
  several: boolean;
  chosen: boolean;
  /** Answered rightly: it shows, and cannot be changed until it is answered again. */
  settled: boolean;
  judged: QuizVerdict['choices'][number] | undefined;
  onChoose(): void;
}

/** One choice, and what was said about it. */
function QuizChoice({ name, text, several, chosen, settled, judged, onChoose }: QuizChoiceProps) {
  const why = useId();
  return (
    <div
      className={classNames(
        'rounded-md border',
        chosen ? 'border-accent-line bg-accent-soft' : 'border-line bg-raised',
        !settled && !chosen && 'hover:border-line-strong',
      )}
    >
      <label className={classNames('flex gap-3 px-3 py-2 text-control leading-6', !settled && 'cursor-pointer')}>
        {/* `disabled` would take the focus away from who just pressed Enter here. */}
        <input
          type={several ? 'checkbox' : 'radio'}
          name={name}
          checked={chosen}
          aria-disabled={settled || undefined}
          aria-describedby={judged === undefined ? undefined : why}
          onChange={settled ? ignore : onChoose}
          className="mt-1 size-4 shrink-0 accent-(--accent)"
        />
        <span className="min-w-0 break-words">
          <InlineCode text={text} />
        </span>
      </label>
      {judged !== undefined && (
        <p id={why} className="appear flex gap-3 px-3 pb-2.5 text-control leading-relaxed text-ink-soft">
          <Verdict right={judged.right} />
          <span className="min-w-0">
            <strong className={classNames('font-medium', judged.right ? 'text-running' : 'text-warning')}>
              {judged.right ? 'Right.' : 'Not this.'}
            </strong>{' '}
            <InlineCode text={judged.why} />
          </span>
        </p>
      )}
    </div>
  );
}

function Verdict({ right }: { right: boolean }) {
  const Icon = right ? Check : X;
  return (
    <Icon
      size={16}
      strokeWidth={2.5}
      aria-hidden="true"
      className={classNames('mt-[0.25em] shrink-0', right ? 'text-running' : 'text-warning')}
    />
  );
}

interface QuizTextProps {
  id: string;
  text: string;
  settled: boolean;
  wrong: boolean;
  onChange(text: string): void;
}

/** A question without choices: the learner's own words. */
function QuizText({ id, text, settled, wrong, onChange }: QuizTextProps) {
  return (
    <div className="mt-2 max-w-80">
      <label htmlFor={id} className="block text-ui text-ink-faint">
        Your answer
      </label>
      <input
        id={id}
        type="text"
        value={text}
        readOnly={settled}
        aria-invalid={wrong || undefined}
        maxLength={500}
        autoComplete="off"
        autoCapitalize="off"
        autoCorrect="off"
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
        className={classNames(
          'mt-1 h-9 w-full rounded-md border px-3 font-mono text-control',
          settled ? 'border-line bg-sunken' : 'border-line-strong bg-raised',
        )}
      />
    </div>
  );
}

function ignore(): void {
  // A controlled field that stays as it is.
}
