'use client';

import { type ReactNode, useState } from 'react';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';

interface FreshSandboxDialogProps {
  open: boolean;
  onOpenChange(open: boolean): void;
  title: string;
  description: string;
  /** What is said of the files of this lesson. */
  files: string;
  /** What else is kept. */
  kept?: readonly string[];
  /** The word on the button. */
  action: string;
  /** Resolves with words when it could not be done. */
  onAct(): Promise<string | null>;
  children?: ReactNode;
}

/** Asks before a fresh sandbox takes the place of this one, and says exactly what that means. */
export function FreshSandboxDialog(props: FreshSandboxDialogProps) {
  const { open, onOpenChange, title, description, files, kept = [], action, onAct, children } = props;
  const [pending, setPending] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const change = (opened: boolean) => {
    setRefused(null);
    onOpenChange(opened);
  };
  const act = () => {
    setPending(true);
    setRefused(null);
    void onAct().then((words) => {
      setPending(false);
      setRefused(words);
      if (words === null) onOpenChange(false);
    });
  };
  return (
    <Dialog open={open} onOpenChange={change} role="alertdialog" title={title} description={description}>
      <div className="mt-5 grid gap-5 text-control sm:grid-cols-2">
        <div>
          <h3 className="font-semibold text-failed">Lost</h3>
          <ul className="mt-1.5 space-y-1 text-ink-soft">
            <li>All containers, images, volumes and networks of your sandbox</li>
            <li>{files}</li>
            <li>What runs in your terminals, and their history</li>
          </ul>
        </div>
        <div>
          <h3 className="font-semibold text-running">Kept</h3>
          <ul className="mt-1.5 space-y-1 text-ink-soft">
            <li>The ticks you have earned</li>
            {kept.map((what) => (
              <li key={what}>{what}</li>
            ))}
            <li>Your files of other lessons</li>
          </ul>
        </div>
      </div>
      {children}
      {refused !== null && (
        <p role="alert" className="mt-5 text-control text-failed">
          {refused}
        </p>
      )}
      <div className="mt-7 flex flex-wrap justify-end gap-2">
        <Button onClick={() => change(false)}>Keep it</Button>
        <Button tone="danger" onClick={act} disabled={pending}>
          {action}
        </Button>
      </div>
    </Dialog>
  );
}
