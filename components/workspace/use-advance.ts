'use client';

import { type RefObject, useEffect, useRef, useState } from 'react';
import type { Block, StepView } from '../../protocol/lesson-view.ts';

/** The learner sees the tick before the page moves; milliseconds. */
const admire = 1_100;

/**
 * When the step in focus is done: says so, for screen readers. The page moves to the next step by itself only when
 * nothing of this one is left to do or to read, and the pointer is not in the text; else the link at the bottom of
 * the page shows the way. Never takes the keyboard's focus. Returns words to be read out.
 */
export function useAdvance(
  steps: readonly StepView[],
  current: string | null,
  done: ReadonlySet<string>,
  /** Blocks whose button was used since the page was loaded. */
  used: RefObject<ReadonlySet<string>>,
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
      const column = scroller.current;
      if (at.current !== step || column === null || column.clientHeight === 0 || isBeingUsed(column)) return;
      const buttons = actionsOf(steps[index]?.blocks ?? []);
      if (buttons.every((id) => used.current.has(id)) && isReadToTheEnd(column, step)) goTo(next.id, { quietly: true });
    }, admire);
    return () => clearTimeout(timer);
  }, [done, steps, used, scroller, goTo]);
  return words;
}

/** Ids of the blocks with a Run or Write button; what hints and solutions hold is optional. */
function actionsOf(blocks: readonly Block[]): string[] {
  return blocks.flatMap((block) => {
    if (block.kind === 'run' || block.kind === 'file') return [block.id];
    return block.kind === 'callout' ? actionsOf(block.blocks) : [];
  });
}

/** Nothing moves under the pointer, nor under the keyboard's focus. */
function isBeingUsed(column: HTMLElement): boolean {
  return column.matches(':hover') || column.contains(document.activeElement);
}

/** The end of the step is in view. */
function isReadToTheEnd(column: HTMLElement, step: string): boolean {
  const section = column.querySelector(`[data-step="${CSS.escape(step)}"]`);
  if (section === null) return false;
  return section.getBoundingClientRect().bottom <= column.getBoundingClientRect().bottom;
}
