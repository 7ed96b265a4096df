'use client';

import '@xterm/xterm/css/xterm.css';
import type { ITerminalOptions } from '@xterm/xterm';
import { useEffect, useEffectEvent, useRef } from 'react';
import { copyText } from '../ui/copy-text.ts';
import { createXterm, type Xterm } from './create-xterm.ts';
import { connectClipboard } from './terminal-clipboard.ts';
import { terminalKeys } from './terminal-keys.ts';
import { watchTheme } from './terminal-theme.ts';

export interface XtermViewProps {
  /** Another name is another terminal: the view is made anew. */
  name: string;
  readerMode: boolean;
  /** What the caller attaches, it detaches in the function it returns. */
  onMount(xterm: Xterm): () => void;
  onText(text: string): void;
  onBytes(data: Uint8Array): void;
  onResize(cols: number, rows: number): void;
  onFocus(): void;
  onLeave(): void;
  onSearch(): void;
  onCopied(done: boolean): void;
}

/** Milliseconds a pane has to keep its size before the shell is told. */
const resizeDelay = 60;

/** xterm on the page: shows bytes and tells of keys; knows no server. */
export function XtermView({ name, readerMode, ...events }: XtermViewProps) {
  const hostRef = useRef<HTMLDivElement>(null);
  const xtermRef = useRef<Xterm | null>(null);
  const latest = useEffectEvent(() => events);
  const readerModeAtStart = useEffectEvent(() => readerMode);

  useEffect(() => {
    const host = hostRef.current;
    if (host === null) return;
    const xterm = createXterm(host, { name, readerMode: readerModeAtStart() });
    const { terminal } = xterm;
    xtermRef.current = xterm;
    const detach = latest().onMount(xterm);
    terminal.onData((text) => latest().onText(text));
    terminal.onBinary((text) => latest().onBytes(Uint8Array.from(text, (character) => character.charCodeAt(0))));
    terminal.onResize(({ cols, rows }) => latest().onResize(cols, rows));
    terminal.textarea?.addEventListener('focus', () => latest().onFocus());
    terminal.attachCustomKeyEventHandler(
      terminalKeys({
        copySelection: () => {
          if (terminal.hasSelection()) void copyText(terminal.getSelection()).then((done) => latest().onCopied(done));
        },
        openSearch: () => latest().onSearch(),
        leave: () => latest().onLeave(),
      }),
    );
    const disconnect = connectClipboard(terminal, host, (done) => latest().onCopied(done));
    const unwatch = watchTheme(() => xterm.restyle());

    let timer: ReturnType<typeof setTimeout> | undefined;
    const observer = new ResizeObserver(() => {
      clearTimeout(timer);
      timer = setTimeout(() => xterm.fit(), resizeDelay);
    });
    observer.observe(host);
    // Cells are measured with the font that is there; the page's own may still be loading.
    let mounted = true;
    void loadFont(terminal.options).then(() => {
      if (mounted) remeasure(xterm);
    });
    return () => {
      mounted = false;
      clearTimeout(timer);
      observer.disconnect();
      unwatch();
      disconnect();
      detach();
      xtermRef.current = null;
      terminal.dispose();
    };
  }, [name]);

  useEffect(() => {
    if (xtermRef.current !== null) xtermRef.current.terminal.options.screenReaderMode = readerMode;
  }, [readerMode]);

  return <div ref={hostRef} className="size-full overflow-hidden" />;
}

async function loadFont({ fontSize, fontFamily }: ITerminalOptions): Promise<void> {
  try {
    await document.fonts.load(`${fontSize ?? 13}px ${fontFamily ?? 'monospace'}`, 'Mm');
  } catch {
    // a font that cannot be had: the next in the list is used
  }
}

/** xterm measures again only when the font's name changes. */
function remeasure(xterm: Xterm): void {
  const { options } = xterm.terminal;
  const family = options.fontFamily ?? 'monospace';
  options.fontFamily = `${family}, monospace`;
  options.fontFamily = family;
  xterm.fit();
}
