import type { Blockquote, Heading } from 'mdast';
import { type Edit, slice } from './inline-edits.ts';

const tones = ['NOTE', 'TIP', 'WARNING', 'IMPORTANT'];
const otherTones: Record<string, string> = { CAUTION: 'WARNING', DANGER: 'WARNING', INFO: 'NOTE', HINT: 'TIP' };

/** What a heading says, on one line. */
export function headingText(text: string, node: Heading, edits: readonly Edit[]): string {
  const from = node.children[0]?.position?.start;
  const to = node.children.at(-1)?.position?.end;
  if (from === undefined || to === undefined) return '';
  const inner = { ...node, position: { start: from, end: to } };
  // Braces at the end would be read as an id.
  return slice(text, inner, edits)
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\s*\{#[^}]*\}\s*$/, '')
    .trim();
}

/** The kind of call-out a quotation is; null: an ordinary one. */
export function alertOf(text: string, node: Blockquote): string | null {
  const first = node.children[0];
  const from = first?.type === 'paragraph' ? first.position?.start.offset : undefined;
  const word =
    from === undefined ? undefined : /^\[!([A-Za-z]+)\]/.exec(text.slice(from, from + 40))?.[1]?.toUpperCase();
  if (word === undefined) return null;
  return tones.includes(word) ? word : (otherTones[word] ?? 'NOTE');
}

/** The lines of a list's item stand below its words. */
export function indentAfterFirst(text: string, width: number): string {
  return text.split('\n').join(`\n${' '.repeat(width)}`);
}

/** Whether two titles differ in nothing but signs and capitals. */
export function sameWords(a: string, b: string): boolean {
  const bare = (words: string): string => words.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
  return bare(a) === bare(b);
}
