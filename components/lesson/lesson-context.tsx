'use client';

import { createContext, useContext } from 'react';
import type { CheckResult } from '../../protocol/lesson-view.ts';

/** How an action of a block ended. `busy`: a command runs where a prompt is needed. */
export type ActionOutcome = { ok: true } | { ok: false; busy: boolean; message: string };

/** What the text of a lesson can do, and what it shows of the learner's machine. The workspace provides it. */
export interface LessonActions {
  /** Why nothing can be done on the machine right now, in words; null: everything can. */
  unavailable: string | null;
  checks: ReadonlyMap<string, CheckResult>;
  /** Checks that were met once, with the time. */
  passed: Readonly<Record<string, number>>;
  run(block: string, options: { terminal: string; interrupt: boolean }): Promise<ActionOutcome>;
  writeFile(block: string): Promise<ActionOutcome>;
  evaluate(check: string): Promise<ActionOutcome>;
}

const noMachine: LessonActions = {
  unavailable: 'The page is still loading.',
  checks: new Map(),
  passed: {},
  run: () => Promise.resolve({ ok: false, busy: false, message: 'The page is still loading.' }),
  writeFile: () => Promise.resolve({ ok: false, busy: false, message: 'The page is still loading.' }),
  evaluate: () => Promise.resolve({ ok: false, busy: false, message: 'The page is still loading.' }),
};

const LessonContext = createContext<LessonActions>(noMachine);

export const LessonActionsProvider = LessonContext.Provider;

export function useLessonActions(): LessonActions {
  return useContext(LessonContext);
}
