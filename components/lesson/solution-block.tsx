'use client';

import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { Button } from '../ui/button.tsx';
import { ActionWords } from './action-words.tsx';
import { useLessonActions, useStepPlace } from './lesson-context.tsx';
import { useAction } from './use-action.ts';

/**
 * Hidden until asked for. Before the step is done it asks once more, and notes that the learner looked; what was shown
 * stays shown. `of`: what it holds, "about.html" or "the command".
 */
export function SolutionBlock({ id, of, children }: { id: string; of: string; children: ReactNode }) {
  const { progress, showSolution, unreachable } = useLessonActions();
  const done = useStepPlace()?.done ?? false;
  const [open, setOpen] = useState(false);
  const [asking, setAsking] = useState(false);
  const [state, start] = useAction();
  const question = useId();
  const solution = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  /** The button that was pressed goes away: the focus goes to what it showed. */
  const [opened, setOpened] = useState(false);
  const shown = open || progress.solutionsShown[id] !== undefined;

  useEffect(() => {
    if (shown && opened) solution.current?.focus({ preventScroll: true });
  }, [shown, opened]);

  const look = () =>
    start(async () => {
      if (unreachable !== null) return { ok: false, busy: false, message: unreachable };
      const outcome = await showSolution(id);
      if (outcome.ok) {
        setOpened(true);
        setOpen(true);
      }
      return outcome;
    }, null);
  const press = () => {
    if (!done) return setAsking((before) => !before);
    setOpened(true);
    setOpen(true);
  };
  const tryOnceMore = () => {
    setAsking(false);
    button.current?.focus();
  };

  if (shown) {
    return (
      // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
      <div ref={solution} role="group" aria-label={`Solution: ${of}`} tabIndex={-1} className="appear outline-none">
        <p className="mb-2 text-ui font-medium text-ink-faint">Solution: {of}</p>
        {children}
      </div>
    );
  }
  return (
    <div>
      <Button
        ref={button}
        size="small"
        aria-expanded={done ? undefined : asking}
        aria-controls={asking ? question : undefined}
        onClick={press}
      >
        Show solution: {of}
      </Button>
      {asking && !done && (
        <div id={question} className="appear mt-2 border-l-2 border-line-strong pl-4">
          <p className="text-control leading-relaxed text-ink-soft">
            Try once more, or see how it is done? It is noted in your progress that you looked.
          </p>
          <div className="mt-2 flex flex-wrap gap-2">
            <Button size="small" onClick={tryOnceMore}>
              Try once more
            </Button>
            <Button size="small" aria-disabled={state.pending} onClick={look}>
              See how it is done
            </Button>
          </div>
          <ActionWords state={state} />
        </div>
      )}
    </div>
  );
}
