import type { PlainPattern } from './pattern-words.ts';
import { quoted } from './words.ts';

/** How a text is called in the sentences. */
export interface TextNames {
  /** "it has no line `a`" */
  hasNoLine: string;
  /** "it does not contain `a`" */
  lacks: string;
  /** "no line of it begins with `a`" */
  noLine: string;
}

export const fileNames: TextNames = {
  hasNoLine: 'it has no line',
  lacks: 'it does not contain',
  noLine: 'no line of it',
};

/** Whether a text seems to be there to somebody who sees one blank where there may be several. */
export function seemsThere(plain: PlainPattern, text: string): boolean {
  return text.replace(/\s+/g, ' ').includes(plain.text);
}

/**
 * Why a text in which a pattern was not found does not fit. Says "does not contain" only of what cannot be seen there;
 * of the rest, where in a line it has to be. Null: there is nothing to say for sure.
 */
export function unfitting(plain: PlainPattern, text: string, names: TextNames): string | null {
  if (!seemsThere(plain, text))
    return `${plain.begins && plain.ends ? names.hasNoLine : names.lacks} ${quoted(plain.text)}`;
  const place = placeWords(plain);
  if (place === null) return null;
  const hasBlanks = plain.ends && text.split(/[\r\n]+/).some((line) => isOnlyBlanksAway(line, plain));
  return `${names.noLine} ${place}${hasBlanks ? ': blanks stand at the end of one' : ''}`;
}

/** Completes "a line that …". Null: it may be anywhere. */
export function placeWords({ text, begins, ends, indent }: PlainPattern): string | null {
  const indented = { spaces: ', indented with spaces', blanks: ', indented' };
  const after = indent === null ? '' : indented[indent];
  if (begins) return `${ends ? 'is exactly' : 'begins with'} ${quoted(text)}${after}`;
  return ends ? `ends with ${quoted(text)}` : null;
}

function isOnlyBlanksAway(line: string, { text, begins }: PlainPattern): boolean {
  const shown = line.trimEnd();
  return shown !== line && (begins ? shown.trimStart() === text : shown.endsWith(text));
}
