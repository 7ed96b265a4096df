import GithubSlugger from 'github-slugger';
import type { Blockquote, Code, Heading, Html, RootContent, Text } from 'mdast';
import { toString as textOf } from 'mdast-util-to-string';
import { visit } from 'unist-util-visit';
import { nearestWord } from '../../checks/nearest-word.ts';
import { everyBlock, type HintBlock, type LessonBlock, type LessonStep, type NamedBlock } from '../lesson.ts';
import { ProblemList, type SourceSpot } from '../problem.ts';
import { isCallout, readCallout } from './callout.ts';
import { readFence } from './fence-options.ts';
import { idFrom, readHeading } from './heading-id.ts';
import { readHtml } from './html-parts.ts';
import { makeBlock } from './make-block.ts';
import { parseMarkdown } from './markdown.ts';
import { placeAfter, SourcePlaces, spotInHtml, spotOf } from './source-places.ts';
import type { Replace } from './yaml-source.ts';

/** Where blocks are put: a hint's `<details>` is open until its `</details>`. */
interface Frame {
  blocks: LessonBlock[];
  hint: (HintBlock & { summaryAt: SourceSpot | null }) | null;
}

/** Goes through the Markdown tree once and makes steps and blocks of it. */
export class LessonWalker {
  readonly introduction: LessonBlock[] = [];
  readonly steps: LessonStep[] = [];
  readonly definitions: RootContent[] = [];

  readonly #source: string;
  readonly #places: SourcePlaces;
  readonly #problems: ProblemList;
  readonly #replace: Replace;
  readonly #slugger = new GithubSlugger();
  readonly #stepIds = new Set<string>();
  /** Ids of steps, and those that other headings were given. */
  readonly #anchors = new Set<string>();
  readonly #blockIds = new Set<string>();
  readonly #counts = new Map<string, number>();

  /** @param source normalised text, @param replace fills in the stand-ins of variables */
  constructor(source: string, problems: ProblemList, replace: Replace) {
    this.#source = source;
    this.#places = new SourcePlaces(source);
    this.#problems = problems;
    this.#replace = replace;
  }

  walk(nodes: readonly RootContent[]): void {
    this.#walkInto(nodes, null);
  }

