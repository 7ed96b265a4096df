import type { KeyboardEvent, MouseEvent } from 'react';
import type { ActionState } from './use-action.ts';

/** How a button was pressed, and what had the focus then: who has left it meanwhile is not called back. */
export interface Press {
  by: 'mouse' | 'touch' | 'keyboard';
  from: Element | null;
}

/** A click without a pointer is a key's, or that of a program which reads the page out. */
export function pressOf({ detail, nativeEvent }: MouseEvent): Press {
  const isTouch = 'pointerType' in nativeEvent && nativeEvent.pointerType === 'touch';
  return { by: detail === 0 ? 'keyboard' : isTouch ? 'touch' : 'mouse', from: document.activeElement };
}

/**
 * Whether a press is not meant: who typed on after a key had pressed the button, a command with its blanks for instance,
 * has the focus on it still. As long as it shows that it has worked, a key does not press it again; a pointer does.
 * `stays`: a key has pressed it, and the focus has not left it since.
 */
export function isSlip({ by }: Pick<Press, 'by'>, { words, tone, pending }: ActionState, stays: boolean): boolean {
  return by === 'keyboard' && (pending || (stays && words !== null && tone === 'done'));
}

/** A key that is held down presses once. */
export function pressOnce(event: KeyboardEvent): void {
  if (event.repeat && (event.key === 'Enter' || event.key === ' ')) event.preventDefault();
}
