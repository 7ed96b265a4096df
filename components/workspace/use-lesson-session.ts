'use client';

import { useRouter } from 'next/navigation';
import { useCallback, useEffect, useMemo, useReducer, useState } from 'react';
import type { BuildStatus } from '../../protocol/build.ts';
import type { LessonOpened, TerminalSummary } from '../../protocol/events.ts';
import type { CheckResult, LessonProgress } from '../../protocol/lesson-view.ts';
import type { Preparation } from '../../protocol/preparation.ts';
import type { QuizVerdict } from '../../protocol/quiz.ts';
import type { SandboxStatus } from '../../protocol/sandbox.ts';
import { LabError } from '../realtime/lab-connection.ts';
import { useLab } from '../realtime/lab-provider.tsx';
import { followSandbox, type PageSandbox } from '../sandbox/sandbox-words.ts';
import { BuildLog } from './build-log.ts';

/** What the page knows of its lesson: what opening it told, kept up to date by facts. */
export interface LessonSession {
  /** The server has answered `lesson:open` since the page was loaded. */
  opened: boolean;
  /** Why it could not be opened. */
  openError: LabError | null;
  sandbox: PageSandbox;
  progress: LessonProgress;
  checks: ReadonlyMap<string, CheckResult>;
  /** Of the quizzes that are passed, and of what was answered since the page was loaded. */
  quizzes: ReadonlyMap<string, QuizVerdict>;
  preparation: Preparation | null;
  terminals: TerminalSummary[];
  build: BuildStatus | null;
}

export type SessionChange =
  | { type: 'opened'; data: LessonOpened }
  | { type: 'open-failed'; error: LabError }
  | { type: 'sandbox'; sandbox: SandboxStatus }
  | { type: 'progress'; progress: LessonProgress }
  | { type: 'checks'; checks: CheckResult[] }
  | { type: 'quiz'; verdict: QuizVerdict }
  | { type: 'preparation'; preparation: Preparation | null }
  | { type: 'terminals'; terminals: TerminalSummary[] }
  | { type: 'build'; build: BuildStatus };

export function reduceSession(session: LessonSession, change: SessionChange): LessonSession {
  switch (change.type) {
    case 'opened': {
      const sandbox = followSandbox(session.sandbox, change.data.sandbox);
      const { progress, checks, preparation, terminals, build } = change.data;
      // A wrong answer stays in sight when the connection comes back; the server keeps only what was right.
      const quizzes = new Map([
        ...session.quizzes,
        ...change.data.quizzes.map((verdict): [string, QuizVerdict] => [verdict.quiz, verdict]),
      ]);
      return {
        opened: true,
        openError: null,
        sandbox,
        progress,
        checks: byId(checks),
        quizzes,
        preparation,
        terminals,
        build,
      };
    }
    case 'open-failed':
      return { ...session, openError: change.error };
    case 'sandbox': {
      // What was known of the machine before is not true of a new one.
      const fresh = change.sandbox.state === 'resetting' && session.sandbox.state !== 'resetting';
      return {
        ...session,
        sandbox: followSandbox(session.sandbox, change.sandbox),
        openError: null,
        ...(fresh ? { checks: new Map(), terminals: [], build: null } : {}),
      };
    }
    case 'progress':
      return { ...session, progress: change.progress };
    case 'checks':
      return { ...session, checks: new Map([...session.checks, ...byId(change.checks)]) };
    case 'quiz':
      return { ...session, quizzes: new Map([...session.quizzes, [change.verdict.quiz, change.verdict]]) };
    case 'preparation':
      return { ...session, preparation: change.preparation };
    case 'terminals':
      return { ...session, terminals: change.terminals };
    case 'build':
      return { ...session, build: change.build };
  }
}

function byId(checks: CheckResult[]): Map<string, CheckResult> {
  return new Map(checks.map((check) => [check.id, check]));
}

/** Opens the lesson on arrival and at every reconnection, leaves it at the end, and follows its facts. */
export function useLessonSession(lesson: string, progress: LessonProgress) {
  const lab = useLab();
  const router = useRouter();
  const [session, change] = useReducer(reduceSession, {
    opened: false,
    openError: null,
    sandbox: { state: 'none' },
    progress,
    checks: new Map(),
    quizzes: new Map(),
    preparation: null,
    terminals: [],
    build: null,
  });
  const [buildLog] = useState(() => new BuildLog());
  const [attempt, setAttempt] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` asks for one more time
  useEffect(() => {
    if (lab === null) return;
    let left = false;
    /** From then on a sandbox at rest is left alone until the learner wants something of it. */
    let openedBefore = false;
    const open = () => {
      lab.request('lesson:open', openedBefore ? { lesson, again: true } : { lesson }).then(
        (data) => {
          if (left) return;
          openedBefore = true;
          change({ type: 'opened', data });
          if (data.build === null) buildLog.follow(null);
          else if (data.buildOutput !== null)
            buildLog.append(data.build.build, data.buildOutput.seq, data.buildOutput.text);
        },
        (error: unknown) => {
          // A lost connection has its own words, and comes back here by itself.
          if (!left && error instanceof LabError && error.code !== 'connection.lost')
            change({ type: 'open-failed', error });
        },
      );
    };
    const ends = [
      lab.on('sandbox:changed', ({ sandbox }) => change({ type: 'sandbox', sandbox })),
      lab.on('check:changed', (fact) => fact.lesson === lesson && change({ type: 'checks', checks: fact.checks })),
      lab.on(
        'progress:changed',
        (fact) => fact.progress.lesson === lesson && change({ type: 'progress', progress: fact.progress }),
      ),
      lab.on('quiz:judged', (fact) => fact.lesson === lesson && change({ type: 'quiz', verdict: fact.verdict })),
      lab.on(
        'preparation:changed',
        (fact) => fact.lesson === lesson && change({ type: 'preparation', preparation: fact.preparation }),
      ),
      // The server renders the text anew; what the page holds beside it (terminals, editor, answers) stays.
      lab.on('lesson:changed', (fact) => fact.lesson === lesson && router.refresh()),
      lab.on(
        'terminal:changed',
        (fact) => fact.lesson === lesson && change({ type: 'terminals', terminals: fact.terminals }),
      ),
      lab.on('build:changed', (fact) => {
        if (fact.lesson !== lesson) return;
        buildLog.follow(fact.build.build);
        change({ type: 'build', build: fact.build });
      }),
      lab.on('build:output', (fact) => fact.lesson === lesson && buildLog.append(fact.build, fact.seq, fact.text)),
      lab.onOnline(open),
    ];
    return () => {
      left = true;
      for (const end of ends) end();
      lab.request('lesson:leave', { lesson }).catch(() => undefined);
    };
  }, [lab, lesson, router, buildLog, attempt]);

  useEffect(() => () => buildLog.dispose(), [buildLog]);

  const reopen = useCallback(() => setAttempt((before) => before + 1), []);
  return useMemo(() => ({ session, change, buildLog, reopen }), [session, buildLog, reopen]);
}
