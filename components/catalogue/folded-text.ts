/** A stretch of a text, in UTF-16 units; `to` is the first that is no longer part of it. */
export interface Stretch {
  from: number;
  to: number;
}

/** A text as the search sees it, and where in the text each unit of that comes from. */
export interface FoldedText {
  text: string;
  /** Lower case without accents; whatever is neither letter nor digit is a space; begins and ends with one. */
  folded: string;
  from: number[];
  to: number[];
}

const wordUnit = /[\p{L}\p{N}]/u;
/** "don’t" is found by "dont" and by "don't". */
const silent = new Set(["'", '’', '\u00ad']);
/** Written without spaces between words: there a match may begin anywhere. */
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;

export function foldText(text: string): FoldedText {
  let folded = ' ';
  const from = [0];
  const to = [0];
  let at = 0;
  for (const symbol of text) {
    const end = at + symbol.length;
    const bare = silent.has(symbol) ? '' : symbol.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
    // An accent that is a symbol of its own belongs to the letter before it.
    if (bare === '') to[to.length - 1] = end;
    for (const unit of bare.split('')) {
      folded += /[\ud800-\udfff]/.test(unit) || wordUnit.test(unit) ? unit : ' ';
      from.push(at);
      to.push(end);
    }
    at = end;
  }
  folded += ' ';
  from.push(at);
  to.push(at);
  return { text, folded, from, to };
}

/** What is looked for: every term has to be the beginning of a word. More than ten are cut. */
export function termsOf(query: string): string[] {
  return [...new Set(foldText(query).folded.split(' '))].filter((term) => term !== '').slice(0, 10);
}

/** @param term with a blank at its end it has to be a whole word */
export function holdsTerm(folded: string, term: string): boolean {
  return folded.includes(needleOf(term));
}

/** Where the terms stand in the text, in order and without overlaps. */
export function stretchesOf({ folded, from, to }: FoldedText, terms: readonly string[]): Stretch[] {
  const found: Stretch[] = [];
  for (const term of terms) {
    const needle = needleOf(term);
    const lead = needle.length - term.length;
    // The blank after a whole word may be the one before the next.
    const step = needle.trimEnd().length;
    for (let at = folded.indexOf(needle); at !== -1; at = folded.indexOf(needle, at + step)) {
      found.push({ from: from[at + lead] ?? 0, to: to[at + step - 1] ?? 0 });
    }
  }
  found.sort((a, b) => a.from - b.from);
  const merged: Stretch[] = [];
  for (const stretch of found) {
    const last = merged.at(-1);
    if (last !== undefined && stretch.from < last.to) last.to = Math.max(last.to, stretch.to);
    else merged.push(stretch);
  }
  return merged;
}

function needleOf(term: string): string {
  return unspaced.test(term) ? term : ` ${term}`;
}
