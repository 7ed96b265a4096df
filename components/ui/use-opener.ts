import { useRef } from 'react';

/**
 * For a dialog that is opened without a trigger of its own: remembers what had the focus, and gives it back. Not
 * when the focus went elsewhere on purpose, and not to what is gone.
 */
export function useOpener(): { onOpenAutoFocus(): void; onCloseAutoFocus(event: Event): void } {
  const opener = useRef<Element | null>(null);
  return {
    onOpenAutoFocus: () => {
      opener.current = document.activeElement;
    },
    onCloseAutoFocus: (event) => {
      // Else Radix looks for its own trigger, finds none, and leaves the focus nowhere.
      event.preventDefault();
      const { current } = opener;
      opener.current = null;
      const { activeElement } = document;
      const isNowhere = activeElement === null || activeElement === document.body;
      if (isNowhere && current instanceof HTMLElement && current.isConnected) current.focus({ preventScroll: true });
    },
  };
}
