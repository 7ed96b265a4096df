'use client';

import { useState } from 'react';
import { Button } from '../ui/button.tsx';
import { classNames } from '../ui/class-names.ts';
import { InlineCode, spokenText } from '../ui/inline-code.tsx';
import { CheckSign, type CheckStanding } from './check-sign.tsx';
import { useLessonActions } from './lesson-context.tsx';
import { useAction } from './use-action.ts';

/**
 * One check: its sign in the margin, what it wants, and, once asked, what is missing. A tick that was earned
 * stays, whatever happens to the machine later.
 */
export function CheckRow({ id, title, nested }: { id: string; title: string; nested: boolean }) {
  const { checks, progress, evaluate, unavailable } = useLessonActions();
  const [asked, setAsked] = useState(false);
  const [state, start] = useAction();
  const result = checks.get(id);
  const earned = progress.passed[id] !== undefined || result?.state === 'met';
  const standing: CheckStanding = earned ? 'met' : (result?.state ?? 'waiting');
  const again = asked || earned || standing === 'failed';
  const press = () => {
    setAsked(true);
    start(
      () => (unavailable === null ? evaluate(id) : Promise.resolve({ ok: false, busy: false, message: unavailable })),
      null,
    );
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    <div
      role="group"
      aria-label={spokenText(title)}
      data-check={id}
      data-state={standing}
      className={nested ? 'flex gap-3' : 'relative'}
    >
      <div className={nested ? 'pt-0.5' : 'absolute top-[3px] -left-[calc(var(--gutter)-4px)]'}>
        <CheckSign standing={standing} asked={asked} byLab={earned && progress.caughtUp.includes(id)} />
      </div>
      <div className="min-w-0 flex-1">
        <div className="flex items-start justify-between gap-4">
          <p className="text-control leading-6.5 font-medium text-balance">
            <InlineCode text={title} />
          </p>
          <Button
            size="small"
            aria-label={`${again ? 'Check again' : 'Check'}: ${spokenText(title)}`}
            aria-disabled={unavailable !== null || state.pending}
            className={classNames('aria-disabled:opacity-60', earned && 'border-line! bg-transparent! text-ink-faint!')}
            onClick={press}
          >
            {again ? 'Check again' : 'Check'}
          </Button>
        </div>
        <div aria-live="polite" className="max-w-[60ch] text-control leading-relaxed">
          <CheckWords earned={earned} asked={asked} result={result} refused={state.words} />
        </div>
      </div>
    </div>
  );
}

interface CheckWordsProps {
  earned: boolean;
  asked: boolean;
  result: { state: CheckStanding; message: string; hint: string | null } | undefined;
  refused: string | null;
}

function CheckWords({ earned, asked, result, refused }: CheckWordsProps) {
  if (refused !== null) return <Words tone="text-warning" text={refused} />;
  if (result === undefined) return null;
  if (earned) {
    if (result.state === 'met') return <Words tone="text-running" text={result.message} />;
    return asked ? <Words tone="text-ink-soft" text={`You did this before. As it is now: ${result.message}`} /> : null;
  }
  if (result.state === 'failed') return <Words tone="text-warning" text={result.message} />;
  if (!asked) return null;
  return (
    <>
      <Words tone="font-medium text-warning" text={result.message} />
      {result.hint !== null && (
        <p className="appear mt-1 border-l-2 border-accent pl-3 text-ink-soft">
          <InlineCode text={result.hint} />
        </p>
      )}
    </>
  );
}

function Words({ tone, text }: { tone: string; text: string }) {
  return (
    <p className={`appear pt-0.5 ${tone}`}>
      <InlineCode text={text} />
    </p>
  );
}
