'use client';

import { useCallback, useMemo, useRef, useState } from 'react';
import type { RequestPayload } from '../../protocol/events.ts';
import type { ActionOutcome, LessonActions } from '../lesson/lesson-context.tsx';
import { type LabConnection, LabError } from '../realtime/lab-connection.ts';
import { useConnectionStatus, useLab } from '../realtime/lab-provider.tsx';
import { useAwake } from './use-awake.ts';
import type { LessonSession, SessionChange } from './use-lesson-session.ts';

export interface MachineOptions {
  lesson: string;
  session: LessonSession;
  change(change: SessionChange): void;
  reopen(): void;
  /** The button of this block did its work. */
  onUsed(block: string): void;
  /** A command was typed there: bring it into sight. */
  onTyped(terminal: string): void;
  /** A file was written: open it. */
  onWritten(path: string): void;
  onBuildStarted(): void;
}

/** Everything the page can ask of the learner's machine, with words for what is refused. */
export function useLessonActions(options: MachineOptions) {
  const { lesson, session, change, reopen, onUsed, onTyped, onWritten, onBuildStarted } = options;
  const lab = useLab();
  const online = useConnectionStatus().state === 'online';
  const [buildRefused, setBuildRefused] = useState<string | null>(null);
  const unavailable = unavailableWords(lab, online, session);

  const waking = useRef(false);
  /** Starts a sandbox, or calls one that rests. Several keys at once are one call. */
  const wake = useCallback(() => {
    if (waking.current) return;
    waking.current = true;
    reachable(lab)
      .request('sandbox:start', { lesson })
      .then(
        (sandbox) => change({ type: 'sandbox', sandbox }),
        (error: unknown) => {
          // A lost connection has its own words.
          if (error instanceof LabError && error.code !== 'connection.lost') change({ type: 'open-failed', error });
        },
      )
      .finally(() => {
        waking.current = false;
      });
  }, [lab, lesson, change]);

  const awake = useAwake(session.sandbox, wake);

  const actions: LessonActions = useMemo(
    () => ({
      unavailable,
      checks: session.checks,
      passed: session.progress.passed,
      run: (block, { interrupt }) =>
        outcomeOf(async () => {
          await awake();
          const { terminal } = await reachable(lab).request('terminal:run', { lesson, block, interrupt });
          onUsed(block);
          onTyped(terminal);
        }),
      writeFile: (block) =>
        outcomeOf(async () => {
          await awake();
          const { path } = await reachable(lab).request('file:apply', { lesson, block });
          onUsed(block);
          onWritten(path);
        }),
      evaluate: (check) =>
        outcomeOf(async () => {
          await awake();
          change({ type: 'checks', checks: await reachable(lab).request('check:evaluate', { lesson, check }) });
        }),
    }),
    [lab, lesson, unavailable, session.checks, session.progress.passed, awake, change, onUsed, onTyped, onWritten],
  );

  const build = useCallback(
    (path: string) => {
      setBuildRefused(null);
      onBuildStarted();
      awake()
        .then(() => reachable(lab).request('build:start', { lesson, path }))
        .then(
          (status) => change({ type: 'build', build: status }),
          (error: unknown) => setBuildRefused(wordsOf(error)),
        );
    },
    [lab, lesson, awake, change, onBuildStarted],
  );

  const cancelBuild = useCallback(
    (id: string) => {
      reachable(lab)
        .request('build:cancel', { lesson, build: id })
        .catch((error: unknown) => setBuildRefused(wordsOf(error)));
    },
    [lab, lesson],
  );

  /** Words when it was refused. */
  const reset = useCallback(async (): Promise<string | null> => {
    try {
      change({ type: 'sandbox', sandbox: await reachable(lab).request('sandbox:reset', { lesson }) });
      return null;
    } catch (error) {
      return wordsOf(error);
    }
  }, [lab, lesson, change]);

  const retry = useCallback(() => {
    if (session.openError !== null) reopen();
    else wake();
  }, [session.openError, reopen, wake]);

  const tell = useCallback(
    <N extends 'lesson:visit-step' | 'check:evaluate'>(name: N, payload: RequestPayload<N>) => {
      lab?.request(name, payload).catch(() => undefined); // of no consequence for the learner
    },
    [lab],
  );

  return { actions, build, buildRefused, cancelBuild, reset, retry, wake, tell };
}

function unavailableWords(lab: LabConnection | null, online: boolean, session: LessonSession): string | null {
  if (lab === null) return 'The page is still loading.';
  if (!online) return 'There is no connection to the server. As soon as it is back, try again.';
  if (session.openError !== null) return session.openError.message;
  switch (session.sandbox.state) {
    case 'ready':
    // At rest: whatever is asked of it calls it.
    case 'paused':
    case 'stopped':
    case 'removed':
      return null;
    case 'none':
    case 'starting':
      return 'Your sandbox is still starting. It takes a few seconds.';
    case 'resetting':
      return 'Your sandbox is being reset. It takes a few seconds.';
    case 'failed':
      return 'There is no sandbox right now. Press Retry where the terminal was.';
  }
}

function reachable(lab: LabConnection | null): Pick<LabConnection, 'request'> {
  const refusal = new LabError({ code: 'connection.lost', message: 'The page is still loading.' });
  return lab ?? { request: () => Promise.reject(refusal) };
}

async function outcomeOf(work: () => Promise<void>): Promise<ActionOutcome> {
  try {
    await work();
    return { ok: true };
  } catch (error) {
    return { ok: false, busy: error instanceof LabError && error.code === 'terminal.busy', message: wordsOf(error) };
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : 'Something failed in this page. Reload it.';
}
