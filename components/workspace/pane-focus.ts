import { type PaneName, paneNames } from './use-panes.ts';

/** Where typing goes in each pane, best first; else the pane itself takes the focus. */
const targets: Record<PaneName, string[]> = {
  lesson: [],
  editor: [
    '.monaco-editor .native-edit-context',
    '.monaco-editor textarea',
    '[role="treeitem"][tabindex="0"]',
    '[role="tab"][aria-selected="true"]',
    'button:not(:disabled)',
  ],
  terminal: ['.xterm-helper-textarea', '[role="log"]', 'button:not(:disabled)'],
};

export function paneElement(name: PaneName): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-pane="${name}"]`);
}

/** The pane that holds the focus. */
export function focusedPane(): PaneName | null {
  const name = document.activeElement?.closest('[data-pane]')?.getAttribute('data-pane');
  return paneNames.find((pane) => pane === name) ?? null;
}

/** Moves the focus there. False: the pane is not to be seen. */
export function focusPane(name: PaneName): boolean {
  const pane = paneElement(name);
  if (pane === null || !isVisible(pane)) return false;
  for (const selector of targets[name]) {
    const target = [...pane.querySelectorAll<HTMLElement>(selector)].find(isReachable);
    if (target !== undefined) {
      target.focus({ preventScroll: true });
      return true;
    }
  }
  pane.focus({ preventScroll: true });
  return true;
}

/** The panes that can be seen, in the order of the page. */
export function visiblePanes(): PaneName[] {
  return paneNames.filter((name) => {
    const pane = paneElement(name);
    return pane !== null && isVisible(pane);
  });
}

/** Whether keys pressed here are text or belong to a program of their own. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest(
      'input, textarea, select, [contenteditable="true"], .native-edit-context, .xterm, .monaco-editor',
    ) !== null
  );
}

function isVisible(element: HTMLElement): boolean {
  return element.offsetWidth > 1 && element.offsetHeight > 1;
}

/** xterm's textarea has no size of its own, so ask for its place in the layout instead. */
function isReachable(element: HTMLElement): boolean {
  return element.getClientRects().length > 0 && getComputedStyle(element).visibility !== 'hidden';
}
