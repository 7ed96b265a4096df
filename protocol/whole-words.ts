/** Words up to this many characters fit beside a Run button on a phone; longer ones may be broken. */
const longestWhole = 24;

export interface WordPart {
  text: string;
  /** No line may end inside it. */
  whole: boolean;
}

/**
 * Code cut into what may be broken over two lines and what may not. Browsers end a line after every hyphen and question
 * mark, so that `--name` is torn into `--` and `name`. Of a word too long for a line only the option at its beginning
 * stays whole. The parts together are the text.
 */
export function wholeWords(text: string): WordPart[] {
  const parts: WordPart[] = [];
  let end = 0;
  for (const { 0: word, index } of text.matchAll(/\S+/g)) {
    if (!/[-?]/.test(word)) continue;
    const whole = word.length <= longestWhole ? word : (/^-{1,2}[\w-]{1,22}/.exec(word)?.[0] ?? '');
    if (whole === '') continue;
    if (index > end) parts.push({ text: text.slice(end, index), whole: false });
    parts.push({ text: whole, whole: true });
    end = index + whole.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end), whole: false });
  return parts;
}
