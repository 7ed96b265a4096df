import { wholeWords } from '../../protocol/whole-words.ts';

/** Plain words in which `code` stands between backticks. Text only: nothing in it is ever markup. */
export function InlineCode({ text }: { text: string }) {
  const parts = text.split(/`([^`]+)`/);
  if (parts.length === 1) return text;
  return parts.map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never move
      <code key={index} className="inline-code">
        <WholeWords code={part} />
      </code>
    ),
  );
}

/** The same without its backticks, for names that are read out. */
export function spokenText(text: string): string {
  return text.replaceAll(/`([^`]+)`/g, '$1');
}

/** Code whose lines end between words, not after the hyphens of `--name`. */
export function WholeWords({ code }: { code: string }) {
  return wholeWords(code).map(({ text, whole }, index) =>
    whole ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never move
      <span key={index} className="whole">
        {text}
      </span>
    ) : (
      text
    ),
  );
}
