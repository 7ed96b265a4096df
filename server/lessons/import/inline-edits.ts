import type { RootContent } from 'mdast';
import { toString as textOf } from 'mdast-util-to-string';
import { visit } from 'unist-util-visit';
import type { Dialect, FenceTranslation, Place } from './dialect.ts';
import { writeFence } from './dialect.ts';
import type { GapList } from './gap.ts';
import type { LessonMedia } from './lesson-media.ts';

export interface Edit {
  from: number;
  to: number;
  text: string;
}

export interface Surroundings {
  dialect: Dialect;
  gaps: GapList;
  media: LessonMedia;
  /** The text that was parsed. */
  text: string;
  placeOf(node: RootContent): Place;
  actionOf(node: RootContent): string | undefined;
}

/** What has to change in the source of a node that stays as it is written, and the blocks that come after it. */
export async function inlineEdits(
  node: RootContent,
  around: Surroundings,
): Promise<{ edits: Edit[]; blocks: FenceTranslation[]; only: boolean }> {
  const edits: Edit[] = [];
  const blocks: FenceTranslation[] = [];
  const pictures: { url: string; alt: string; at: Place; from: number; to: number }[] = [];
  let only = false;
  visit(node, (inner, index, parent) => {
    const from = inner.position?.start.offset;
    const to = inner.position?.end.offset;
    if (from === undefined || to === undefined) return;
    const at = around.placeOf(inner as RootContent);
    if (inner.type === 'inlineCode') {
      const next = index === undefined ? undefined : parent?.children[index + 1];
      const behind = next?.type === 'text' ? /^\{\{([^{}]*)\}\}/.exec(next.value) : null;
      if (behind === null) return;
      const outcome = around.dialect.inlineAction(inner.value, behind[1] ?? '', at);
      if (outcome === null) return;
      edits.push({ from: to, to: to + behind[0].length, text: '' });
      if (outcome === 'text') return;
      blocks.push(outcome);
      only =
        parent === node && parent.children.length === 2 && next?.type === 'text' && next.value.trim() === behind[0];
    } else if (inner.type === 'code' && inner !== node) {
      // A listing inside a list: its content stays, its options go.
      const { language } = around.dialect.fence(inner, around.actionOf(inner), at);
      const opener = /^(`{3,}|~{3,})[^\n]*/.exec(around.text.slice(from, to));
      if (opener) edits.push({ from, to: from + opener[0].length, text: `${opener[1] ?? ''}${language}` });
    } else if (inner.type === 'image') pictures.push({ url: inner.url, alt: inner.alt?.trim() ?? '', at, from, to });
    else if (inner.type === 'link') edits.push(...linkEdits(inner.url, textOf(inner), from, to, at, around));
    else if (inner.type === 'definition' && !isReachable(inner.url)) {
      around.gaps.gap('link.dead', at, 'This link leads to something that is not part of the lesson.', inner.url);
      edits.push({ from, to, text: '' });
    }
  });
  for (const { url, alt, at, from, to } of pictures) {
    const words = (alt || pictureName(url)).replace(/[[\]]/g, ' ');
    const path = await around.media.take(url, at);
    edits.push({ from, to, text: path === null ? `*(${words})*` : `![${words}](${path})` });
  }
  return { edits: edits.sort((a, b) => a.from - b.from), blocks, only };
}

function linkEdits(url: string, words: string, from: number, to: number, at: Place, around: Surroundings): Edit[] {
  const local = /^https?:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0)(?=[:/]|$)/i.test(url);
  if (!local && isReachable(url)) return [];
  if (local) {
    around.gaps.gap(
      'link.local',
      at,
      'A browser does not reach a server in the sandbox by this address; it stands in the text. `curl` in a terminal reaches it.',
      url,
    );
    const shown = `\`${url.replaceAll('`', '')}\``;
    return [{ from, to, text: words === '' || words === url ? shown : `${escapeMarkdown(words)} (${shown})` }];
  }
  around.gaps.gap('link.dead', at, 'This link leads to something that is not part of the lesson; its words stay.', url);
  return [{ from, to, text: escapeMarkdown(words) }];
}

function isReachable(url: string): boolean {
  return /^(?:https?:\/\/[^\s]|mailto:)/i.test(url);
}

function escapeMarkdown(words: string): string {
  return words.replace(/[\\`*_[\]<]/g, '\\$&').replace(/\s+/g, ' ');
}

function pictureName(url: string): string {
  const name =
    url
      .split(/[/\\]/)
      .at(-1)
      ?.replace(/\.[a-z]+$/i, '') ?? '';
  return name.replace(/[^\p{L}\p{N}]+/gu, ' ').trim() || 'picture';
}

/** The source of a node with its edits, each line as it would stand at the left edge. */
export function slice(text: string, node: RootContent, edits: readonly Edit[]): string {
  const from = node.position?.start.offset ?? 0;
  const to = node.position?.end.offset ?? 0;
  let result = '';
  let end = from;
  for (const edit of edits) {
    if (edit.from < end || edit.to > to) continue;
    result += text.slice(end, edit.from) + edit.text;
    end = edit.to;
  }
  result += text.slice(end, to);
  const column = (node.position?.start.column ?? 1) - 1;
  const [first = '', ...rest] = result.split('\n');
  return [first, ...rest.map((line) => dedent(line, column))].join('\n').trimEnd();
}

function dedent(line: string, column: number): string {
  let index = 0;
  while (index < column && index < line.length && /[ \t>]/.test(line.charAt(index))) index += 1;
  return line.slice(index);
}

export function writeBlocks(blocks: readonly FenceTranslation[]): string[] {
  return blocks.filter(({ content }) => content.trim() !== '').map(writeFence);
}
