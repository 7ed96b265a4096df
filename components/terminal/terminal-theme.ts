import type { ITheme } from '@xterm/xterm';

const ansi = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;

/** xterm's theme, font and search colours from the page's tokens, as they are at `element` now. */
export function readTerminalLook(element: HTMLElement): {
  theme: ITheme;
  fontFamily: string;
  fontSize: number;
  lineHeight: number;
  search: { match: string; active: string };
} {
  const style = getComputedStyle(element);
  const token = (name: string) => style.getPropertyValue(name).trim();
  const theme: ITheme = {
    background: token('--terminal-background'),
    foreground: token('--terminal-foreground'),
    cursor: token('--terminal-cursor'),
    cursorAccent: token('--terminal-cursor-accent') || token('--terminal-background'),
    selectionBackground: token('--terminal-selection'),
    ...Object.fromEntries(ansi.map((name) => [name, token(`--terminal-${name}`)])),
    ...Object.fromEntries(ansi.map((name) => [bright(name), token(`--terminal-bright-${name}`)])),
  };
  return {
    theme,
    fontFamily: token('--font-code') || 'monospace',
    fontSize: Number.parseFloat(token('--terminal-font-size')) || 13,
    lineHeight: Number.parseFloat(token('--terminal-line-height')) || 1.2,
    search: { match: token('--terminal-search-match'), active: token('--terminal-search-active') },
  };
}

/** Calls `listener` whenever the page turns light or dark. */
export function watchTheme(listener: () => void): () => void {
  const observer = new MutationObserver(listener);
  observer.observe(document.documentElement, { attributeFilter: ['class', 'data-theme', 'style'] });
  return () => observer.disconnect();
}

function bright(name: (typeof ansi)[number]): string {
  return `bright${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
