'use client';

import { useState } from 'react';
import type { StepView } from '../../protocol/lesson-view.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';

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
  const [pending, setPending] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const at = steps.findIndex((step) => step.id === asked);
  const number = at + 1;
  const begin = () => {
    if (asked === null) return;
    setPending(true);
    setRefused(null);
    void onStartOver(asked).then((words) => {
      setPending(false);
      setRefused(words);
      if (words === null) onAsk(null);
    });
  };
  return (
    <Dialog
      open={at !== -1}
      onOpenChange={(open) => {
        if (open) return;
        setRefused(null);
        onAsk(null);
      }}
      role="alertdialog"
      title={`Start over from step ${number}?`}
      description={
        number <= 1
          ? 'You get a fresh Docker daemon, and begin with the first step again.'
          : `You get a fresh Docker daemon. In it the lab does what ${earlier(number)} ${number === 2 ? 'asks' : 'ask'} for, so that you can go on from here.`
      }
    >
      <div className="mt-5 grid gap-5 text-control sm:grid-cols-2">
        <div>
          <h3 className="font-semibold text-failed">Lost</h3>
          <ul className="mt-1.5 space-y-1 text-ink-soft">
            <li>All containers, images, volumes and networks of your sandbox</li>
            <li>Your changes to the files of this lesson: they begin anew</li>
            <li>What runs in your terminals, and their history</li>
          </ul>
        </div>
        <div>
          <h3 className="font-semibold text-running">Kept</h3>
          <ul className="mt-1.5 space-y-1 text-ink-soft">
            <li>The ticks you have earned</li>
            <li>Your answers to quizzes</li>
            <li>Your files of other lessons</li>
          </ul>
        </div>
      </div>
      {number > 1 && (
        <p className="mt-5 text-control text-ink-soft">
          What the lab ticks in this way is marked as done for you. Quizzes stay yours to answer.
        </p>
      )}
      {refused !== null && (
        <p role="alert" className="mt-5 text-control text-failed">
          {refused}
        </p>
      )}
      <div className="mt-7 flex flex-wrap justify-end gap-2">
        <Button onClick={() => onAsk(null)}>Keep it</Button>
        <Button tone="danger" onClick={begin} disabled={pending}>
          Start over
        </Button>
      </div>
    </Dialog>
  );
}

function earlier(number: number): string {
  if (number === 2) return 'step 1';
  return number === 3 ? 'steps 1 and 2' : `steps 1 to ${number - 1}`;
}
