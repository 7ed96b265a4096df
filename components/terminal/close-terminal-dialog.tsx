'use client';

import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';

interface CloseTerminalDialogProps {
  /** null: nothing is asked. */
  name: string | null;
  onAnswer(close: boolean): void;
}

/** Asked only when a command runs. */
export function CloseTerminalDialog({ name, onAnswer }: CloseTerminalDialogProps) {
  return (
    <Dialog
      open={name !== null}
      onOpenChange={(open) => {
        if (!open) onAnswer(false);
      }}
      role="alertdialog"
      title={`Close terminal ${name ?? ''}?`}
      description="A command is running in it. Closing the terminal ends the command. Containers that run in the background go on."
    >
      <div className="mt-6 flex justify-end gap-2">
        <Button onClick={() => onAnswer(false)}>Keep it open</Button>
        <Button tone="danger" onClick={() => onAnswer(true)}>
          Close terminal
        </Button>
      </div>
    </Dialog>
  );
}
