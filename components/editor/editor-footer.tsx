'use client';

import { useEffect, useState } from 'react';
import { classNames } from '../ui/class-names.ts';
import type { FileView, SaveState } from './file-view.ts';
import { monaco } from './monaco.ts';
import type { MonacoBuffer } from './monaco-buffer.ts';

interface EditorFooterProps {
  view: FileView;
  buffer: MonacoBuffer | null;
  tabLeaves: boolean;
  onRetry(): void;
  onNextProblem(): void;
}

/** One line under the text: whether it is saved, what is wrong with it, how Tab behaves. */
export function EditorFooter({ view, buffer, tabLeaves, onRetry, onNextProblem }: EditorFooterProps) {
  const problems = useProblems(buffer);
  return (
    <div className="flex min-h-7 shrink-0 items-center gap-3 border-t border-line bg-surface px-3 text-caption text-ink-faint">
      {view.state === 'open' && view.trouble === null && <SaveWords save={view.save} onRetry={onRetry} />}
      {view.state === 'loading' && <span>Opening…</span>}
      {problems !== null && problems.total > 0 && (
        <button
          type="button"
          onClick={onNextProblem}
          title="Go to the next problem (F8)"
          className={classNames(
            'whitespace-nowrap underline-offset-2 hover:underline',
            problems.errors > 0 ? 'text-failed' : 'text-warning',
          )}
        >
          {problemWords(problems)}
        </button>
      )}
      {problems !== null && problems.total === 0 && <span className="whitespace-nowrap">No problems</span>}
      <span className="flex-1" />
      {view.state === 'open' && (
        <span className="hidden truncate @md:inline">
          {tabLeaves ? 'Tab leaves the editor. Ctrl+M: Tab indents' : 'Ctrl+M: Tab leaves the editor'}
        </span>
      )}
    </div>
  );
}

function SaveWords({ save, onRetry }: { save: SaveState; onRetry(): void }) {
  if (save.state === 'saved') return <span className="whitespace-nowrap">Saved</span>;
  if (save.state === 'saving') return <span className="whitespace-nowrap">Saving…</span>;
  return (
    <span role="alert" className="flex min-w-0 items-center gap-2 py-1 text-failed">
      <span className="min-w-0">
        Not saved: {save.message}
        {!save.kept && ' Do not close this page: the browser has no room to keep it.'}
      </span>
      <button type="button" onClick={onRetry} className="font-medium underline underline-offset-2">
        Retry
      </button>
    </span>
  );
}

interface Problems {
  errors: number;
  warnings: number;
  total: number;
}

function problemWords({ errors, warnings }: Problems): string {
  const count = (number: number, word: string) => (number === 0 ? [] : [`${number} ${word}${number === 1 ? '' : 's'}`]);
  return [...count(errors, 'error'), ...count(warnings, 'warning')].join(', ');
}

/** Problems of a Dockerfile; null for a file nobody checks. */
function useProblems(buffer: MonacoBuffer | null): Problems | null {
  const [problems, setProblems] = useState<Problems | null>(null);
  useEffect(() => {
    if (buffer === null) {
      setProblems(null);
      return;
    }
    const { model } = buffer;
    const count = () => {
      if (model.isDisposed()) return;
      const markers = monaco.editor.getModelMarkers({ resource: model.uri });
      const errors = markers.filter((marker) => marker.severity === monaco.MarkerSeverity.Error).length;
      setProblems(
        model.getLanguageId() === 'dockerfile'
          ? { errors, warnings: markers.length - errors, total: markers.length }
          : null,
      );
    };
    count();
    const changes = monaco.editor.onDidChangeMarkers((uris) => {
      if (uris.some((uri) => uri.toString() === model.uri.toString())) count();
    });
    const languages = model.onDidChangeLanguage(count);
    return () => {
      changes.dispose();
      languages.dispose();
    };
  }, [buffer]);
  return problems;
}
