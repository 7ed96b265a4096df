/** What a shell with shell integration reports about itself (VS Code's OSC 633). */
export type ShellMark =
  | { type: 'prompt-start' }
  | { type: 'prompt-end' }
  | { type: 'command-start' }
  | { type: 'command-end'; exitCode: number | null; nonce: string | null }
  | { type: 'command-line'; command: string; nonce: string | null }
  | { type: 'cwd'; path: string; nonce: string | null };

const escapeByte = 0x1b;
const bell = 0x07;
const cancel = 0x18;
const substitute = 0x1a;
const backslash = 0x5c;
const bracket = 0x5d;
const prefix = Buffer.from('633;');

/** A command line longer than this is cut: bytes. */
const longestCommand = 4096;
/** As escaped by the shell every byte may take four (`\x3b`). */
const longestReport = longestCommand * 4 + 256;

/**
 * Finds OSC 633 reports in a terminal's output, which arrives in pieces cut anywhere. Keeps at most one report
 * in memory; a longer one is dropped whole. The bytes themselves are left alone: xterm ignores the reports.
 */
export class Osc633Parser {
  #state: 'text' | 'escape' | 'report' | 'report-escape' | 'skip' | 'skip-escape' = 'text';
  #collected: number[] = [];

  /** @returns the reports completed by this piece, each with the offset just behind it */
  push(data: Uint8Array): { mark: ShellMark; end: number }[] {
    const found: { mark: ShellMark; end: number }[] = [];
    for (let index = 0; index < data.length; index++) {
      if (this.#state === 'text') {
        // The one fast path that matters: `yes` has no escape in megabytes.
        index = data.indexOf(escapeByte, index);
        if (index === -1) break;
        this.#state = 'escape';
        continue;
      }
      const mark = this.#step(data[index] as number);
      if (mark !== null) found.push({ mark, end: index + 1 });
    }
    return found;
  }

  #step(byte: number): ShellMark | null {
    switch (this.#state) {
      case 'text':
        return null;
      case 'escape':
        this.#collected = [];
        if (byte === bracket) this.#state = 'report';
        else if (byte !== escapeByte) this.#state = 'text';
        return null;
      case 'report-escape':
      case 'skip-escape': {
        const complete = byte === backslash && this.#state === 'report-escape';
        if (byte === bracket) {
          this.#collected = [];
          this.#state = 'report';
        } else {
          this.#state = byte === escapeByte ? 'escape' : 'text';
        }
        return complete ? this.#take() : null;
      }
      case 'report':
      case 'skip':
        return this.#inside(byte, this.#state);
    }
  }

  #inside(byte: number, state: 'report' | 'skip'): ShellMark | null {
    if (byte === escapeByte) {
      this.#state = `${state}-escape`;
      return null;
    }
    if (byte === bell || byte === cancel || byte === substitute) {
      this.#state = 'text';
      return byte === bell && state === 'report' ? this.#take() : null;
    }
    if (state === 'skip') return null;
    const position = this.#collected.length;
    // Other operating system commands (titles, links, colours) are passed over without being kept.
    if (position >= longestReport || (position < prefix.length && byte !== prefix[position])) {
      this.#collected = [];
      this.#state = 'skip';
      return null;
    }
    this.#collected.push(byte);
    return null;
  }

  #take(): ShellMark | null {
    const text = Buffer.from(this.#collected.slice(prefix.length)).toString('utf8');
    this.#collected = [];
    return parseReport(text);
  }
}

function parseReport(text: string): ShellMark | null {
  const [type, first, ...rest] = text.split(';');
  const nonce = rest.at(-1) ?? null;
  switch (type) {
    case 'A':
      return { type: 'prompt-start' };
    case 'B':
      return { type: 'prompt-end' };
    case 'C':
      return { type: 'command-start' };
    case 'D':
      return { type: 'command-end', exitCode: parseExitCode(first), nonce };
    case 'E':
      return { type: 'command-line', command: unescapeText(first ?? '').slice(0, longestCommand), nonce };
    case 'P':
      return first?.startsWith('Cwd=') ? { type: 'cwd', path: unescapeText(first.slice(4)), nonce } : null;
    default:
      return null;
  }
}

function parseExitCode(text: string | undefined): number | null {
  if (text === undefined || !/^\d{1,3}$/.test(text)) return null;
  return Number(text);
}

/** `\\` is a backslash, `\xAB` the byte AB: so a command may hold semicolons and line ends. */
function unescapeText(text: string): string {
  if (!text.includes('\\')) return text;
  const bytes: number[] = [];
  const source = Buffer.from(text);
  for (let index = 0; index < source.length; index++) {
    const byte = source[index] as number;
    const hex = source.toString('latin1', index + 2, index + 4);
    if (byte === backslash && source[index + 1] === backslash) {
      bytes.push(backslash);
      index += 1;
    } else if (byte === backslash && source[index + 1] === 0x78 && /^[0-9a-fA-F]{2}$/.test(hex)) {
      bytes.push(Number.parseInt(hex, 16));
      index += 3;
    } else {
      bytes.push(byte);
    }
  }
  return Buffer.from(bytes).toString('utf8');
}
