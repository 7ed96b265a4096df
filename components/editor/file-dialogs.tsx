'use client';

import type { WorkspaceEntry } from '../../protocol/workspace.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { isInside } from './file-names.ts';
import type { ReplaceQuestion } from './use-file-actions.ts';

interface DeleteDialogProps {
  /** What would be deleted; null: nothing is asked. */
  path: string | null;
  entries: readonly WorkspaceEntry[];
  onCancel(): void;
  onDelete(path: string): void;
}

export function DeleteDialog({ path, entries, onCancel, onDelete }: DeleteDialogProps) {
  const inside = entries.filter((entry) => path !== null && isInside(entry.path, path)).length;
  const folder = entries.some((entry) => entry.path === path && entry.type === 'folder');
  const what = folder
    ? inside === 0
      ? 'The folder is'
      : `The folder and the ${inside} ${inside === 1 ? 'entry' : 'entries'} in it are`
    : 'The file is';
  return (
    <Dialog
      open={path !== null}
      onOpenChange={(open) => !open && onCancel()}
      role="alertdialog"
      title={`Delete ${path ?? ''}?`}
      description={`${what} deleted from your sandbox. This cannot be undone.`}
    >
      <div className="mt-6 flex justify-end gap-2">
        <Button onClick={onCancel}>Keep</Button>
        <Button tone="danger" onClick={() => path !== null && onDelete(path)}>
          Delete
        </Button>
      </div>
    </Dialog>
  );
}

interface ReplaceDialogProps {
  question: ReplaceQuestion | null;
  onAnswer(replace: boolean): void;
}

export function ReplaceDialog({ question, onAnswer }: ReplaceDialogProps) {
  const paths = question?.files.map((file) => file.path) ?? [];
  const one = paths.length === 1;
  return (
    <Dialog
      open={question !== null}
      onOpenChange={(open) => !open && onAnswer(false)}
      role="alertdialog"
      title={one ? `Replace ${paths[0]}?` : `Replace ${paths.length} files?`}
      description={one ? 'A file of this name is there already.' : 'Files of these names are there already:'}
    >
      {!one && (
        <ul className="mt-2 max-h-40 overflow-auto font-mono text-ui text-ink-soft">
          {paths.map((path) => (
            <li key={path}>{path}</li>
          ))}
        </ul>
      )}
      <div className="mt-6 flex justify-end gap-2">
        <Button onClick={() => onAnswer(false)}>Keep what is there</Button>
        <Button tone="danger" onClick={() => onAnswer(true)}>
          Replace
        </Button>
      </div>
    </Dialog>
  );
}
