'use client';

import { createContext, useContext } from 'react';
import type { StepView } from '../../protocol/lesson-view.ts';
import type { Preparation } from '../../protocol/preparation.ts';

/** What the text of a lesson shows of what the lab does in the learner's place, and what it can ask of it. */
export interface PreparationSurroundings {
  steps: readonly StepView[];
  preparation: Preparation | null;
  /** Steps that are done because the lab did them. */
  doneForYou: ReadonlySet<string>;
  /** The step the page opened at, and how many before it are not done; null: none, or the learner knows. */
  skipped: { step: string; count: number } | null;
  dismissSkipped(): void;
  /** Asks the learner whether to start over from there. */
  askStartOver(step: string): void;
  retry(): void;
  cancel(): void;
  /** Asks the learner whether to begin with an empty sandbox. */
  askReset(): void;
  /** Why `retry` or `cancel` was refused. */
  refused: string | null;
}

const nothing: PreparationSurroundings = {
  steps: [],
  preparation: null,
  doneForYou: new Set(),
  skipped: null,
  dismissSkipped: () => undefined,
  askStartOver: () => undefined,
  retry: () => undefined,
  cancel: () => undefined,
  askReset: () => undefined,
  refused: null,
};

const PreparationContext = createContext<PreparationSurroundings>(nothing);

export const PreparationProvider = PreparationContext.Provider;

export function usePreparationSurroundings(): PreparationSurroundings {
  return useContext(PreparationContext);
}
