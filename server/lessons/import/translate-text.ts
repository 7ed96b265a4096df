import type { Blockquote, Code, Heading, Html, List, ListItem, RootContent } from 'mdast';
import { toString as textOf } from 'mdast-util-to-string';
import { visit } from 'unist-util-visit';
import { readHtml } from '../parse/html-parts.ts';
import { parseMarkdown } from '../parse/markdown.ts';
import { ProblemList } from '../problem.ts';
import { type Dialect, type FenceTranslation, type Place, writeFence } from './dialect.ts';
import type { GapList } from './gap.ts';
import { htmlToMarkdown } from './html-to-markdown.ts';
import { inlineEdits, type Surroundings, slice, writeBlocks } from './inline-edits.ts';
import type { LessonMedia } from './lesson-media.ts';
import { alertOf, headingText, indentAfterFirst, sameWords } from './markdown-parts.ts';
import { type SourceLine, splitLines } from './source-lines.ts';

export interface TranslatedText {
  markdown: string;
  /** Something can be carried out: a command, or a file to be written. */
  acts: boolean;
}

const deepestHint = 5;
/**
 * Translates one text of a source into the body of a step.
 * @param title left out where the text repeats it as its first heading
 * @throws nothing; a text that cannot be read at all is listed and becomes empty
 */
export async function translateText(
  source: string,
  options: { file: string; title: string; dialect: Dialect; gaps: GapList; media: LessonMedia },
): Promise<TranslatedText> {
  const { file, gaps, dialect } = options;
  const lines = htmlToMarkdown(dialect.prepare(splitLines(source), file), file, gaps);
  const problems = new ProblemList(file);
  const text = lines.map((line) => line.text).join('\n');
  const root = parseMarkdown(text, problems);
  if (root === null) {
    const [problem] = problems.items;
    gaps.gap('source.unreadable', { file, line: problem?.line ?? 1 }, problem?.message ?? 'This text cannot be read.');
    return { markdown: '', acts: false };
  }
  const writer = new Writer(text, lines, options);
  writer.shiftHeadings(root.children);
  await writer.write(root.children);
  return writer.end();
}

class Writer implements Surroundings {
  readonly text: string;
  readonly dialect: Dialect;
  readonly gaps: GapList;
  readonly media: LessonMedia;
  readonly #lines: readonly SourceLine[];
  readonly #file: string;
  readonly #title: string;
  #out: string[] = [];
  #acts = false;
  #first = true;
  /** What is added to the level of a heading: the highest of them becomes the third, below that of the step. */
  #shift = 0;
  /** Hints that are open; `named`: their summary was written. */
  #hints: { named: boolean }[] = [];
  /** Hints within hints beyond what anybody opens; their ends are to be passed over. */
  #tooDeep = 0;

  constructor(
    text: string,
    lines: readonly SourceLine[],
    options: { file: string; title: string; dialect: Dialect; gaps: GapList; media: LessonMedia },
  ) {
    this.text = text;
    this.#lines = lines;
    this.#file = options.file;
    this.#title = options.title;
    this.dialect = options.dialect;
    this.gaps = options.gaps;
    this.media = options.media;
  }

