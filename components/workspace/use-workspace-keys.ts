'use client';

import { useEffect, useRef } from 'react';
import { focusedPane, focusPane, isTyping, visiblePanes } from './pane-focus.ts';
import type { PaneName } from './use-panes.ts';

export interface WorkspaceKeys {
  openMenu(): void;
  openFiles(): void;
  openKeys(): void;
  showPane(name: PaneName): void;
  savedAlready(): void;
}

/** The page's own keys. In the terminal and the editor only those that no shell and no editor needs. */
export function useWorkspaceKeys(keys: WorkspaceKeys): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    let before: PaneName = 'lesson';
    const onKeyDown = (event: KeyboardEvent) => {
      const modifier = event.ctrlKey || event.metaKey;
      const letter = event.key.toLowerCase();
      const pane = focusedPane();
      const inDialog =
        event.target instanceof Element && event.target.closest('[role="dialog"], [role="alertdialog"]') !== null;
      const take = () => {
        event.preventDefault();
        event.stopPropagation();
      };
      if (event.key === 'F6' && !inDialog) {
        take();
        cyclePanes(pane, event.shiftKey ? -1 : 1);
      } else if (event.ctrlKey && event.code === 'Backquote' && !inDialog) {
        take();
        // From the terminal's tabs and buttons it goes to the prompt; from the prompt, back.
        if (pane === 'terminal' && isTyping(event.target)) {
          latest.current.showPane(before);
          requestAnimationFrame(() => focusPane(before));
        } else {
          before = pane === null || pane === 'terminal' ? before : pane;
          latest.current.showPane('terminal');
          requestAnimationFrame(() => focusPane('terminal'));
        }
      } else if (modifier && event.shiftKey && letter === 'p') {
        take();
        latest.current.openMenu();
      } else if (modifier && !event.shiftKey && letter === 'k' && (pane === null || !isTyping(event.target))) {
        take();
        latest.current.openMenu();
      } else if (modifier && !event.shiftKey && letter === 'p' && pane !== 'terminal') {
        take();
        latest.current.openFiles();
      } else if (modifier && !event.shiftKey && letter === 's' && pane !== 'terminal') {
        event.preventDefault();
        latest.current.savedAlready();
      } else if (event.key === '?' && !modifier && !event.altKey && !inDialog && !isTyping(event.target)) {
        take();
        latest.current.openKeys();
      }
    };
    window.addEventListener('keydown', onKeyDown, { capture: true });
    return () => window.removeEventListener('keydown', onKeyDown, { capture: true });
  }, []);
}

function cyclePanes(from: PaneName | null, by: 1 | -1): void {
  const panes = visiblePanes();
  const at = from === null ? (by === 1 ? -1 : 0) : panes.indexOf(from);
  const next = panes[(at + by + panes.length) % panes.length];
  if (next !== undefined) focusPane(next);
}
