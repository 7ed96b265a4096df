import GithubSlugger from 'github-slugger';
import type { Heading, Paragraph, PhrasingContent, RootContent } from 'mdast';
import { toString as textOf } from 'mdast-util-to-string';
import { visit } from 'unist-util-visit';
import { idFrom, readHeading } from '../parse/heading-id.ts';
import { normaliseSource, parseMarkdown } from '../parse/markdown.ts';
import { reportOddCharacters } from '../parse/odd-characters.ts';
import { spotOf } from '../parse/source-places.ts';
import { comparePlaces, type Problem, ProblemList, type SourceSpot, shorten } from '../problem.ts';
import { type LinkTarget, readLink } from './lesson-links.ts';

export interface GlossaryLink {
  url: string;
  target: LinkTarget;
  at: SourceSpot;
}

/** A term and what it means. */
export interface Term {
  id: string;
  title: string;
  at: SourceSpot;
  /** Without the line "See also". Addresses of links begin in a lesson's folder, as in lessons. */
  nodes: Paragraph[];
  /** Its first sentence, as plain words in which `code` stands between backticks; the others. */
  definition: string;
  more: string;
  seeAlso: GlossaryLink[];
  /** Those in the text. */
  links: GlossaryLink[];
}

export interface Glossary {
  /** Name of the file in problems. */
  file: string;
  /** In the order of the file; what could be read of it. */
  terms: Term[];
  problems: Problem[];
}

/** More than this is no glossary entry but a lesson. */
const most = { sentences: 4, characters: 640 };

/** Where addresses in a glossary are taken to stand, so that they are read as those of lessons are. */
const place = 'course/lesson';
const seeAlso = /^see also:\s*/i;

/**
 * Reads a glossary: a title, and a `##` heading with a paragraph or two for each term. Never throws: whatever is wrong
 * is in `problems`, and what is sound is in `terms`.
 * @param file name of the file in problems
 */
export function parseGlossary(text: string, file: string): Glossary {
  const problems = new ProblemList(file);
  const terms: Term[] = [];
  try {
    const source = normaliseSource(text);
    const root = parseMarkdown(source, problems);
    if (root !== null) {
      reportOddCharacters(source, problems);
      readTerms(root.children, terms, problems);
      reportOrder(terms, problems);
    }
  } catch (error) {
    problems.error(
      'source.unreadable',
      { line: 1, column: 1 },
      { message: `This file cannot be read: ${error instanceof Error ? error.message : String(error)}` },
    );
  }
  return { file, terms, problems: problems.items.sort(comparePlaces) };
}

function readTerms(nodes: readonly RootContent[], terms: Term[], problems: ProblemList): void {
  const slugger = new GithubSlugger();
  const ids = new Map<string, string>();
  let current: Term | null = null;
  let hasTitle = false;
  for (const node of nodes) {
    if (node.type === 'heading' && node.depth === 1 && !hasTitle && terms.length === 0) hasTitle = true;
    else if (node.type === 'heading' && node.depth === 2) {
      finish(current, problems);
      current = beginTerm(node, { slugger, ids }, problems);
      if (current !== null) terms.push(current);
    } else if (node.type === 'paragraph') {
      if (current !== null) addParagraph(current, node, problems);
    } else if (!isComment(node)) refuse(node, problems);
  }
  finish(current, problems);
  for (const [index, term] of [...terms.entries()].reverse()) if (term.definition === '') terms.splice(index, 1);
}

function beginTerm(
  node: Heading,
  { slugger, ids }: { slugger: GithubSlugger; ids: Map<string, string> },
  problems: ProblemList,
): Term | null {
  const at = spotOf(node);
  const own = readHeading(node, problems).id;
  const title = plainWords(node.children, problems);
  if (title === '') {
    problems.error('heading.empty', at, { message: 'A term needs a name: write it after ##.', expected: '## A term' });
    return null;
  }
  const id = own ?? idFrom(slugger.slug(textOf(node)));
  const other = ids.get(id);
  if (other !== undefined) {
    problems.error('id.duplicate', at, {
      message: `“${title}” and “${other}” have the same id \`${id}\`, so a link to it would be ambiguous. Give one of them an id of its own: \`## ${title} {#another-id}\`.`,
      found: id,
    });
    return null;
  }
  ids.set(id, title);
  return { id, title, at, nodes: [], definition: '', more: '', seeAlso: [], links: [] };
}

function addParagraph(term: Term, node: Paragraph, problems: ProblemList): void {
  const text = plainWords(node.children, problems);
  if (seeAlso.test(text)) {
    if (term.nodes.length === 0 || term.seeAlso.length > 0) {
      problems.error('glossary.shape', spotOf(node), {
        message: 'A term has at most one line “See also:”, and it comes after the definition.',
        found: shorten(text),
      });
    }
    readSeeAlso(term, node, problems);
    return;
  }
  if (term.seeAlso.length > 0) {
    problems.error('glossary.shape', spotOf(node), {
      message: 'Nothing stands after the line “See also:”; move this text before it.',
      found: shorten(text),
    });
  }
  visit(node, 'link', (link) => {
    const found = linkOf(link.url, spotOf(link));
    // As a lesson would write it.
    if (found.target.kind === 'lesson') link.url = `../../${link.url}`;
    term.links.push(found);
  });
  if (term.nodes.length === 0) {
    const end = endOfSentence(text);
    term.definition = text.slice(0, end).trim();
    term.more = text.slice(end).trim();
  } else term.more = `${term.more} ${text}`.trim();
  term.nodes.push(node);
}

