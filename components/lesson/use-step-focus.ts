'use client';

import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { StepView } from '../../protocol/lesson-view.ts';

/** A step is in focus once its top has passed this share of the column's height. */
const focusLine = 1 / 3;
/** A step whose buttons are used keeps the focus until one has scrolled this far, in pixels. */
const holdFor = 60;
/** Longest a programmatic scroll is waited for, in milliseconds, before scrolling decides the focus again. */
const scrollPatience = 1_200;

const useEarlyEffect = typeof window === 'undefined' ? useEffect : useLayoutEffect;

interface StepFocus {
  /** null: the reader is before the first step. */
  current: string | null;
  /** Moves there; null: to the beginning. */
  goTo(step: string | null): void;
  /** Puts a step in sight into focus without moving the text; it stays there until one scrolls on. */
  mark(step: string): void;
}

/**
 * Which step the reader is at: decided by what is used in it, by scrolling, by links and by the browser's history; kept in the address as
 * `?step=…`. Scrolling replaces the address, going to a step adds to the history.
 */
export function useStepFocus(
  scroller: RefObject<HTMLElement | null>,
  steps: readonly StepView[],
  initial: string | null,
): StepFocus {
  const [current, setCurrent] = useState(initial);
  const currentRef = useRef(initial);
  const travelling = useRef<ReturnType<typeof setTimeout> | null>(null);
  /** Where the column stood when something of the current step was used. */
  const heldAt = useRef<number | null>(null);

  const focus = useCallback((step: string | null, history: 'push' | 'replace' | 'keep') => {
    currentRef.current = step;
    setCurrent(step);
    if (history !== 'keep') writeAddress(step, history);
  }, []);

  const travel = useCallback(
    (step: string | null, behavior: ScrollBehavior) => {
      const column = scroller.current;
      if (column === null) return;
      heldAt.current = null;
      if (travelling.current !== null) clearTimeout(travelling.current);
      travelling.current = setTimeout(() => {
        travelling.current = null;
      }, scrollPatience);
      column.scrollTo({ top: step === null ? 0 : topOf(column, step), behavior });
    },
    [scroller],
  );

  const goTo = useCallback(
    (step: string | null) => {
      focus(step, currentRef.current === step ? 'keep' : 'push');
      travel(step, window.matchMedia('(prefers-reduced-motion: reduce)').matches ? 'instant' : 'smooth');
    },
    [focus, travel],
  );

  const mark = useCallback(
    (step: string) => {
      heldAt.current = scroller.current?.scrollTop ?? null;
      focus(step, 'replace');
    },
    [scroller, focus],
  );

  // Before the first paint: the place the address or the last visit names. The first step is where one begins anyway.
  useEarlyEffect(() => {
    if (initial !== null && initial !== steps[0]?.id) travel(initial, 'instant');
  }, []);

  useEffect(() => {
    const column = scroller.current;
    if (column === null) return;
    let frame = 0;
    const look = () => {
      frame = 0;
      if (travelling.current !== null || column.clientHeight === 0) return;
      if (heldAt.current !== null && Math.abs(column.scrollTop - heldAt.current) < holdFor) return;
      heldAt.current = null;
      const found = stepAt(column, steps);
      if (found !== currentRef.current) focus(found, 'replace');
    };
    const onScroll = () => {
      if (frame === 0) frame = requestAnimationFrame(look);
    };
    const onScrollEnd = () => {
      if (travelling.current !== null) clearTimeout(travelling.current);
      travelling.current = null;
    };
    const onClick = (event: MouseEvent) => {
      if (!(event.target instanceof Element) || event.target.closest('button, summary') === null) return;
      const step = event.target.closest('[data-step]')?.getAttribute('data-step') ?? null;
      if (step === null) return;
      heldAt.current = column.scrollTop;
      if (step !== currentRef.current) focus(step, 'replace');
    };
    const onPopState = () => {
      const asked = new URLSearchParams(window.location.search).get('step');
      const step = steps.some(({ id }) => id === asked) ? asked : null;
      focus(step, 'keep');
      travel(step, 'instant');
    };
    column.addEventListener('scroll', onScroll, { passive: true });
    column.addEventListener('scrollend', onScrollEnd);
    column.addEventListener('click', onClick, { capture: true });
    window.addEventListener('popstate', onPopState);
    return () => {
      cancelAnimationFrame(frame);
      column.removeEventListener('scroll', onScroll);
      column.removeEventListener('scrollend', onScrollEnd);
      column.removeEventListener('click', onClick, { capture: true });
      window.removeEventListener('popstate', onPopState);
    };
  }, [scroller, steps, focus, travel]);

  return { current, goTo, mark };
}

function topOf(column: HTMLElement, step: string): number {
  const section = sectionOf(column, step);
  if (section === null) return 0;
  return section.getBoundingClientRect().top - column.getBoundingClientRect().top + column.scrollTop - 4;
}

function stepAt(column: HTMLElement, steps: readonly StepView[]): string | null {
  const box = column.getBoundingClientRect();
  const atEnd = column.scrollTop + column.clientHeight >= column.scrollHeight - 2;
  if (atEnd && column.scrollTop > 0) return steps.at(-1)?.id ?? null;
  const line = box.top + box.height * focusLine;
  let found: string | null = null;
  for (const { id } of steps) {
    const section = sectionOf(column, id);
    if (section !== null && section.getBoundingClientRect().top <= line) found = id;
  }
  return found;
}

function writeAddress(step: string | null, history: 'push' | 'replace'): void {
  const url = new URL(window.location.href);
  url.hash = '';
  if (step === null) url.searchParams.delete('step');
  else url.searchParams.set('step', step);
  if (history === 'push') window.history.pushState(null, '', url);
  else window.history.replaceState(null, '', url);
}

function sectionOf(column: HTMLElement, step: string): Element | null {
  return column.querySelector(`[data-step="${CSS.escape(step)}"]`);
}
