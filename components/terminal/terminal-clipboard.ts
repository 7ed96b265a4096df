import type { Terminal } from '@xterm/xterm';
import { copyText } from '../ui/copy-text.ts';

/**
 * Copy by selecting and paste by key, menu and middle button, on plain HTTP as well.
 *
 * @param host the element xterm was opened in
 * @returns removes all of it
 */
export function connectClipboard(terminal: Terminal, host: HTMLElement, onCopied: (done: boolean) => void): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  let selecting = false;
  let lastCopied = '';

  host.addEventListener(
    'mousedown',
    (event) => {
      selecting = event.button === 0;
    },
    { signal, capture: true },
  );
  // The mouse may be let go of anywhere; xterm has its selection by then.
  document.addEventListener(
    'mouseup',
    () => {
      if (!selecting) return;
      selecting = false;
      setTimeout(() => {
        const text = terminal.getSelection();
        if (text === '' || text === lastCopied || signal.aborted) return;
        lastCopied = text;
        void copyText(text).then(onCopied);
      }, 0);
    },
    { signal },
  );
  terminal.onSelectionChange(() => {
    if (!terminal.hasSelection()) lastCopied = '';
  });

  host.addEventListener(
    'paste',
    (event) => {
      const text = event.clipboardData?.getData('text/plain') ?? '';
      event.preventDefault();
      event.stopPropagation();
      // An escape sequence in pasted text could end the bracket and be run as typed.
      if (text !== '') terminal.paste(text.replaceAll('\x1b', ''));
    },
    { signal, capture: true },
  );

  // X11 pastes its own primary selection here; elsewhere the middle button pastes what is selected.
  host.addEventListener(
    'auxclick',
    (event) => {
      if (event.button !== 1 || navigator.platform.includes('Linux')) return;
      event.preventDefault();
      const text = terminal.getSelection();
      if (text !== '') terminal.paste(text);
    },
    { signal },
  );
  return () => stop.abort();
}
