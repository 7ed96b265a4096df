'use client';

import { useEffect, useRef } from 'react';
import { editorOptions } from './code-view.tsx';
import { languageOf } from './file-names.ts';
import { monaco } from './monaco.ts';
import type { MonacoBuffer } from './monaco-buffer.ts';
import { followTheme } from './monaco-theme.ts';

interface CompareViewProps {
  path: string;
  /** The text in the sandbox. */
  theirs: string;
  buffer: MonacoBuffer;
}

/** Both versions of a file side by side (one above the other where it is narrow); the person's can be edited. */
export function CompareView({ path, theirs, buffer }: CompareViewProps) {
  const container = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (container.current === null) return;
    const endTheme = followTheme();
    const original = monaco.editor.createModel(theirs, languageOf(path));
    const editor = monaco.editor.createDiffEditor(container.current, {
      ...editorOptions(),
      originalEditable: false,
      renderSideBySide: true,
      renderSideBySideInlineBreakpoint: 640,
      useInlineViewWhenSpaceIsLimited: true,
      originalAriaLabel: `${path} in the sandbox`,
      modifiedAriaLabel: `${path}, yours`,
      hideUnchangedRegions: { enabled: false },
      renderOverviewRuler: false,
    });
    editor.setModel({ original, modified: buffer.model });
    return () => {
      editor.setModel(null);
      editor.dispose();
      endTheme();
      // A comparison under way in the worker still asks for it, and its failure would be nobody's to catch.
      setTimeout(() => original.dispose(), 2_000);
    };
  }, [path, theirs, buffer]);
  return (
    <div className="@container flex h-full min-h-0 flex-col">
      {/* Where there is no room for two columns, Monaco shows one. */}
      <p className="shrink-0 border-b border-line bg-surface px-3 py-1 text-caption text-ink-faint @[640px]:hidden">
        <span className="text-failed">−</span> in the sandbox, <span className="text-running">+</span> yours, which you
        can edit here
      </p>
      <div className="hidden shrink-0 border-b border-line bg-surface text-caption text-ink-faint @[640px]:flex">
        <span className="flex-1 px-3 py-1">In the sandbox</span>
        <span className="flex-1 px-3 py-1">Yours, which you can edit here</span>
      </div>
      <div ref={container} className="min-h-0 flex-1" />
    </div>
  );
}
