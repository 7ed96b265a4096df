'use client';

import { useCallback, useEffect, useRef } from 'react';
import type { PageSandbox } from '../sandbox/sandbox-words.ts';

/**
 * For what a learner asks of a sandbox that was stopped or removed: starts it and resolves when it runs, or failed to. One that
 * is paused wakes by itself, within the request.
 */
export function useAwake(sandbox: PageSandbox, wake: () => void): () => Promise<void> {
  const state = useRef(sandbox.state);
  const waiting = useRef<(() => void)[]>([]);
  useEffect(() => {
    state.current = sandbox.state;
    if (!isComing(sandbox.state)) for (const resolve of waiting.current.splice(0)) resolve();
  }, [sandbox.state]);
  useEffect(
    () => () => {
      for (const resolve of waiting.current.splice(0)) resolve();
    },
    [],
  );
  return useCallback(async () => {
    if (state.current !== 'stopped' && state.current !== 'removed') return;
    wake();
    await new Promise<void>((resolve) => waiting.current.push(resolve));
  }, [wake]);
}

function isComing(state: PageSandbox['state']): boolean {
  return state === 'stopped' || state === 'removed' || state === 'starting' || state === 'none';
}
