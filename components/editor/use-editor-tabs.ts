'use client';

import { useEffect, useRef } from 'react';
import type { FileView } from './file-view.ts';
import { mostLikelyFile } from './most-likely-file.ts';
import { rememberedTabs, rememberTabs } from './remembered.ts';
import type { EditorFiles } from './use-open-files.ts';
import type { TreeState } from './use-workspace-tree.ts';

interface EditorTabsOptions {
  lesson: string;
  editor: EditorFiles | null;
  tree: TreeState;
  views: readonly FileView[];
  openPath: string | null;
  onOpenPathChange(path: string | null): void;
}

/** A lesson's files are put into the sandbox while the page looks already; the list is whole when it rests. */
const restMs = 600;

/** Opens what the page wants open, brings back the tabs of the last visit, and remembers them. */
export function useEditorTabs({ lesson, editor, tree, views, openPath, onOpenPathChange }: EditorTabsOptions): void {
  const restoredFor = useRef<EditorFiles | null>(null);
  /** Something was opened in this visit: from then on the person decides what is. */
  const begun = useRef<EditorFiles | null>(null);

  useEffect(() => {
    if (openPath === null || editor === null) return;
    begun.current = editor;
    editor.files.open(openPath);
  }, [editor, openPath]);

  useEffect(() => {
    if (editor === null || tree.state !== 'shown' || restoredFor.current === editor) return;
    const { entries } = tree.tree;
    const remembered = rememberedTabs(lesson);
    const drafts = editor.drafts.paths();
    const restore = (first: string | null) => {
      restoredFor.current = editor;
      const there = new Set(entries.filter((entry) => entry.type !== 'folder').map((entry) => entry.path));
      const paths = [...(remembered?.paths.filter((path) => there.has(path)) ?? []), ...drafts];
      for (const path of paths) editor.files.open(path);
      if (begun.current === editor) return;
      const active = [remembered?.active, drafts[0], paths[0], first].find(
        (path) => typeof path === 'string' && (there.has(path) || drafts.includes(path)),
      );
      if (active !== undefined) onOpenPathChange(active ?? null);
    };
    const first = mostLikelyFile(entries);
    if (first === 'Dockerfile' && remembered === null) {
      restore(first);
      return;
    }
    const timer = setTimeout(() => restore(remembered === null ? first : null), restMs);
    return () => clearTimeout(timer);
  }, [lesson, editor, tree, onOpenPathChange]);

  useEffect(() => {
    if (editor === null || begun.current !== editor || restoredFor.current !== editor) return;
    rememberTabs(lesson, { paths: views.map((view) => view.path), active: openPath });
  }, [lesson, editor, views, openPath]);
}