function readSeeAlso(term: Term, node: Paragraph, problems: ProblemList): void {
  for (const child of node.children) {
    if (child.type === 'link') term.seeAlso.push(linkOf(child.url, spotOf(child)));
    else if (child.type !== 'text' || !/^(?:see also:)?[\s,.;]*(?:and\s*)?$/i.test(child.value)) {
      problems.error('glossary.shape', spotOf(child), {
        message: 'The line “See also:” holds links to terms and lessons, with commas between them, and nothing else.',
        found: shorten(textOf(child)),
        expected: '[volume](#volume)',
      });
    }
  }
}

function linkOf(url: string, at: SourceSpot): GlossaryLink {
  return { url, target: readLink(/^(?:#|[a-z][a-z0-9+.-]*:|\/|\\)/i.test(url) ? url : `../../${url}`, place), at };
}

function finish(term: Term | null, problems: ProblemList): void {
  if (term === null) return;
  const { at, title, definition, more } = term;
  if (definition === '') {
    problems.error('glossary.no-definition', at, {
      message: `“${title}” is not explained: a paragraph that begins with one sentence that defines it comes after the heading.`,
      found: title,
    });
    return;
  }
  if (!/[.]$/.test(definition)) {
    problems.error('glossary.no-definition', term.nodes[0] ? spotOf(term.nodes[0]) : at, {
      message: `The definition of “${title}” is one sentence and ends with a full stop.`,
      found: shorten(definition),
    });
  }
  const sentences = countSentences(`${definition} ${more}`);
  const characters = definition.length + more.length;
  if (sentences > most.sentences || characters > most.characters) {
    problems.warning('glossary.long', at, {
      message: `“${title}” has ${sentences} sentences and ${characters} characters. A definition and at most three further sentences are enough (${most.characters} characters); the rest belongs into a lesson.`,
      found: `${sentences} sentences`,
    });
  }
}

function reportOrder(terms: readonly Term[], problems: ProblemList): void {
  for (const [index, term] of terms.entries()) {
    const before = terms[index - 1];
    if (before === undefined || compareTerms(before, term) <= 0) continue;
    problems.warning('glossary.order', term.at, {
      message: `“${term.title}” stands after “${before.title}”: terms are in alphabetical order.`,
      found: term.title,
    });
  }
}

/** By letters and digits alone: `.dockerignore` is found under D. */
export function compareTerms(a: { title: string }, b: { title: string }): number {
  return sortKey(a.title).localeCompare(sortKey(b.title), 'en');
}

function sortKey(title: string): string {
  return title.toLowerCase().replace(/[^\p{L}\p{N} ]/gu, '');
}

function isComment(node: RootContent): boolean {
  return node.type === 'html' && /^<!--[\s\S]*-->$/.test(node.value.trim());
}

function refuse(node: RootContent, problems: ProblemList): void {
  const what = node.type === 'heading' ? `${'#'.repeat(node.depth)} ${textOf(node)}` : textOf(node);
  problems.error('glossary.shape', spotOf(node), {
    message:
      node.type === 'heading'
        ? 'A glossary has one title (#), then a heading (##) for each term, and no others.'
        : 'A term is explained in a paragraph: no lists, listings, tables, quotes, images or HTML.',
    found: shorten(what === '' ? node.type : what),
    expected: node.type === 'heading' ? `## ${textOf(node)}` : undefined,
  });
}

/** Plain words in which `code` stands between backticks; what is more than words is reported. */
function plainWords(nodes: readonly PhrasingContent[], problems: ProblemList): string {
  const words = (node: PhrasingContent): string => {
    switch (node.type) {
      case 'text':
        return node.value;
      case 'inlineCode':
        return `\`${node.value}\``;
      case 'break':
        return ' ';
      case 'strong':
      case 'emphasis':
      case 'link':
        return node.children.map(words).join('');
      default:
        refuse(node, problems);
        return '';
    }
  };
  return nodes.map(words).join('').replace(/\s+/g, ' ').trim();
}

/** Where the first sentence ends, after its full stop. Not at one inside code or after an abbreviation. */
function endOfSentence(text: string): number {
  let isCode = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index] ?? '';
    if (character === '`') isCode = !isCode;
    if (isCode || !/[.?!]/.test(character)) continue;
    if (!/^(?:\s|$)/.test(text.slice(index + 1, index + 2))) continue;
    if (/(?:^|\s)(?:e\.g|i\.e|etc|vs)$/i.test(text.slice(Math.max(0, index - 5), index))) continue;
    return index + 1;
  }
  return text.length;
}

function countSentences(text: string): number {
  let count = 0;
  for (let rest = text.trim(); rest !== ''; rest = rest.slice(endOfSentence(rest)).trim()) count += 1;
  return count;
}
