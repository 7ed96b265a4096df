import { Fragment } from 'react';
import { InlineCode } from '../ui/inline-code.tsx';
import { foldText, type Stretch, stretchesOf } from './folded-text.ts';

/** Plain words with `code` between backticks, in which what is looked for is marked. Without terms: as ever. */
export function FoundText({ text, terms }: { text: string; terms: readonly string[] }) {
  const marks = terms.length === 0 ? [] : stretchesOf(foldText(text), terms);
  return marks.length === 0 ? <InlineCode text={text} /> : <MarkedText text={text} marks={marks} />;
}

/** The same in what is code itself, where a backtick is one. */
export function FoundCode({ code, terms }: { code: string; terms: readonly string[] }) {
  return terms.length === 0 ? code : cut(code, 0, stretchesOf(foldText(code), terms));
}

/** Plain words with `code` between backticks, in which the found stretches are marked. */
export function MarkedText({ text, marks }: { text: string; marks: readonly Stretch[] }) {
  let at = 0;
  return text.split(/(`[^`]+`)/).map((part, index) => {
    const isCode = index % 2 === 1;
    const from = at + (isCode ? 1 : 0);
    at += part.length;
    const words = cut(isCode ? part.slice(1, -1) : part, from, marks);
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never move
      <Fragment key={index}>{isCode ? <code className="inline-code">{words}</code> : words}</Fragment>
    );
  });
}

/** The part of a text that begins at `start`, marked. */
function cut(part: string, start: number, marks: readonly Stretch[]) {
  const pieces = [];
  let at = 0;
  for (const mark of marks) {
    const from = Math.max(mark.from - start, at);
    const to = Math.min(mark.to - start, part.length);
    if (to <= from) continue;
    pieces.push(
      part.slice(at, from),
      <mark key={from} className="rounded-sm bg-accent-soft text-ink underline decoration-accent decoration-2">
        {part.slice(from, to)}
      </mark>,
    );
    at = to;
  }
  return pieces.length === 0 ? part : [...pieces, part.slice(at)];
}
