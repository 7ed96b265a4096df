'use client';

import { useEffect, useRef } from 'react';
import type { FileView } from './file-document.ts';
import { isDockerfile } from './file-names.ts';
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

/** Opens what the page wants open, brings back the tabs of the last visit, and remembers them. */
export function useEditorTabs({ lesson, editor, tree, views, openPath, onOpenPathChange }: EditorTabsOptions): void {
  const restoredFor = useRef<EditorFiles | null>(null);

  useEffect(() => {
    if (openPath !== null) editor?.files.open(openPath);
  }, [editor, openPath]);

  useEffect(() => {
    if (editor === null || tree.state !== 'shown' || restoredFor.current === editor) return;
    restoredFor.current = editor;
    const { entries } = tree.tree;
    const there = (path: string) => entries.some((entry) => entry.path === path && entry.type !== 'folder');
    const remembered = rememberedTabs(lesson);
    const drafts = editor.drafts.paths();
    for (const path of [...(remembered?.paths.filter(there) ?? []), ...drafts]) editor.files.open(path);
    if (openPath !== null) return;
    const active = remembered?.active ?? null;
    if (active !== null && there(active)) onOpenPathChange(active);
    else if (remembered === null) {
      // First visit: the file the lesson is most likely about.
      const files = entries.filter((entry) => entry.type === 'file');
      const first = files.find((file) => isDockerfile(file.path)) ?? files.find((file) => !file.path.startsWith('.')) ?? null;
      if (first !== null) onOpenPathChange(first.path);
    } else {
      onOpenPathChange(drafts[0] ?? null);
    }
  }, [lesson, editor, tree, openPath, onOpenPathChange]);

  useEffect(() => {
    if (editor === null || restoredFor.current !== editor) return;
    rememberTabs(lesson, { paths: views.map((view) => view.path), active: openPath });
  }, [lesson, editor, views, openPath]);
}
