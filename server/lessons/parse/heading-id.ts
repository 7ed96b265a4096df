import GithubSlugger from 'github-slugger';
import type { Heading } from 'mdast';
import { toString as textOf } from 'mdast-util-to-string';
import type { ProblemList } from '../problem.ts';
import { spotOf } from './source-places.ts';

/** Takes `{#id}` off the end of a heading. */
export function readHeading(node: Heading, problems: ProblemList): { title: string; id: string | null } {
  const last = node.children.at(-1);
  const match = last?.type === 'text' ? /\s*\{#([^}]*)\}\s*$/.exec(last.value) : null;
  if (last?.type !== 'text' || !match) return { title: textOf(node).trim(), id: null };
  last.value = last.value.slice(0, match.index);
  const id = match[1] ?? '';
  if (/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(id) && id.length <= 60) return { title: textOf(node).trim(), id };
  problems.error('heading.id', spotOf(node), {
    message: 'An id in braces holds a-z, 0-9 and single hyphens, at most 60 of them.',
    found: id,
    expected: idFrom(new GithubSlugger().slug(id)) || 'my-step',
  });
  return { title: textOf(node).trim(), id: null };
}

/** What may stand in an id: as blockId in protocol/ids.ts. */
export function idFrom(slug: string): string {
  return slug.replace(/[^\p{L}\p{N}_-]/gu, '').replace(/^-+|-+$/g, '');
}