  shiftHeadings(nodes: readonly RootContent[]): void {
    const headings = nodes.filter((node) => node.type === 'heading');
    const own = nodes[0]?.type === 'heading' && sameWords(textOf(nodes[0]), this.#title) ? headings.slice(1) : headings;
    this.#shift = 3 - Math.min(...own.map((node) => node.depth), 6);
  }

  placeOf(node: RootContent): Place {
    return { file: this.#file, line: this.#lines[(node.position?.start.line ?? 1) - 1]?.line ?? 1 };
  }

  actionOf(node: RootContent): string | undefined {
    return this.#lines[(node.position?.end.line ?? 1) - 1]?.action;
  }

  end(): TranslatedText {
    while (this.#hints.length > 0) this.#closeHint();
    return { markdown: this.#out.join('\n\n'), acts: this.#acts };
  }

  async write(nodes: readonly RootContent[], quoted = false): Promise<void> {
    for (const node of nodes) {
      if (node.type === 'yaml') continue;
      if (node.type === 'html') {
        this.#html(node);
        continue;
      }
      this.#nameHint();
      if (node.type === 'heading') await this.#heading(node);
      else if (node.type === 'code') this.#code(node, quoted);
      else if (node.type === 'blockquote') await this.#quote(node);
      else if (node.type === 'list' && this.#standsAlone(node)) await this.#takeApart(node, quoted);
      else await this.#asIs(node, '', quoted);
      this.#first = false;
    }
  }

  #put(text: string): void {
    if (text.trim() !== '') this.#out.push(text);
  }

  async #asIs(node: RootContent, before = '', quoted = false): Promise<void> {
    const { edits, blocks, only } = await inlineEdits(node, this);
    const text = slice(this.text, node, edits);
    if (!only || before.trim() !== '') this.#put(indentAfterFirst(`${before}${text}`, before.length));
    this.#putBlocks(blocks, quoted, node);
  }

  #putBlocks(blocks: readonly FenceTranslation[], quoted: boolean, node: RootContent): void {
    if (blocks.length > 0 && quoted) {
      this.gaps.gap('block.nested', this.placeOf(node), 'A command in a quotation cannot be run; it is text now.');
      return;
    }
    if (blocks.length > 0) this.#acts = true;
    for (const block of writeBlocks(blocks)) this.#put(block);
  }

  async #heading(node: Heading): Promise<void> {
    const words = textOf(node).trim();
    if (this.#first && sameWords(words, this.#title)) return;
    const { edits, blocks } = await inlineEdits(node, this);
    const content = headingText(this.text, node, edits);
    const level = Math.min(6, Math.max(3, node.depth + this.#shift));
    if (content !== '') this.#put(`${'#'.repeat(level)} ${content}`);
    this.#putBlocks(blocks, false, node);
  }

  #code(node: Code, quoted: boolean): void {
    const at = this.placeOf(node);
    const translation = this.dialect.fence(node, this.actionOf(node), at);
    const acts = translation.options !== '' && translation.content.trim() !== '';
    if (acts && quoted) {
      this.gaps.gap('block.nested', at, 'A command or file in a quotation cannot be carried out; it is a listing now.');
      this.#put(writeFence({ ...translation, options: '' }));
      return;
    }
    if (acts) this.#acts = true;
    this.#put(writeFence(acts ? translation : { ...translation, options: '' }));
  }

  async #quote(node: Blockquote): Promise<void> {
    const tone = alertOf(this.text, node);
    const outer = { out: this.#out, hints: this.#hints };
    this.#out = [];
    this.#hints = [];
    await this.write(node.children, tone === null);
    while (this.#hints.length > 0) this.#closeHint();
    const inner = this.#out.join('\n\n');
    this.#out = outer.out;
    this.#hints = outer.hints;
    const body = tone === null ? inner : inner.replace(/^\s*\\?\[![A-Za-z]+\][ \t]*\n*/, '');
    const lines = [...(tone === null ? [] : [`[!${tone}]`]), ...body.split('\n')];
    if (body.trim() !== '' || tone === null) this.#put(lines.map((line) => `> ${line}`.trimEnd()).join('\n'));
  }

  /** Whether something in it has to stand by itself, which it cannot inside a list. */
  #standsAlone(node: RootContent): boolean {
    let found = false;
    visit(node, (inner, index, parent) => {
      if (inner.type === 'html') found = true;
      else if (inner.type === 'code') found ||= this.dialect.acts(inner, this.actionOf(inner));
      else if (inner.type === 'blockquote') found ||= alertOf(this.text, inner) !== null;
      else if (inner.type === 'inlineCode' && index !== undefined) {
        const next = parent?.children[index + 1];
        const action = next?.type === 'text' ? /^\{\{([^{}]*)\}\}/.exec(next.value)?.[1] : undefined;
        if (action !== undefined) found ||= /^\s*exec/.test(action);
      }
    });
    return found;
  }

  /** Writes the items of a list one by one, and what cannot stand in a list between them. */
  async #takeApart(list: List, quoted: boolean): Promise<void> {
    for (const [index, item] of list.children.entries()) {
      const marker = list.ordered ? `${(list.start ?? 1) + index}. ` : '- ';
      if (this.#standsAlone(item)) await this.#itemApart(item, marker, quoted);
      else {
        const { edits } = await inlineEdits(item, this);
        const text = slice(this.text, item, edits).replace(/^(?:[-*+]|\d{1,9}[.)])[ \t]*/, marker);
        this.#put(text);
      }
    }
  }

  async #itemApart(item: ListItem, marker: string, quoted: boolean): Promise<void> {
    const [first, ...rest] = item.children;
    const box = item.checked === null || item.checked === undefined ? '' : item.checked ? '[x] ' : '[ ] ';
    if (first?.type === 'paragraph') await this.#asIs(first, `${marker}${box}`, quoted);
    else if (first !== undefined) await this.write([first], quoted);
    await this.write(rest, quoted);
  }

  #html(node: Html): void {
    for (const part of readHtml(node.value.slice(0, 65_536))) {
      if (part.kind === 'open') {
        this.#nameHint();
        if (this.#hints.length >= deepestHint) this.#tooDeep += 1;
        else this.#hints.push({ named: false });
      } else if (part.kind === 'summary') this.#nameHint(part.text);
      else if (part.kind === 'close') {
        this.#nameHint();
        if (this.#tooDeep > 0) this.#tooDeep -= 1;
        else if (this.#hints.length > 0) this.#closeHint();
      } else if (part.kind === 'text') this.#put(part.text.trim());
    }
  }

  /** A hint is begun with the first thing in it: with its summary, or without one. */
  #nameHint(summary = 'Hint'): void {
    const hint = this.#hints.at(-1);
    if (hint === undefined || hint.named) return;
    hint.named = true;
    const words =
      summary
        .replace(/<[^>]*>/g, '')
        .replace(/\s+/g, ' ')
        .trim() || 'Hint';
    this.#out.push(`<details><summary>${words}</summary>`);
  }

  #closeHint(): void {
    this.#hints.pop();
    this.#out.push('</details>');
  }
}
