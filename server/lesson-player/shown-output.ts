import type { OutputBlock } from '../lessons/lesson.ts';
import { hasOddCharacters } from '../lessons/parse/odd-characters.ts';

/** What stands for lines that are left out. */
export const leftOut = '…';
/** More is a text nobody reads. */
const mostLines = 40;
const mostBytes = 4096;

/** The lines an output block shows of what a command printed. */
export function cutOutput(lines: readonly string[], { first, last }: Pick<OutputBlock, 'first' | 'last'>): string[] {
  const [from, to] = [lines.findIndex((line) => line !== ''), lines.findLastIndex((line) => line !== '')];
  const told = from === -1 ? [] : lines.slice(from, to + 1);
  if (first === null && last === null) return told;
  const [ahead, behind] = [first ?? 0, last ?? 0];
  if (told.length <= ahead + behind) return told;
  return [...told.slice(0, ahead), leftOut, ...told.slice(told.length - behind)];
}

/**
 * Why these lines cannot stand in a lesson, or null.
 * @param ofThisPlace names of this machine and its folders, which are nobody else's
 */
export function unfitOutput(lines: readonly string[], ofThisPlace: readonly string[]): string | null {
  const text = lines.join('\n');
  const bytes = Buffer.byteLength(text);
  if (lines.length > mostLines || bytes > mostBytes)
    return `It printed ${lines.length} lines of ${bytes} bytes, and a block shows at most ${mostLines} lines and ${mostBytes} bytes. Say how many lines are to be shown with \`first=N\` or \`last=N\`.`;
  if (hasOddCharacters(text))
    return 'It printed characters that nobody sees, or bytes that are no text. Let the command print something else.';
  // Whole words: a machine may be named as something that is part of one.
  const told = ofThisPlace.find((name) => new RegExp(`(?<![\\w./-])${asPattern(name)}(?![\\w-])`).test(text));
  return told === undefined
    ? null
    : `It printed \`${told}\`, which is a name of this machine or network. Let the command print something else.`;
}

function asPattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
