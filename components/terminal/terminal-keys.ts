export interface TerminalKeyActions {
  copySelection(): void;
  openSearch(): void;
  /** Esc twice: focus goes back to the page. */
  leave(): void;
}

/** The second Esc has to come within so many milliseconds. */
const doubleEscape = 500;

/**
 * Which keys the shell does not get. Ctrl+C always interrupts; copying is Ctrl+Shift+C or done by selecting.
 * Pasting is left to the browser, whose paste event needs no Clipboard API and so works on plain HTTP too.
 * Everything else, Tab included, is the shell's.
 *
 * @returns a handler for `attachCustomKeyEventHandler`: false keeps xterm's hands off
 */
export function terminalKeys(actions: TerminalKeyActions): (event: KeyboardEvent) => boolean {
  let escapedAt = Number.NEGATIVE_INFINITY;
  return (event) => {
    if (event.type !== 'keydown') return true;
    if (event.key !== 'Escape' && !isModifier(event.key)) escapedAt = Number.NEGATIVE_INFINITY;
    const control = event.ctrlKey && !event.altKey && !event.metaKey;
    if (event.key === 'Escape' && !event.ctrlKey && !event.shiftKey && !event.altKey && !event.metaKey) {
      if (event.timeStamp - escapedAt <= doubleEscape && !event.repeat) {
        escapedAt = Number.NEGATIVE_INFINITY;
        // After xterm has sent this one too.
        setTimeout(actions.leave, 0);
      } else {
        escapedAt = event.timeStamp;
      }
      return true;
    }
    if (event.key === 'F6') return false;
    if (control && (event.code === 'Backquote' || event.key === '`')) return false;
    if (control && event.code === 'KeyV') return false;
    if (event.key === 'Insert' && event.shiftKey && !event.ctrlKey) return false;
    if (control && event.shiftKey && event.code === 'KeyP') return false;
    if ((control && event.shiftKey && event.code === 'KeyC') || (control && event.key === 'Insert')) {
      // Ctrl+Shift+C would open the browser's inspector.
      event.preventDefault();
      actions.copySelection();
      return false;
    }
    if (control && !event.shiftKey && event.code === 'KeyF') {
      event.preventDefault();
      actions.openSearch();
      return false;
    }
    return true;
  };
}

function isModifier(key: string): boolean {
  return key === 'Shift' || key === 'Control' || key === 'Alt' || key === 'Meta';
}
