'use client';

import { useState } from 'react';
import { Button } from '../ui/button.tsx';
import { CheckSign, type CheckStanding } from './check-sign.tsx';
import { useLessonActions } from './lesson-context.tsx';
import { useAction } from './use-action.ts';

/**
 * One check: its sign in the margin, what it wants, and, once asked, what is missing. A tick that was earned
 * stays, whatever happens to the machine later.
 */
export function CheckRow({ id, title, nested }: { id: string; title: string; nested: boolean }) {
  const { checks, passed, evaluate, unavailable } = useLessonActions();
  const [asked, setAsked] = useState(false);
  const [state, start] = useAction();
  const result = checks.get(id);
  const earned = passed[id] !== undefined || result?.state === 'met';
  const standing: CheckStanding = earned ? 'met' : (result?.state ?? 'waiting');
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
      aria-label={title}
      data-check={id}
      data-state={standing}
      className={nested ? 'flex gap-3' : 'relative'}
    >
      <div className={nested ? 'pt-0.5' : 'absolute top-[3px] -left-[calc(var(--gutter)-4px)]'}>
        <CheckSign standing={standing} />
      </div>
      <div className="min-w-0 flex-1">
        <div className="flex items-start justify-between gap-4">
          <p className="text-control leading-6.5 font-medium text-balance">{title}</p>
          <Button
            size="small"
            tone={earned ? 'quiet' : 'plain'}
            aria-label={`Check: ${title}`}
            aria-disabled={unavailable !== null || state.pending}
            className="aria-disabled:opacity-60"
            onClick={press}
          >
            Check
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
  if (refused !== null) return <p className="appear pt-0.5 text-warning">{refused}</p>;
  if (result === undefined) return null;
  if (earned) {
    if (result.state === 'met') return <p className="appear pt-0.5 text-running">{result.message}</p>;
    return asked ? (
      <p className="appear pt-0.5 text-ink-soft">You did this before. As it is now: {result.message}</p>
    ) : null;
  }
  if (result.state === 'failed') return <p className="appear pt-0.5 text-warning">{result.message}</p>;
  if (!asked) return null;
  return (
    <div className="appear pt-0.5 text-ink-soft">
      <p>{result.message}</p>
      {result.hint !== null && <p className="mt-1 border-l-2 border-accent pl-3">{result.hint}</p>}
    </div>
  );
}
