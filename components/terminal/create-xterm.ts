import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { Unicode11Addon } from '@xterm/addon-unicode11';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { WebglAddon } from '@xterm/addon-webgl';
import { type ILink, Terminal } from '@xterm/xterm';
import { readTerminalLook } from './terminal-theme.ts';

export interface Xterm {
  terminal: Terminal;
  search: SearchAddon;
  /** Makes rows and columns fit the element; nothing while it has no size. */
  fit(): void;
  /** Reads colours and type from the page again. */
  restyle(): void;
}

/** Lines that can be scrolled back to. */
const scrollback = 5000;

/** An xterm with everything Drydock wants of one, opened in `host`. Disposing the terminal disposes it all. */
export function createXterm(host: HTMLElement, options: { name: string; readerMode: boolean }): Xterm {
  const look = readTerminalLook(host);
  const terminal = new Terminal({
    // Search results and Unicode versions are "proposed" in xterm 6.
    allowProposedApi: true,
    theme: look.theme,
    fontFamily: look.fontFamily,
    fontSize: look.fontSize,
    lineHeight: look.lineHeight,
    minimumContrastRatio: 4.5,
    scrollback,
    cursorBlink: !matchMedia('(prefers-reduced-motion: reduce)').matches,
    screenReaderMode: options.readerMode,
    rightClickSelectsWord: false,
    linkHandler: { activate: (_event, address) => openLink(address), allowNonHttpProtocols: false },
  });
  const fit = new FitAddon();
  const search = new SearchAddon({ highlightLimit: 1000 });
  terminal.loadAddon(fit);
  terminal.loadAddon(search);
  terminal.loadAddon(new Unicode11Addon());
  terminal.unicode.activeVersion = '11';
  terminal.loadAddon(new WebLinksAddon((_event, address) => openLink(address)));
  terminal.open(host);
  terminal.textarea?.setAttribute('aria-label', `Terminal ${options.name}: input`);
  drawByGpuIfThere(terminal);
  const xterm: Xterm = {
    terminal,
    search,
    fit() {
      if (host.clientWidth > 0 && host.clientHeight > 0) fit.fit();
    },
    restyle() {
      const { theme, fontFamily, fontSize, lineHeight } = readTerminalLook(host);
      Object.assign(terminal.options, { theme, fontFamily, fontSize, lineHeight });
      xterm.fit();
    },
  };
  xterm.fit();
  return xterm;
}

/** Programs print addresses of the learner's own machine and of the world; neither gets a hand on this page. */
function openLink(address: ILink['text']): void {
  if (/^https?:\/\//i.test(address)) window.open(address, '_blank', 'noopener,noreferrer');
}

/** Drawing by the GPU where there is one; by DOM rows where it is missing, emulated, or taken away. */
function drawByGpuIfThere(terminal: Terminal): void {
  if (!hasRealGpu()) return;
  try {
    const webgl = new WebglAddon();
    webgl.onContextLoss(() => webgl.dispose());
    terminal.loadAddon(webgl);
  } catch {
    // xterm goes on with its DOM renderer
  }
}

/** WebGL emulated by the processor is slower than rows of text. */
function hasRealGpu(): boolean {
  const context = document.createElement('canvas').getContext('webgl2', { failIfMajorPerformanceCaveat: true });
  if (context === null) return false;
  const names = context.getExtension('WEBGL_debug_renderer_info');
  const renderer: unknown = context.getParameter(names?.UNMASKED_RENDERER_WEBGL ?? context.RENDERER);
  context.getExtension('WEBGL_lose_context')?.loseContext();
  return !/swiftshader|llvmpipe|softpipe|software|basic render/i.test(String(renderer));
}
