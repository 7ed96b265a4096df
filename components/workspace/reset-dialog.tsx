'use client';

import { FreshSandboxDialog } from '../sandbox/fresh-sandbox-dialog.tsx';

interface ResetDialogProps {
  open: boolean;
  onOpenChange(open: boolean): void;
  /** Resolves with words when it could not be done. */
  onReset(): Promise<string | null>;
}

/** Asks before everything on the learner's machine is made new. */
export function ResetDialog({ open, onOpenChange, onReset }: ResetDialogProps) {
  return (
    <FreshSandboxDialog
      open={open}
      onOpenChange={onOpenChange}
      title="Reset the sandbox?"
      description="You get a fresh Docker daemon, and the files of this lesson as they were in the beginning."
      files="Your changes to the files of this lesson"
      action="Reset the sandbox"
      onAct={onReset}
    />
  );
}
