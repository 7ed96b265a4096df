import type { Press } from '../lesson/press.ts';
import { isReachable } from './pane-focus.ts';

/** So many frames a terminal that is only being made is waited for. */
const patience = 60;

/**
 * The focus after a button has typed a command into a terminal. Who pressed it with a mouse goes on in the terminal:
 * left on the button, Space and Enter would press it again. Who pressed it by key reads on where they are, and a
 * finger calls up no keyboard over the output. On a narrow page the button is gone from sight, so both are at the tab
 * of the terminal then. Nobody who has gone elsewhere meanwhile is called back.
 */
export function handOver(terminal: string, { by, from }: Press, narrow: boolean): void {
  if (by !== 'mouse' && !narrow) return;
  const target =
    by === 'mouse'
      ? `[role="region"][aria-label="Terminal ${CSS.escape(terminal)}"] .xterm-helper-textarea`
      : '[role="tab"][data-tab="terminal"]';
  let left = patience;
  const look = () => {
    const held = document.activeElement;
    if (held !== from && held !== null && held !== document.body) return;
    const element = document.querySelector<HTMLElement>(target);
    if (element !== null && isReachable(element)) return element.focus({ preventScroll: true });
    left -= 1;
    if (left > 0) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
