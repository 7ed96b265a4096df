'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import type { ActionOutcome } from './lesson-context.tsx';

export interface ActionState {
  pending: boolean;
  /** Words about what happened; null: nothing to say. */
  words: string | null;
  tone: 'done' | 'refused';
  busy: boolean;
}

/** How long a success is shown; milliseconds. */
const doneFor = 2_000;

const idle: ActionState = { pending: false, words: null, tone: 'done', busy: false };

/** Runs one action at a time; keeps the words of a refusal, and those of a success for a moment. */
export function useAction(): [ActionState, (act: () => Promise<ActionOutcome>, done: string | null) => void] {
  const [state, setState] = useState<ActionState>(idle);
  const running = useRef(false);
  useEffect(() => {
    if (state.words === null || state.tone !== 'done' || state.pending) return;
    const timer = setTimeout(() => setState(idle), doneFor);
    return () => clearTimeout(timer);
  }, [state]);
  const start = useCallback((act: () => Promise<ActionOutcome>, done: string | null) => {
    if (running.current) return;
    running.current = true;
    setState((before) => ({ ...before, pending: true }));
    void act()
      .then((outcome) =>
        setState(
          outcome.ok
            ? { pending: false, words: done, tone: 'done', busy: false }
            : { pending: false, words: outcome.message, tone: 'refused', busy: outcome.busy },
        ),
      )
      .finally(() => {
        running.current = false;
      });
  }, []);
  return [state, start];
}
