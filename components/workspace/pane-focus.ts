import { type PaneName, paneNames } from './use-panes.ts';

/**
 * Where typing goes in each pane, best first; else the pane itself takes the focus. In the text that is where one was,
 * or the step in focus, so that Tab goes on from there and not from the beginning.
 */
const targets: Record<PaneName, string[]> = {
  lesson: ['[data-last-focus]', '[data-current="true"] h2'],
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
    const target = [...pane.querySelectorAll<HTMLElement>(selector)].find(
      (element) => isReachable(element) && (name !== 'lesson' || isInSight(element, pane)),
    );
    if (target !== undefined) {
      target.focus({ preventScroll: true });
      return true;
    }
  }
  pane.focus({ preventScroll: true });
  return true;
}

/** Notes where in the text the focus is, for `focusPane` to come back to. */
export function noteFocus(element: Element): void {
  for (const before of document.querySelectorAll('[data-last-focus]')) before.removeAttribute('data-last-focus');
  element.setAttribute('data-last-focus', '');
}

/** Moves the focus to a step's title, so that Tab goes on from there; null: to the beginning of the text. */
export function focusStep(step: string | null): void {
  const pane = paneElement('lesson');
  const title = step === null ? null : pane?.querySelector<HTMLElement>(`[data-step="${CSS.escape(step)}"] h2`);
  (title ?? pane)?.focus({ preventScroll: true });
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

/** Scrolled away from, it is no longer where one reads. */
function isInSight(element: HTMLElement, pane: HTMLElement): boolean {
  const [box, frame] = [element.getBoundingClientRect(), pane.getBoundingClientRect()];
  return box.bottom > frame.top && box.top < frame.bottom;
}

/** xterm's textarea has no size of its own, so ask for its place in the layout instead. */
export function isReachable(element: HTMLElement): boolean {
  return element.getClientRects().length > 0 && getComputedStyle(element).visibility !== 'hidden';
}
