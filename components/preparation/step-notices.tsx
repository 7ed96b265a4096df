'use client';

import { X } from 'lucide-react';
import { Button } from '../ui/button.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { usePreparationSurroundings } from './preparation-context.tsx';
import { PreparationStrip } from './preparation-strip.tsx';

/** Under a step's title: that the lab prepares it, or that the learner came here past steps that are not done. */
export function StepNotices({ step, current }: { step: string; current: boolean }) {
  const { preparation, skipped, dismissSkipped, askStartOver } = usePreparationSurroundings();
  // Elsewhere in the page while another step is read.
  if (current && preparation?.kind === 'setup' && preparation.step === step) {
    return <PreparationStrip className="mb-5 rounded-md border border-line-strong" />;
  }
  if (skipped?.step !== step) return null;
  return (
    <div
      role="note"
      aria-label="Earlier steps"
      className="mb-5 flex items-center gap-x-3 gap-y-1 border-l-2 border-line-strong py-0.5 pl-4 text-control text-ink-soft"
    >
      <p className="min-w-0 flex-1">
        {skippedWords(skipped.count)}{' '}
        <Button size="small" className="my-0.5 ml-1" onClick={() => askStartOver(step)}>
          Start over from here
        </Button>
      </p>
      <IconButton icon={X} name="Dismiss: earlier steps" onClick={dismissSkipped} />
    </div>
  );
}

function skippedWords(count: number): string {
  const them = count === 1 ? 'One earlier step is not done.' : `${count} earlier steps are not done.`;
  return `${them} The lab can do ${count === 1 ? 'it' : 'them'} for you, in a fresh sandbox.`;
}
