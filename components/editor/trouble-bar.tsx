'use client';

import { Button } from '../ui/button.tsx';
import type { Trouble } from './file-view.ts';

interface TroubleBarProps {
  trouble: Trouble;
  comparing: boolean;
  onCompare(comparing: boolean): void;
  onKeepMine(): void;
  onTakeTheirs(): void;
  onRestore(): void;
  onClose(): void;
}

/** Two versions of one file, or none: the person says which one counts. */
export function TroubleBar({
  trouble,
  comparing,
  onCompare,
  onKeepMine,
  onTakeTheirs,
  onRestore,
  onClose,
}: TroubleBarProps) {
  return (
    <div
      role="alert"
      className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1.5 border-b border-line bg-warning-soft px-3 py-1.5 text-ui text-ink"
    >
      {trouble.kind === 'conflict' ? (
        <>
          <span className="min-w-0 flex-1 basis-48">
            {trouble.content === null
              ? 'This file was replaced in the terminal, or in another window, by something the editor cannot show.'
              : 'This file was changed in the terminal or in another window.'}
          </span>
          <span className="flex flex-wrap gap-1.5">
            {trouble.content !== null && (
              <Button size="small" aria-pressed={comparing} onClick={() => onCompare(!comparing)}>
                {comparing ? 'Back to mine' : 'See both'}
              </Button>
            )}
            <Button size="small" onClick={onKeepMine}>
              Keep mine
            </Button>
            <Button size="small" onClick={onTakeTheirs}>
              Take theirs
            </Button>
          </span>
        </>
      ) : (
        <>
          <span className="min-w-0 flex-1 basis-48">
            This file was deleted in the terminal. What you see is no longer on disk.
          </span>
          <span className="flex gap-1.5">
            <Button size="small" onClick={onRestore}>
              Restore
            </Button>
            <Button size="small" onClick={onClose}>
              Close
            </Button>
          </span>
        </>
      )}
    </div>
  );
}
