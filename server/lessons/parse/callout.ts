import type { Blockquote, RootContent } from 'mdast';
import { nearestWord, oneOf } from '../../checks/nearest-word.ts';
import type { CalloutBlock } from '../lesson.ts';
import type { ProblemList } from '../problem.ts';

const tones = ['note', 'tip', 'warning', 'important'] as const;

/** Kinds of call-out that code hosts know and lessons do not. */
const otherTones: Record<string, string> = { CAUTION: 'WARNING', DANGER: 'WARNING', INFO: 'NOTE', HINT: 'TIP' };

export function isCallout(node: Blockquote): boolean {
  return readAlert(node) !== null;
}

/** @returns null when it is no call-out of ours; the problem is reported */
export function readCallout(
  node: Blockquote,
  problems: ProblemList,
): { tone: CalloutBlock['tone']; content: RootContent[] } | null {
  const alert = readAlert(node);
  if (alert === null) return null;
  const tone = tones.find((known) => known.toUpperCase() === alert.word);
  if (tone !== undefined && alert.rest === '') return { tone, content: alert.content };
  const names = tones.map((known) => known.toUpperCase());
  const near = otherTones[alert.word.toUpperCase()] ?? nearestWord(alert.word, names);
  problems.error(
    'callout.unknown',
    { line: node.position?.start.line ?? 1, column: node.position?.start.column ?? 1 },
    {
      message:
        tone === undefined
          ? `There is no call-out \`[!${alert.word}]\`. ${near ? `Did you mean \`[!${near}]\`?` : `There are: ${names.join(', ')}.`}`
          : `\`[!${alert.word}]\` stands alone on its line; the text begins on the next one.`,
      found: `[!${alert.word}]`,
      expected: near ? `[!${near}]` : oneOf(names.map((name) => `[!${name}]`)),
    },
  );
  return null;
}

/** `[!NOTE]` at the beginning of a quote, and what is left of the quote without it. */
function readAlert(node: Blockquote): { word: string; rest: string; content: Blockquote['children'] } | null {
  const [first, ...others] = node.children;
  if (first?.type !== 'paragraph') return null;
  const [text, ...inline] = first.children;
  if (text?.type !== 'text') return null;
  const match = /^\[!([A-Za-z]+)\][ \t]*([^\n]*)(?:\n|$)/.exec(text.value);
  if (!match) return null;
  const left = text.value.slice(match[0].length);
  // A hard break or emphasis right after the marker stands on the marker's own line.
  const rest = match[2] ?? '';
  const children = left === '' ? inline : [{ ...text, value: left }, ...inline];
  const paragraph = children.length > 0 ? [{ ...first, children }] : [];
  return { word: match[1] ?? '', rest, content: [...paragraph, ...others] };
}