  /** `own`: the blocks of a call-out; null: the introduction, then the steps. */
  #walkInto(nodes: readonly RootContent[], own: LessonBlock[] | null): void {
    const frames: Frame[] = [];
    const current = (): LessonBlock[] => frames.at(-1)?.blocks ?? own ?? this.steps.at(-1)?.blocks ?? this.introduction;
    for (const node of nodes) {
      switch (node.type) {
        case 'yaml':
          break;
        case 'definition':
        case 'footnoteDefinition':
          this.definitions.push(node);
          break;
        case 'heading':
          if (node.depth === 2 && own === null) {
            this.#closeFrames(frames);
            this.#beginStep(node);
          } else this.#addProse(current(), this.#minorHeading(node));
          break;
        case 'code':
          this.#addFence(node, current());
          break;
        case 'html':
          this.#takeHtml(node, frames, current);
          break;
        case 'blockquote':
          this.#takeQuote(node, current());
          break;
        default:
          this.#addProse(current(), node);
      }
    }
    this.#closeFrames(frames);
  }

  #closeFrames(frames: Frame[]): void {
    for (const frame of frames.splice(0)) {
      this.#problems.error('hint.shape', frame.hint?.at ?? { line: 1, column: 1 }, {
        message:
          'This <details> is not closed before the step ends. Write </details> on a line of its own after the hint.',
        expected: '</details>',
      });
    }
  }

  #beginStep(node: Heading): void {
    const at = spotOf(node);
    const { title, id } = readHeading(node, this.#problems);
    let stepId = id ?? idFrom(this.#slugger.slug(title).slice(0, 60));
    if (title === '') {
      this.#problems.error('heading.empty', at, {
        message: 'A step needs a title: write it after ##.',
        expected: '## A title',
      });
    }
    if (stepId === '') stepId = `step-${this.steps.length + 1}`;
    if (this.#stepIds.has(stepId)) {
      this.#problems.error('id.duplicate', at, {
        message: `Two steps have the id \`${stepId}\`. Give one of them an id of its own: \`## ${title} {#another-id}\`.`,
        found: stepId,
      });
      while (this.#stepIds.has(stepId)) stepId = `${stepId}-again`;
    }
    this.#stepIds.add(stepId);
    this.#anchors.add(stepId);
    this.steps.push({ id: stepId, title, at, blocks: [] });
  }

  /** A heading inside a step keeps an id too, so that it can be linked to. */
  #minorHeading(node: Heading): Heading {
    if (node.depth === 1) {
      this.#problems.warning('heading.level', spotOf(node), {
        message: 'The title of a lesson stands in its front matter; a step begins with ##, a part of a step with ###.',
        found: `# ${textOf(node)}`,
        expected: `## ${textOf(node)}`,
      });
    }
    const { title, id } = readHeading(node, this.#problems);
    if (id !== null && this.#anchors.has(id)) {
      this.#problems.error('id.duplicate', spotOf(node), {
        message: `Another heading has the id \`${id}\`, so a link to it would be ambiguous. Give one of them an id of its own.`,
        found: id,
      });
    }
    if (id !== null) this.#anchors.add(id);
    node.data = { ...node.data, hProperties: { id: id ?? idFrom(this.#slugger.slug(title)) } };
    return node;
  }

  #addProse(blocks: LessonBlock[], node: RootContent): void {
    this.#checkInside(node);
    const last = blocks.at(-1);
    if (last?.kind === 'prose') last.nodes.push(node);
    else blocks.push({ kind: 'prose', at: spotOf(node), nodes: [node] });
  }

  /** What may not stand inside paragraphs, lists, quotes and tables. */
  #checkInside(node: RootContent): void {
    visit(node, (inner, index, parent) => {
      if (inner.type === 'html') {
        this.#refuseHtml(inner, true);
        if (parent && index !== undefined) {
          parent.children.splice(index, 1);
          return index;
        }
      } else if (inner.type === 'text') {
        this.#checkText(inner);
      } else if (inner.type === 'code') {
        this.#places.checkClosed(inner, this.#problems);
        const fence = readFence(inner.lang ?? null, inner.meta ?? null, this.#places.infoSpot(inner), this.#problems);
        if (fence && fence.kind !== 'listing') {
          this.#problems.error('fence.nested', spotOf(inner), {
            message:
              'A block that does something stands by itself, not inside a list, a quote or a table. Take the spaces or the > before it away.',
            found: [inner.lang, inner.meta].filter(Boolean).join(' '),
          });
        }
      } else if (inner.type === 'blockquote' && inner !== node && isCallout(inner)) {
        this.#problems.error('callout.nested', spotOf(inner), {
          message: 'A call-out stands by itself, not inside a list or a quote.',
        });
      }
      return undefined;
    });
  }

  /** What looks like an element and is too malformed to be one: Markdown takes it for text. */
  #checkText(node: Text): void {
    const { start, end } = node.position ?? {};
    if (start?.offset === undefined || end?.offset === undefined) return;
    // The source, not the value: `\<` and `&lt;` stand for themselves.
    const raw = this.#source.slice(start.offset, end.offset);
    for (const match of raw.matchAll(
      /(?<!\\)<\/?(?:script|style|iframe|img|svg|object|embed|form|details|summary)\b/gi,
    )) {
      this.#refuseTag(match[0], placeAfter(start, raw.slice(0, match.index)));
    }
  }

  #takeQuote(node: Blockquote, blocks: LessonBlock[]): void {
    if (!isCallout(node)) {
      this.#addProse(blocks, node);
      return;
    }
    const callout = readCallout(node, this.#problems);
    if (callout === null) return;
    const inner: LessonBlock[] = [];
    this.#walkInto(callout.content, inner);
    blocks.push({ kind: 'callout', at: spotOf(node), tone: callout.tone, blocks: inner });
  }

  #takeHtml(node: Html, frames: Frame[], current: () => LessonBlock[]): void {
    for (const part of readHtml(node.value.slice(0, 65_536))) {
      const at = spotInHtml(node, part.offset);
      const frame = frames.at(-1);
      switch (part.kind) {
        case 'open': {
          const hint = { kind: 'hint' as const, at, summary: '', blocks: [], summaryAt: null };
          frames.push({ blocks: hint.blocks, hint });
          break;
        }
        case 'summary':
          if (!frame?.hint || frame.hint.summaryAt) {
            this.#problems.error('hint.shape', at, {
              message: 'A <summary> stands once, at the beginning of a <details>.',
            });
          } else {
            frame.hint.summary = summaryText(part.text);
            frame.hint.summaryAt = at;
          }
          break;
        case 'close':
          if (!frame?.hint) {
            this.#problems.error('hint.shape', at, { message: 'This </details> closes nothing.', found: '</details>' });
            break;
          }
          frames.pop();
          if (!frame.hint.summaryAt || frame.hint.summary === '') {
            this.#problems.error('hint.shape', frame.hint.at, {
              message: 'A hint needs a line to click on: <details><summary>Words</summary>.',
              expected: '<summary>',
            });
          }
          current().push({ kind: 'hint', at: frame.hint.at, summary: frame.hint.summary, blocks: frame.blocks });
          break;
        case 'text':
          this.#takeTextInHtml(part.text, at, frame, current());
          break;
        case 'refused':
          this.#refuseTag(part.tag, at);
      }
    }
  }

  /** Text without a blank line before it belongs to the HTML for Markdown; in a hint it is meant as text. */
  #takeTextInHtml(text: string, at: SourceSpot, frame: Frame | undefined, blocks: LessonBlock[]): void {
    if (!frame) {
      this.#problems.error('html.not-allowed', at, {
        message: 'Leave a blank line between HTML and text.',
        found: text.trim(),
      });
      return;
    }
    if (/^\s*(?:```|~~~)/m.test(text)) {
      this.#problems.error('hint.shape', at, {
        message: 'Leave a blank line after </summary>, or Markdown does not see the block that follows.',
        expected: 'a blank line',
      });
      return;
    }
    const problems = new ProblemList('');
    const tree = parseMarkdown(text.replace(/^[ \t]+/gm, ''), problems);
    for (const { code, message } of problems.items) this.#problems.error(code, at, { message });
    for (const node of tree?.children ?? []) {
      visit(node, (inner) => {
        if (inner.position) inner.position = { start: { ...at }, end: { ...at } };
      });
      if (node.type !== 'code' && node.type !== 'html') this.#addProse(blocks, node);
    }
  }

  #refuseHtml(node: Html, inline: boolean): void {
    for (const part of readHtml(node.value.slice(0, 65_536))) {
      const at = spotInHtml(node, part.offset);
      if (part.kind === 'refused') this.#refuseTag(part.tag, at);
      else if (inline && part.kind !== 'text') {
        this.#problems.error('hint.shape', at, {
          message: 'A hint stands by itself, not inside a list, a quote or a line of text.',
        });
      }
    }
  }

  #refuseTag(tag: string, at: SourceSpot): void {
    const detail = nearestWord(tag.replace(/[<>/!?]/g, ''), ['details', 'summary']);
    this.#problems.error('html.not-allowed', at, {
      message: `HTML such as \`${tag}>\` is not part of a lesson; only <details> and <summary> are. ${detail ? `Did you mean \`${detail}\`?` : 'Write it in Markdown, or put it in `backticks` to show it.'}`,
      found: `${tag}>`,
      expected: detail ? `<${detail}>` : undefined,
    });
  }

  #addFence(node: Code, blocks: LessonBlock[]): void {
    if (!this.#places.checkClosed(node, this.#problems)) return;
    const fence = readFence(node.lang ?? null, node.meta ?? null, this.#places.infoSpot(node), this.#problems);
    if (fence === null) return;
    const at = spotOf(node);
    if (node.value.trim() === '' && fence.kind !== 'listing' && fence.kind !== 'file' && fence.kind !== 'output') {
      this.#problems.error('fence.empty', at, {
        message: 'This block has no content.',
        found: [node.lang, node.meta].filter(Boolean).join(' '),
      });
      return;
    }
    const of = fence.kind === 'output' ? this.#runBefore(at, blocks) : '';
    if (of === null) return;
    const id = this.#newId(fence.solution ? 'solution' : fence.kind);
    const block = makeBlock(
      node,
      { fence, at, id, of, locate: this.#places.locateIn(node), replace: this.#replace },
      this.#problems,
    );
    if (block) blocks.push(block);
  }

  /** The command an output is of; null (and a problem) when there is none. */
  #runBefore(at: SourceSpot, beside: readonly LessonBlock[]): string | null {
    // What stands in a hint or call-out that is being read is not yet in its step.
    const before = [...everyBlock(this.steps.at(-1)?.blocks ?? []), ...everyBlock(beside)];
    const run = before.filter((block) => block.kind === 'run').at(-1);
    if (run !== undefined && !run.background) return run.id;
    this.#problems.error('output.no-command', at, {
      message:
        run === undefined
          ? 'An output stands after the `sh run` block that prints it, in the same step.'
          : 'A command in the background has no output that can be waited for.',
      found: 'console output',
      expected: 'sh run',
    });
    return null;
  }

  /** `<step>-run-1`: the same as long as no block of its kind is put before it in its step. */
  #newId(kind: NamedBlock['kind']): string {
    const prefix = `${this.steps.at(-1)?.id ?? 'intro'}-${kind}`;
    for (;;) {
      const count = (this.#counts.get(prefix) ?? 0) + 1;
      this.#counts.set(prefix, count);
      const id = `${prefix}-${count}`;
      if (this.#blockIds.has(id) || this.#stepIds.has(id)) continue;
      this.#blockIds.add(id);
      return id;
    }
  }
}

function summaryText(html: string): string {
  const plain = html.replace(/\s+/g, ' ').trim();
  const tree = parseMarkdown(plain, new ProblemList(''));
  return tree ? textOf(tree, { includeHtml: false }).trim() : plain;
}
