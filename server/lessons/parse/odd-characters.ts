import type { ProblemList } from '../problem.ts';

/**
 * Characters that nobody sees and that change what is read or typed: control characters (a terminal obeys them),
 * those that turn the direction of writing round (a command would read as another one), a byte order mark in the
 * middle, and what stands for bytes that are no UTF-8. A zero byte is refused before.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const odd = /[\u0001-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff\ufffd]/;

/** Whether a text holds one, so that it cannot stand in a lesson. */
export function hasOddCharacters(text: string): boolean {
  return odd.test(text);
}

/** Reports the first of each line. */
export function reportOddCharacters(source: string, problems: ProblemList): void {
  if (!odd.test(source)) return;
  for (const [index, line] of source.split('\n').entries()) {
    const match = odd.exec(line);
    if (match === null) continue;
    const code = `U+${(match[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
    problems.error(
      'source.character',
      { line: index + 1, column: match.index + 1 },
      { message: `The character ${code} stands here. ${reason(match[0])}`, found: code },
    );
  }
}

function reason(character: string): string {
  if (character === '\ufffd') return 'It stands for bytes that are not UTF-8; save the file as UTF-8.';
  if (character === '\ufeff')
    return 'It is a byte order mark, which belongs at the beginning of a file only; remove it.';
  if (character >= '\u202a')
    return 'It cannot be seen and makes the text after it read in another order than it is typed; remove it.';
  return 'It is a control character, which a terminal would obey; remove it.';
}
