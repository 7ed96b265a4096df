'use client';

import { useEffect, useMemo, useState } from 'react';
import type { WorkspaceEntry } from '../../protocol/workspace.ts';
import { folderOf, isInside } from './file-names.ts';
import { foldersAbove, type TreeRow, visibleRows } from './tree-model.ts';

/** A name being typed: of something new in a folder ('' is the workspace), or of what is there. */
type Naming = { kind: 'file' | 'folder'; folder: string } | { kind: 'rename'; path: string };

export interface FileTreeModel {
  rows: TreeRow[];
  /** The row that Tab reaches. */
  current: string | null;
  setCurrent(path: string | null): void;
  toggle(path: string, open?: boolean): void;
  naming: Naming | null;
  startNew(kind: 'file' | 'folder', folder?: string): void;
  startRename(path: string): void;
  endNaming(): void;
  deleting: string | null;
  setDeleting(path: string | null): void;
  /** Where something new goes when nothing else is said: the current folder, or that of the current file. */
  targetFolder: string;
  /** After a rename: folders stay open under their new name. */
  renamed(from: string, to: string): void;
}

/** What the tree shows and where the person is in it. */
export function useFileTree(
  lesson: string,
  entries: readonly WorkspaceEntry[],
  openPath: string | null,
): FileTreeModel {
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set());
  const [current, setCurrent] = useState<string | null>(null);
  const [naming, setNaming] = useState<Naming | null>(null);
  const [deleting, setDeleting] = useState<string | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another lesson is another tree
  useEffect(() => {
    setExpanded(new Set());
    setCurrent(null);
    setNaming(null);
  }, [lesson]);

  // What is open in the editor can be seen in the tree.
  useEffect(() => {
    if (openPath === null) return;
    setCurrent(openPath);
    setExpanded((before) => new Set([...before, ...foldersAbove(openPath)]));
  }, [openPath]);

  const rows = useMemo(() => visibleRows(entries, expanded), [entries, expanded]);
  const reachable = rows.some((row) => row.path === current) ? current : (rows[0]?.path ?? null);
  const currentRow = rows.find((row) => row.path === current);
  const targetFolder =
    currentRow === undefined ? '' : currentRow.type === 'folder' ? currentRow.path : folderOf(currentRow.path);

  const toggle = (path: string, open?: boolean) =>
    setExpanded((before) => {
      const after = new Set(before);
      if (open ?? !before.has(path)) after.add(path);
      else after.delete(path);
      return after;
    });
  return {
    rows,
    current: reachable,
    setCurrent,
    toggle,
    naming,
    startNew: (kind, folder = targetFolder) => {
      if (folder !== '') toggle(folder, true);
      setNaming({ kind, folder });
    },
    startRename: (path) => setNaming({ kind: 'rename', path }),
    endNaming: () => setNaming(null),
    deleting,
    setDeleting,
    targetFolder,
    renamed: (from, to) => {
      setCurrent((path) => (path === from ? to : path));
      setExpanded(
        (before) =>
          new Set(
            [...before].map((path) => (path === from || isInside(path, from) ? to + path.slice(from.length) : path)),
          ),
      );
    },
  };
}
