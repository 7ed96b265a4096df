'use client';

import { useState } from 'react';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';

interface ResetDialogProps {
  open: boolean;
  onOpenChange(open: boolean): void;
  /** Resolves with words when it could not be done. */
  onReset(): Promise<string | null>;
}

/** Asks before everything on the learner's machine is made new, and says exactly what that means. */
export function ResetDialog({ open, onOpenChange, onReset }: ResetDialogProps) {
  const [pending, setPending] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const reset = () => {
    setPending(true);
    setRefused(null);
    void onReset().then((words) => {
      setPending(false);
      setRefused(words);
      if (words === null) onOpenChange(false);
    });
  };
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      role="alertdialog"
      title="Reset the sandbox?"
      description="You get a fresh Docker daemon, and the files of this lesson as they were in the beginning."
    >
      <div className="mt-5 grid gap-5 text-control sm:grid-cols-2">
        <div>
          <h3 className="font-semibold text-failed">Lost</h3>
          <ul className="mt-1.5 space-y-1 text-ink-soft">
            <li>All containers, images, volumes and networks of your sandbox</li>
            <li>Your changes to the files of this lesson</li>
            <li>What runs in your terminals, and their history</li>
          </ul>
        </div>
        <div>
          <h3 className="font-semibold text-running">Kept</h3>
          <ul className="mt-1.5 space-y-1 text-ink-soft">
            <li>The ticks you have earned</li>
            <li>Your files of other lessons</li>
          </ul>
        </div>
      </div>
      {refused !== null && (
        <p role="alert" className="mt-5 text-control text-failed">
          {refused}
        </p>
      )}
      <div className="mt-7 flex justify-end gap-2">
        <Button onClick={() => onOpenChange(false)}>Keep it</Button>
        <Button tone="danger" onClick={reset} disabled={pending}>
          Reset the sandbox
        </Button>
      </div>
    </Dialog>
  );
}
