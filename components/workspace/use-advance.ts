'use client';

import { type RefObject, useEffect, useRef, useState } from 'react';
import type { StepView } from '../../protocol/lesson-view.ts';

/** So many pixels of the next step have to be in sight: its number and its title. */
const sightOfTitle = 96;

/**
 * When a step is done: says so, for screen readers, and marks the next one where its title is in sight. The
 * text never moves by itself and the keyboard's focus stays where it is: a learner may be reading what the check says,
 * or typing. Further down the link at the bottom of the page shows the way. Returns words to be read out.
 */
export function useAdvance(
  steps: readonly StepView[],
  current: string | null,
  done: ReadonlySet<string>,
  scroller: RefObject<HTMLElement | null>,
  mark: (step: string) => void,
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
    const news = steps.filter(({ id }) => done.has(id) && !before.has(id));
    const [step] = news;
    // Several at once is the lab's work, or another window's.
    if (step === undefined || news.length > 1) return;
    const index = steps.indexOf(step);
    const next = steps[index + 1];
    if (next === undefined) {
      setWords('The last step is done.');
      return;
    }
    setWords(`Step ${index + 1} is done. Next: ${next.title}.`);
    const isReadingFurther = steps.findIndex(({ id }) => id === at.current) > index;
    if (!isReadingFurther && scroller.current !== null && isTitleInSight(scroller.current, next.id)) mark(next.id);
  }, [done, steps, scroller, mark]);
  return words;
}

function isTitleInSight(column: HTMLElement, step: string): boolean {
  const section = column.querySelector(`[data-step="${CSS.escape(step)}"]`);
  if (section === null || column.clientHeight === 0) return false;
  return section.getBoundingClientRect().top + sightOfTitle <= column.getBoundingClientRect().bottom;
}
