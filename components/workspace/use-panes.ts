'use client';

import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { type Layout, type PanelSize, useGroupRef, usePanelRef } from 'react-resizable-panels';
import { useMediaQuery } from '../ui/use-media-query.ts';

export type PaneName = 'lesson' | 'editor' | 'terminal';
export const paneNames: readonly PaneName[] = ['lesson', 'editor', 'terminal'];

/** Below this width panes are tabs; workspace.css says the same. */
const narrowQuery = '(max-width: 899.98px)';
const storageKeys = {
  columns: 'drydock.panes.columns',
  rows: 'drydock.panes.rows',
  /** Of lessons without files, where the editor begins folded. */
  plainRows: 'drydock.panes.plain-rows',
};

/** Shares of the page a pane begins with, and unfolds to when this browser knows no other; percent. */
export const paneShares: Record<PaneName, number> = { lesson: 42, editor: 52, terminal: 48 };

const useEarlyEffect = typeof window === 'undefined' ? useEffect : useLayoutEffect;

/** The panes' sizes, remembered in this browser, which are folded, and which one a narrow screen shows. */
export function usePanes(usesFiles: boolean) {
  const rowsKey: keyof typeof storageKeys = usesFiles ? 'rows' : 'plainRows';
  const narrow = useMediaQuery(narrowQuery);
  const [view, setView] = useState<PaneName>('lesson');
  const [folded, setFolded] = useState<ReadonlySet<PaneName>>(new Set());
  const columns = useGroupRef();
  const rows = useGroupRef();
  const lesson = usePanelRef();
  const editor = usePanelRef();
  const terminal = usePanelRef();
  const restored = useRef(false);
  const shares = useRef({ ...paneShares });

  useEarlyEffect(() => {
    for (const [group, key] of [
      [columns, storageKeys.columns],
      [rows, storageKeys[rowsKey]],
    ] as const) {
      const saved = readLayout(key);
      if (saved === null) continue;
      try {
        group.current?.setLayout(saved);
      } catch {
        localStorage.removeItem(key); // of panes that are no longer there
      }
    }
    restored.current = true;
  }, [columns, rows, rowsKey]);

  const remember = useCallback(
    (key: keyof typeof storageKeys, layout: Layout) => {
      if (!restored.current || narrow) return;
      try {
        localStorage.setItem(storageKeys[key], JSON.stringify(layout));
      } catch {
        // a browser without storage forgets
      }
    },
    [narrow],
  );

  const noteSize = useCallback(
    (name: PaneName, size: PanelSize) => {
      if (narrow) return;
      if (size.inPixels >= 1) shares.current[name] = size.asPercentage;
      setFolded((before) => {
        const isFolded = size.inPixels < 1;
        if (before.has(name) === isFolded) return before;
        const after = new Set(before);
        if (isFolded) after.add(name);
        else after.delete(name);
        return after;
      });
    },
    [narrow],
  );

  return useMemo(() => {
    const panels = { lesson, editor, terminal };
    // Not `expand()`: after a reload it knows no size but the smallest.
    const unfold = (name: PaneName) => {
      panels[name].current?.resize(`${shares.current[name]}%`);
      // At once: it may get the focus before its size is told.
      setFolded((before) => new Set([...before].filter((other) => other !== name)));
    };
    return {
      narrow,
      view,
      folded,
      rowsKey,
      /** Percent. A view appears when it has something to show. */
      editorBegins: usesFiles ? paneShares.editor : 0,
      refs: { columns, rows, lesson, editor, terminal },
      remember,
      noteSize,
      /** Brings it into sight, whatever the width. */
      show(name: PaneName) {
        setView(name);
        if (panels[name].current?.isCollapsed() === true) unfold(name);
      },
      toggle(name: PaneName) {
        const panel = panels[name].current;
        if (panel?.isCollapsed() === true) unfold(name);
        else panel?.collapse();
      },
    };
  }, [narrow, view, folded, usesFiles, rowsKey, columns, rows, lesson, editor, terminal, remember, noteSize]);
}

export type Panes = ReturnType<typeof usePanes>;

function readLayout(key: string): Layout | null {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(key) ?? 'null');
    if (typeof value !== 'object' || value === null) return null;
    const entries = Object.entries(value);
    return entries.length > 0 && entries.every(([, size]) => typeof size === 'number') ? (value as Layout) : null;
  } catch {
    return null;
  }
}
