export interface ScreenSize {
  cols: number;
  rows: number;
}

/** More lines than this are not kept: older ones go. */
const mostLines = 2000;

/* biome-ignore-start lint/suspicious/noControlCharactersInRegex: escape sequences are made of them */
/** A control sequence, a string sequence (titles, reports, links), another escape, or one character. */
const piece =
  /\u001b\[([0-9;?<=>]*)[ -/]*([@-~])|\u001b[\]PX^_][\s\S]*?(?:\u001b\\|\u0007|$)|\u001b[ -/]*[0-~]?|[\u0000-\u001f\u007f]|[^\u0000-\u001f\u007f]+/g;
/* biome-ignore-end lint/suspicious/noControlCharactersInRegex: as above */

/**
 * What a terminal shows after this output, as lines without escape sequences. Follows the cursor, because builds
 * and pulls draw their progress over and over in the same place.
 */
export function screenText(output: string, { cols, rows }: ScreenSize): string[] {
  let lines: string[][] = [[]];
  let row = 0;
  let col = 0;
  const top = () => Math.max(0, lines.length - rows);
  const line = (): string[] => {
    while (lines.length <= row) lines.push([]);
    return lines[row] as string[];
  };
  const down = () => {
    row += 1;
    line();
    if (lines.length > mostLines) {
      lines = lines.slice(lines.length - mostLines / 2);
      row = lines.length - 1;
    }
  };
  const print = (text: string) => {
    for (const character of text) {
      if (col >= cols) {
        down();
        col = 0;
      }
      const cells = line();
      while (cells.length < col) cells.push(' ');
      cells[col] = character;
      col += 1;
    }
  };
  const erase = (how: number, wholeScreen: boolean) => {
    if (how === 0) line().length = Math.min(line().length, col);
    else if (how === 1) line().fill(' ', 0, col);
    else line().length = 0;
    if (!wholeScreen) return;
    if (how === 0) lines.length = row + 1;
    else for (let at = top(); at < (how === 1 ? row : lines.length); at++) lines[at] = [];
  };
  const control = (parameters: string, final: string) => {
    const numbers = parameters.split(';').map((text) => (/^\d{1,4}$/.test(text) ? Number(text) : undefined));
    const count = Math.max(1, numbers[0] ?? 1);
    if (final === 'A') row = Math.max(top(), row - count);
    else if (final === 'B') row = Math.min(lines.length - 1, row + count);
    else if (final === 'C') col = Math.min(cols - 1, col + count);
    else if (final === 'D') col = Math.max(0, col - count);
    else if (final === 'G') col = Math.min(cols, count) - 1;
    else if (final === 'H' || final === 'f') {
      row = top() + Math.min(rows, count) - 1;
      col = Math.min(cols, Math.max(1, numbers[1] ?? 1)) - 1;
      line();
    } else if (final === 'K') erase(numbers[0] ?? 0, false);
    else if (final === 'J') erase(numbers[0] ?? 0, true);
    else if (final === 'P') line().splice(col, count);
    else if (final === '@') line().splice(col, 0, ...Array.from({ length: Math.min(count, cols) }, () => ' '));
  };

  for (const [text, parameters, final] of output.matchAll(piece)) {
    if (final !== undefined) control(parameters ?? '', final);
    else if (text === '\n') down();
    else if (text === '\r') col = 0;
    else if (text === '\b') col = Math.max(0, col - 1);
    else if (text === '\t') col = Math.min(cols - 1, (Math.floor(col / 8) + 1) * 8);
    else if (text >= ' ' && text !== '\u007f') print(text);
  }
  const shown = lines.map((cells) => cells.join('').trimEnd());
  while (shown.at(-1) === '') shown.pop();
  return shown;
}
