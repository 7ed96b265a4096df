'use client';

import { type RefObject, useEffect, useRef, useState } from 'react';
import type { StepView } from '../../protocol/lesson-view.ts';

/** The learner sees the tick before the page moves; milliseconds. */
const admire = 1_100;
/** Text below the window that is shorter than this, in pixels, may be scrolled past. */
const negligible = 120;

/**
 * When the step in focus is done, brings the next one into focus: scrolls, never takes the keyboard's focus, and
 * leaves a reader alone who still has text of the step before them. Returns words to be read out.
 */
export function useAdvance(
  steps: readonly StepView[],
  current: string | null,
  done: ReadonlySet<string>,
  scroller: RefObject<HTMLElement | null>,
  goTo: (step: string, options: { quietly: boolean }) => void,
): string {
  const [words, setWords] = useState('');
  const known = useRef(done);
  const at = useRef(current);
  useEffect(() => {
    at.current = current;
  }, [current]);
  useEffect(() => {
    const before = known.current;
    known.current = done;
    const step = at.current;
    if (step === null || before.has(step) || !done.has(step)) return;
    const index = steps.findIndex(({ id }) => id === step);
    const next = steps[index + 1];
    if (next === undefined) {
      setWords('The last step is done.');
      return;
    }
    setWords(`Step ${index + 1} is done. Next: ${next.title}.`);
    const timer = setTimeout(() => {
      if (at.current === step && isReadToTheEnd(scroller.current, step)) goTo(next.id, { quietly: true });
    }, admire);
    return () => clearTimeout(timer);
  }, [done, steps, scroller, goTo]);
  return words;
}

/** What lies below the window of this step is short, or only checks. */
function isReadToTheEnd(column: HTMLElement | null, step: string): boolean {
  const section = column?.querySelector(`[data-step="${CSS.escape(step)}"]`);
  if (column == null || section == null) return false;
  const bottom = column.getBoundingClientRect().bottom;
  const text = [...section.querySelectorAll('.prose, pre, details')].at(-1);
  return text === undefined || text.getBoundingClientRect().bottom - bottom < negligible;
}
