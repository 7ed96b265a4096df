import type { Terminal } from '@xterm/xterm';
import type { TerminalScreen } from './terminal-session.ts';

/** xterm as a session sees it. `onContent` is called when something of the shell arrives. */
export function xtermScreen(terminal: Terminal, onContent: () => void): TerminalScreen {
  return {
    get size() {
      return { cols: terminal.cols, rows: terminal.rows };
    },
    write(data, drawn) {
      onContent();
      terminal.write(data, drawn);
    },
    note(words) {
      // Ends whatever style or half-written sequence there was; dim and in italics, so not to be taken for output.
      terminal.write(`\x18\x1b[0m\r\n\x1b[2;3m${words}\x1b[0m\r\n`);
    },
    reset() {
      terminal.reset();
    },
  };
}
