'use client';

import type { StepView } from '../../protocol/lesson-view.ts';
import { FreshSandboxDialog } from '../sandbox/fresh-sandbox-dialog.tsx';

interface StartOverDialogProps {
  steps: readonly StepView[];
  /** The step in question; null: nobody asks. */
  asked: string | null;
  onAsk(step: string | null): void;
  /** Resolves with words when it could not be done. */
  onStartOver(step: string): Promise<string | null>;
}

/** Asks before a fresh sandbox takes the place of this one, and says what the lab then does by itself. */
export function StartOverDialog({ steps, asked, onAsk, onStartOver }: StartOverDialogProps) {
  const at = steps.findIndex((step) => step.id === asked);
  const number = at + 1;
  return (
    <FreshSandboxDialog
      open={at !== -1}
      onOpenChange={(open) => {
        if (!open) onAsk(null);
      }}
      title={`Start over from step ${number}?`}
      description={
        number <= 1
          ? 'You get a fresh Docker daemon, and begin with the first step again.'
          : `You get a fresh Docker daemon. In it the lab does what ${earlier(number)} ${number === 2 ? 'asks' : 'ask'} for, so that you can go on from here.`
      }
      files="Your changes to the files of this lesson: they begin anew"
      kept={['Your answers to quizzes']}
      action="Start over"
      onAct={() => (asked === null ? Promise.resolve(null) : onStartOver(asked))}
    >
      {number > 1 && (
        <p className="mt-5 text-control text-ink-soft">
          What the lab ticks in this way is marked as done for you. Quizzes stay yours to answer.
        </p>
      )}
    </FreshSandboxDialog>
  );
}

function earlier(number: number): string {
  if (number === 2) return 'step 1';
  return number === 3 ? 'steps 1 and 2' : `steps 1 to ${number - 1}`;
}
