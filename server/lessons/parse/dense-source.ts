import type { Data } from 'unified';
import type { SourceSpot } from '../problem.ts';

/**
 * What Markdown parsers need more than linear time for, by how much of it one text may have. Lessons are read on the
 * event loop of a lab in which people work, so what would take seconds is refused before, or while, it is parsed.
 */
export const densest = {
  /** Marks that may begin or end something, in one paragraph, heading or cell; code does not count. */
  marksInText: 400,
  marks: 10_000,
  /** Columns of a table. */
  columns: 100,
  /** Bars of all tables. */
  bars: 4_000,
  /** What may follow an address without belonging to it, in a row. */
  trail: 200,
  /** Lists, quotes and footnotes in each other. */
  nesting: 12,
  /** Items of lists, and lines of quotes. */
  items: 2_000,
  /** Links and footnotes. */
  definitions: 300,
  lines: 5_000,
} as const;

/** A text that would take long to parse. */
export class TooDense extends Error {
  readonly at: SourceSpot;

  constructor(at: SourceSpot, what: string) {
    super(`${what} Such a text takes too long to read.`);
    this.name = 'TooDense';
    this.at = at;
  }
}

const container = /[ \t]*(>|[-*+](?=\s|$)|\d{1,9}[.)](?=\s|$)|\[\^[^\]\s]{1,999}\]:)/y;
const definition = /\[\^[^\]\n]{1,999}\]:|^[ \t>]*\[[^\]\n]{1,999}\]:/g;
const trail = /(?:[!"'),.:;<?\]_~]|&\w{1,40};)+/g;

/**
 * Looks at each line alone, and at fenced lines as at others: no fence has so much of this either.
 * @throws TooDense
 */
export function refuseDenseLines(lines: readonly string[]): void {
  const count = { bars: 0, items: 0, definitions: 0 };
  /** Columns of the marks of the containers that may be open. */
  let open: number[] = [];
  let wasBlank = true;
  if (lines.length > densest.lines + 1)
    throw new TooDense({ line: densest.lines + 1, column: 1 }, `There are more than ${densest.lines} lines.`);
  for (const [index, line] of lines.entries()) {
    const refuse = (what: string): never => {
      throw new TooDense({ line: index + 1, column: 1 }, what);
    };
    const bars = line.split('|').length - 1;
    count.bars += bars;
    if (bars > densest.columns + 1) refuse(`There are more than ${densest.columns} columns in this row.`);
    if (count.bars > densest.bars)
      refuse(`There are more than ${densest.bars} bars of tables before the end of this line.`);
    const longest = Math.max(0, ...(line.match(trail) ?? []).map((run) => run.length));
    if (longest > densest.trail) refuse(`There are more than ${densest.trail} punctuation marks in a row here.`);
    count.definitions += line.match(definition)?.length ?? 0;
    if (count.definitions > densest.definitions)
      refuse(`There are more than ${densest.definitions} definitions of links and footnotes.`);
    const marks = containersOf(line);
    count.items += marks.length;
    if (count.items > densest.items) refuse(`There are more than ${densest.items} items of lists and lines of quotes.`);
    const isBlank = line.trim() === '';
    // Text right below an item may go on with it wherever it begins.
    const begin = marks[0] ?? (wasBlank && !isBlank ? indentOf(line) : Number.POSITIVE_INFINITY);
    open = [...open.filter((column) => column < begin), ...marks];
    if (open.length > densest.nesting) refuse(`Lists and quotes are nested deeper than ${densest.nesting} here.`);
    wasBlank = isBlank;
  }
}

/** Columns of the marks a line begins with. */
function containersOf(line: string): number[] {
  const columns: number[] = [];
  container.lastIndex = 0;
  for (let found = container.exec(line); found !== null; found = container.exec(line)) {
    const [whole, mark = ''] = found;
    columns.push(widthOf(line.slice(0, found.index + whole.length - mark.length)));
    if (columns.length > densest.nesting) break;
  }
  return columns;
}

function indentOf(line: string): number {
  return widthOf(/^[ \t]*/.exec(line)?.[0] ?? '');
}

function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width = character === '\t' ? width + 4 - (width % 4) : width + 1;
  return width;
}

type Extension = NonNullable<Data['micromarkExtensions']>[number];
type Construct = Extract<NonNullable<NonNullable<Extension['text']>[number]>, { tokenize: unknown }>;
type Previous = NonNullable<Construct['previous']>;

/** `.`, `+`, `-`, `:` and `@` are those of addresses that become links by themselves. */
const marks = '*_~[]<`:.@+-';

/**
 * An extension that takes nothing and counts: the parser asks it at every mark that is not inside code, and only it
 * knows for sure what is. To be made anew for every text.
 */
export function countMarks(): Extension {
  const inText = new WeakMap<object, number>();
  let all = 0;
  const previous: Previous = function () {
    const count = (inText.get(this) ?? 0) + 1;
    inText.set(this, count);
    all++;
    if (count > densest.marksInText || all > densest.marks) {
      const { line, column } = this.now();
      const [limit, where] = count > densest.marksInText ? [densest.marksInText, 'paragraph'] : [densest.marks, 'file'];
      throw new TooDense(
        { line, column },
        `There are more than ${limit} marks such as \`*\`, \`_\` and \`[\` in this ${where}.`,
      );
    }
    return false;
  };
  const construct: Construct = { name: 'countMarks', previous, tokenize: (_effects, _ok, nok) => nok };
  return { text: Object.fromEntries([...marks].map((mark) => [mark.charCodeAt(0), construct])) };
}
