'use client';

import { FileText } from 'lucide-react';
import type { FileMode } from '../../protocol/lesson-view.ts';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { ActionFace } from './action-face.tsx';
import { ActionWords } from './action-words.tsx';
import { CodeText } from './code-text.tsx';
import { useLessonActions } from './lesson-context.tsx';
import { useAction } from './use-action.ts';

interface FileBlockProps {
  /** The block to name to the server: a solution sends its own id. */
  id: string;
  path: string;
  mode: FileMode;
  code: string;
  html: string;
}

/** A file's content with the button that writes it to the workspace and opens it in the editor. */
export function FileBlock({ id, path, mode, code, html }: FileBlockProps) {
  const { writeFile, unavailable } = useLessonActions();
  const [state, start] = useAction();
  const note = modeWords(mode);
  return (
    <div>
      <div className="rounded-md border border-line-strong bg-raised">
        <div className="flex min-h-10 items-center gap-2 border-b border-line py-1 pr-1.5 pl-4">
          <FileText size={14} strokeWidth={1.75} aria-hidden="true" className="shrink-0 text-ink-faint" />
          <span className="min-w-0 truncate font-mono text-ui" title={path}>
            {path}
          </span>
          {note !== null && <span className="hidden shrink-0 text-ui text-ink-faint @md:inline">{note}</span>}
          <span className="flex-1" />
          <CopyButton text={code} what={path} />
          <Button
            tone="soft"
            size="small"
            aria-label={`Write to ${path}`}
            aria-disabled={unavailable !== null || state.pending}
            className="aria-disabled:opacity-60"
            onClick={() =>
              start(
                () =>
                  unavailable === null
                    ? writeFile(id)
                    : Promise.resolve({ ok: false, busy: false, message: unavailable }),
                `${path} is written and open in the editor.`,
              )
            }
          >
            <ActionFace state={state} done="Written">
              Write
            </ActionFace>
          </Button>
        </div>
        {note !== null && <p className="px-4 pt-2 text-ui text-ink-faint @md:hidden">{note}</p>}
        <CodeText html={html} label={`Content for ${path}`} className="px-4 py-3" />
      </div>
      <ActionWords state={state} />
    </div>
  );
}

function modeWords(mode: FileMode): string | null {
  switch (mode.type) {
    case 'write':
      return null;
    case 'append':
      return 'added at the end';
    case 'lines':
      return mode.from === mode.to ? `replaces line ${mode.from}` : `replaces lines ${mode.from} to ${mode.to}`;
  }
}
