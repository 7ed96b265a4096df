import type { Element, Root as HastRoot } from 'hast';
import type { Root, RootContent } from 'mdast';
import rehypeSanitize, { defaultSchema } from 'rehype-sanitize';
import remarkRehype from 'remark-rehype';
import { hastToHtml } from 'shiki/core';
import { unified } from 'unified';
import { visit } from 'unist-util-visit';
import { glossaryTab } from '../../../protocol/reference.ts';
import { glossaryPath, lessonPath, mediaUrl, readLink } from '../reference/lesson-links.ts';
import type { Highlight } from './highlight.ts';
import { keepWordsWhole } from './whole-words.ts';

/**
 * No raw HTML reaches this (remark-rehype drops it), so what is sanitised is only what Markdown itself makes.
 * Ids are the walker's slugs and footnotes' numbers, so they need no prefix against clobbering.
 */
const schema: typeof defaultSchema = {
  ...defaultSchema,
  clobber: [],
  protocols: { ...defaultSchema.protocols, href: ['http', 'https', 'mailto'], src: [] },
};

const toHast = unified().use(remarkRehype, { clobberPrefix: '' }).use(rehypeSanitize, schema).freeze();

/**
 * Markdown to HTML that is safe to put into a page as it is.
 * @param definitions link and footnote definitions of the whole lesson
 */
export function renderProse(
  nodes: readonly RootContent[],
  definitions: readonly RootContent[],
  lesson: string,
  highlight: Highlight,
): string {
  const root: Root = { type: 'root', children: [...nodes, ...definitionsFor(nodes, definitions)] };
  const tree = toHast.runSync(root) as HastRoot;
  visit(tree, 'element', (element, index, parent) => {
    if (element.tagName === 'a') fixLink(element, lesson);
    else if (element.tagName === 'img') fixImage(element, lesson);
    else if (element.tagName === 'code') keepWordsWhole(element);
    else if (element.tagName === 'pre' && parent && index !== undefined) {
      parent.children[index] = highlightPre(element, highlight);
      return index + 1;
    }
    return undefined;
  });
  return hastToHtml(tree).trim();
}

/** Those that the nodes name: a lesson may have hundreds, and every piece of its text is rendered by itself. */
export function definitionsFor(
  nodes: readonly RootContent[],
  definitions: readonly RootContent[],
): readonly RootContent[] {
  if (definitions.length === 0) return definitions;
  const named = new Set<string>();
  const look = (node: RootContent): void =>
    visit(node, ['linkReference', 'imageReference', 'footnoteReference'], (reference) => {
      if ('identifier' in reference) named.add(reference.identifier);
    });
  for (const node of nodes) look(node);
  const taken = new Set<RootContent>();
  // A footnote may name links and further footnotes.
  for (let size = -1; size < taken.size; ) {
    size = taken.size;
    for (const definition of definitions) {
      if (taken.has(definition) || !('identifier' in definition) || !named.has(definition.identifier)) continue;
      taken.add(definition);
      look(definition);
    }
  }
  return definitions.filter((definition) => taken.has(definition));
}

export function renderCode(code: string, language: string, highlight: Highlight): string {
  return hastToHtml(highlight(code, language));
}

/** A command beside its button, where long lines are broken: between words. */
export function renderCommand(command: string, highlight: Highlight): string {
  const pre = highlight(command, 'sh');
  for (const child of pre.children) if (child.type === 'element') keepWordsWhole(child);
  return hastToHtml(pre);
}

function fixLink(element: Element, lesson: string): void {
  const { href } = element.properties;
  if (typeof href !== 'string') return;
  const target = readLink(href, lesson);
  switch (target.kind) {
    case 'anchor':
      return;
    case 'external':
      element.properties.target = '_blank';
      element.properties.rel = ['noopener', 'noreferrer'];
      return;
    case 'lesson':
      element.properties.href = `${lessonPath(target.id)}${target.anchor === '' ? '' : `#${encodeURIComponent(target.anchor)}`}`;
      return;
    case 'glossary':
      element.properties.href = glossaryPath(target.term);
      // A lesson stays open: its terminal is not left for a look at a word. All words share one tab. Not `noopener`: with
      // it a browser makes a new tab each time, whatever its name; and the page is our own.
      element.properties.target = glossaryTab;
      if (target.term !== '') element.properties.dataTerm = target.term;
      return;
    case 'media':
      element.properties.href = mediaUrl(lesson, target.path);
      return;
    default:
      delete element.properties.href;
  }
}

function fixImage(element: Element, lesson: string): void {
  const { src } = element.properties;
  const target = typeof src === 'string' ? readLink(src, lesson) : null;
  if (target?.kind === 'media') element.properties.src = mediaUrl(lesson, target.path);
  else delete element.properties.src;
  element.properties.loading = 'lazy';
}

function highlightPre(pre: Element, highlight: Highlight): Element {
  const [code] = pre.children;
  if (code?.type !== 'element') return pre;
  const classes = code.properties.className;
  const language = Array.isArray(classes) ? String(classes[0] ?? '').replace(/^language-/, '') : '';
  const text = code.children.map((child) => (child.type === 'text' ? child.value : '')).join('');
  return highlight(text.replace(/\n$/, ''), language);
}
