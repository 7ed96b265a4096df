import type { MouseEvent } from 'react';

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
