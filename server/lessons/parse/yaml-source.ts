import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml';
import { type ProblemList, type SourceSpot, shorten } from '../problem.ts';

/** Turns an offset in a piece of YAML into a place in the file it was taken from. */
export type Locate = (offset: number) => SourceSpot;

/** Changes a text before the schema sees it; `key` is the key it is the value of. */
export type Replace = (text: string, key: string | null) => string;

export interface YamlSource {
  value: unknown;
  /** Place of the value at `path`, or of its key; the nearest thing above when it is not there. */
  at(path: readonly PropertyKey[], part?: 'key' | 'value'): SourceSpot;
}

/** Nested deeper than this, no check or course is meant. */
const maxDepth = 20;
const maxBrackets = 100;

/**
 * Reads YAML and reports what is wrong with it at its place in the file.
 * @returns null when the YAML cannot be used
 */
export function readYaml(text: string, locate: Locate, problems: ProblemList, replace?: Replace): YamlSource | null {
  const deep = tooDeep(text);
  if (deep !== null) {
    problems.error('yaml.syntax', locate(deep), { message: 'This YAML cannot be used. It is nested too deeply.' });
    return null;
  }
  let document: Document.Parsed;
  const lines = new LineCounter();
  try {
    document = parseDocument(text, { prettyErrors: false, lineCounter: lines, logLevel: 'error' });
  } catch (error) {
    problems.error('yaml.syntax', locate(0), { message: `This YAML cannot be read: ${reasonOf(error)}` });
    return null;
  }
  const [first] = document.errors;
  // Inside a text of several lines a tab is right; anywhere else nothing can be read, and this is why.
  const tab = /^( *)\t/m.exec(text);
  if (tab && first) {
    problems.error('yaml.tab', locate(tab.index + (tab[1]?.length ?? 0)), {
      message: 'A tab indents this line. YAML is indented with spaces; replace the tab with two spaces.',
      found: 'a tab',
      expected: 'two spaces',
    });
    return null;
  }
  if (first) {
    const duplicate = first.code === 'DUPLICATE_KEY';
    const at = locate(Math.min(first.pos[0], text.length));
    if (duplicate) {
      const key = shorten(
        text.slice(first.pos[0], first.pos[1]) || (/^[^:\n]*/.exec(text.slice(first.pos[0]))?.[0] ?? ''),
      );
      problems.error('yaml.duplicate-key', at, {
        message: `The key \`${key}\` stands here a second time. Keep one of the two.`,
        found: key,
      });
    } else {
      problems.error('yaml.syntax', at, { message: `This YAML cannot be read: ${explain(first.code, first.message)}` });
    }
    return null;
  }
  const [warning] = document.warnings;
  if (warning) {
    problems.error('yaml.syntax', locate(Math.min(warning.pos[0], text.length)), {
      message: `This YAML cannot be used. ${warning.code === 'TAG_RESOLVE_FAILED' ? 'It names a type (!…), and there are none; write the value alone.' : warning.message}`,
    });
    return null;
  }
  return toSource(document, text, locate, problems, replace);
}

/** Where brackets are nested so deeply that a parser would run out of stack; those in texts count, too. */
function tooDeep(text: string): number | null {
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (character === '[' || character === '{') depth += 1;
    else if ((character === ']' || character === '}') && depth > 0) depth -= 1;
    if (depth > maxBrackets) return index;
  }
  return null;
}

function toSource(
  document: Document.Parsed,
  text: string,
  locate: Locate,
  problems: ProblemList,
  replace: Replace | undefined,
): YamlSource | null {
  let refused: { offset: number; what: string } | null = null;
  try {
    visit(document, (key, node, path) => {
      if (path.length > maxDepth * 2) {
        refused ??= { offset: 0, what: 'It is nested too deeply.' };
        return visit.BREAK;
      }
      if (typeof node === 'object' && node !== null && 'range' in node) {
        const offset = (node as Node).range?.[0] ?? 0;
        if (isAlias(node)) refused ??= { offset, what: 'It uses an alias (*name); write the value out.' };
        else if ('anchor' in node && node.anchor !== undefined)
          refused ??= {
            offset: Math.max(0, text.lastIndexOf('&', offset)),
            what: 'It sets an anchor (&name); write the value out where it is wanted.',
          };
        if (isScalar(node) && replace && typeof node.value === 'string' && key !== 'key') {
          const owner = path.at(-1);
          node.value = replace(node.value, isPair(owner) && isScalar(owner.key) ? String(owner.key.value) : null);
        }
      }
      return undefined;
    });
    if (refused !== null) {
      const { offset, what } = refused as { offset: number; what: string };
      problems.error('yaml.syntax', locate(offset), { message: `This YAML cannot be used. ${what}` });
      return null;
    }
    return { value: document.toJS({ maxAliasCount: 0 }), at: (path, part) => placeOf(document, locate, path, part) };
  } catch (error) {
    problems.error('yaml.syntax', locate(0), { message: `This YAML cannot be read: ${reasonOf(error)}` });
    return null;
  }
}

function placeOf(
  document: Document.Parsed,
  locate: Locate,
  path: readonly PropertyKey[],
  part: 'key' | 'value' = 'value',
): SourceSpot {
  let node: unknown = document.contents;
  let offset = document.contents?.range?.[0] ?? 0;
  for (const [index, segment] of path.entries()) {
    const last = index === path.length - 1;
    let next: unknown;
    if (isMap(node)) {
      const pair = node.items.find(
        (item) => isPair(item) && String(isScalar(item.key) ? item.key.value : item.key) === String(segment),
      );
      if (!pair) break;
      const key = isScalar(pair.key) ? pair.key : null;
      if (key?.range) offset = key.range[0];
      if (last && part === 'key') break;
      next = pair.value;
    } else if (isSeq(node)) {
      next = node.items[Number(segment)];
    } else break;
    const range = typeof next === 'object' && next !== null && 'range' in next ? (next as Node).range : null;
    if (range) offset = range[0];
    node = next;
  }
  return locate(offset);
}

/** The yaml package's words are for programmers; these are for an author. */
function explain(code: string, message: string): string {
  switch (code) {
    case 'BAD_INDENT':
      return message.startsWith('Flow')
        ? 'a bracket above this line is not closed.'
        : 'this line is indented in a way that fits no line above it.';
    case 'MISSING_CHAR':
      return `${message}. A text that holds : # or a quote is best put in quotes.`;
    case 'MULTILINE_IMPLICIT_KEY':
    case 'BLOCK_AS_IMPLICIT_KEY':
      return 'a colon is missing in this line or the one before, or a text with a colon in it needs quotes.';
    case 'UNEXPECTED_TOKEN':
      return `${message}. Perhaps a bracket or a quote is not closed.`;
    case 'BAD_DQ_ESCAPE':
      return 'a backslash in "double quotes" begins an escape. For a pattern use \'single quotes\'.';
    default:
      return `${message}.`.replace(/\.\.$/, '.');
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? shorten(error.message, 200) : 'it is too complex.';
}

/** For a whole file that is YAML. */
export function locateIn(
  text: string,
  first: SourceSpot = { line: 1, column: 1 },
  columnOf?: (line: number) => number,
): Locate {
  return (offset) => {
    const before = text.slice(0, offset);
    const line = before.split('\n').length - 1;
    const column = before.length - (before.lastIndexOf('\n') + 1);
    return { line: first.line + line, column: column + (columnOf ? columnOf(line) : line === 0 ? first.column : 1) };
  };
}
