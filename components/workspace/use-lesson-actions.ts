'use client';

import { useCallback, useMemo, useRef, useState } from 'react';
import type { RequestName, RequestPayload } from '../../protocol/events.ts';
import type { ActionOutcome, LessonActions, QuizOutcome, VariablesOutcome } from '../lesson/lesson-context.tsx';
import type { Press } from '../lesson/press.ts';
import { type LabConnection, LabError } from '../realtime/lab-connection.ts';
import { useConnectionStatus, useLab } from '../realtime/lab-provider.tsx';
import { machineWords, unreachableWords } from './unavailable-words.ts';
import { useAwake } from './use-awake.ts';
import type { LessonSession, SessionChange } from './use-lesson-session.ts';

export interface MachineOptions {
  lesson: string;
  session: LessonSession;
  change(change: SessionChange): void;
  reopen(): void;
  /** A command was typed there by a button: bring it into sight. */
  onTyped(terminal: string, press: Press): void;
  /** A file was written: open it. */
  onWritten(path: string): void;
  onBuildStarted(): void;
}

/** Everything the page can ask of the learner's machine, with words for what is refused. */
export function useLessonActions(options: MachineOptions) {
  const { lesson, session, change, reopen, onTyped, onWritten, onBuildStarted } = options;
  const lab = useLab();
  const online = useConnectionStatus().state === 'online';
  const [buildRefused, setBuildRefused] = useState<string | null>(null);
  const { checks, quizzes, progress, preparation } = session;
  const unreachable = unreachableWords(lab !== null, online, session);
  const unavailable = unreachable ?? machineWords(session);

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

  const ask = useCallback(
    <N extends RequestName>(name: N, payload: RequestPayload<N>) =>
      outcomeOf(async () => {
        await reachable(lab).request(name, payload);
      }),
    [lab],
  );

  const actions: LessonActions = useMemo(
    () => ({
      unavailable,
      unreachable,
      checks,
      quizzes,
      progress,
      preparation,
      run: (block, { interrupt, press }) =>
        outcomeOf(async () => {
          await awake();
          const { terminal } = await reachable(lab).request('terminal:run', { lesson, block, interrupt });
          onTyped(terminal, press);
        }),
      writeFile: (block) =>
        outcomeOf(async () => {
          await awake();
          const { path } = await reachable(lab).request('file:apply', { lesson, block });
          onWritten(path);
        }),
      evaluate: (check) =>
        outcomeOf(async () => {
          await awake();
          change({ type: 'checks', checks: await reachable(lab).request('check:evaluate', { lesson, check }) });
        }),
      answerQuiz: async (quiz, answer): Promise<QuizOutcome> => {
        try {
          const verdict = await reachable(lab).request('quiz:answer', { lesson, quiz, answer });
          change({ type: 'quiz', verdict });
          return { ok: true, verdict };
        } catch (error) {
          return { ok: false, message: wordsOf(error) };
        }
      },
      showSolution: (block) => ask('solution:show', { lesson, block }),
      answerVariables: async (values): Promise<VariablesOutcome> => {
        try {
          await reachable(lab).request('lesson:answer-variables', { lesson, values });
          return { ok: true };
        } catch (error) {
          return { ok: false, variable: variableOf(error), message: wordsOf(error) };
        }
      },
      startOver: (step) => ask('lesson:start-over', { lesson, step }),
      retryPreparation: () => ask('preparation:retry', { lesson }),
      cancelPreparation: () => ask('preparation:cancel', { lesson }),
    }),
    [
      lab,
      lesson,
      unavailable,
      unreachable,
      checks,
      quizzes,
      progress,
      preparation,
      ask,
      awake,
      change,
      onTyped,
      onWritten,
    ],
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

/** The variable an error names. */
function variableOf(error: unknown): string | null {
  if (!(error instanceof LabError) || error.code !== 'variable.invalid') return null;
  const name = error.details?.variable;
  return typeof name === 'string' ? name : null;
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
