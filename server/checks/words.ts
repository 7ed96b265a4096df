import { stripVTControlCharacters } from 'node:util';
import { printable } from '../docker/engine-errors.ts';

/** Characters of a text that are looked at to quote it: a line of a log can be megabytes. */
const longestLooked = 4096;

/** One line, cut: what the learner's machine wrote, fit to be quoted. */
export function quoted(text: string, limit = 120): string {
  return `\`${printable(text.slice(0, longestLooked), limit).replaceAll('`', 'ˋ')}\``;
}

/** "a, b and c"; at most `limit` of them, and only those are put in `words`. */
export function listed(names: readonly string[], limit = 6, words: (name: string) => string = (name) => name): string {
  const shown = names.slice(0, limit).map((name) => printable(words(name).slice(0, longestLooked), 80));
  if (names.length > limit) return `${shown.join(', ')} and ${names.length - limit} more`;
  if (shown.length <= 1) return shown[0] ?? '';
  return `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

/** What a thing contains, quoted: "`a` and `b`". */
export function quotedTexts(texts: readonly string[]): string {
  const shown = texts.slice(0, 4).map((text) => quoted(text));
  return shown.length <= 1 ? (shown[0] ?? '') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

/** What a text says, in short: its only line, or how many there are and the first. Lines of colours alone are none. */
export function saying(text: string): string {
  const lines = text.trim().split('\n');
  const begin = lines.findIndex(isReadable);
  if (begin === -1) return 'nothing that can be read';
  const count = lines.findLastIndex(isReadable) - begin + 1;
  const first = quoted(readable(lines[begin] ?? ''));
  return count === 1 ? first : `${count} lines, the first is ${first}`;
}

function readable(line: string): string {
  return stripVTControlCharacters(line.slice(0, longestLooked));
}

function isReadable(line: string): boolean {
  return printable(readable(line), 1) !== '';
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return count === 1 ? `1 ${one}` : `${count} ${many}`;
}

type Scalar = string | number | boolean;

export function asList<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

export function asTexts(value: Scalar | readonly Scalar[] | undefined): string[] {
  return asList<Scalar>(value).map(String);
}

/** `{A: 1}` or `["A=1", "B"]`; null: any value. */
export function asPairs(value: Record<string, Scalar> | readonly string[] | undefined): [string, string | null][] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) return Object.entries(value).map(([name, text]) => [name, String(text)]);
  return (value as readonly string[]).map((pair) => {
    const equals = pair.indexOf('=');
    return equals === -1 ? [pair, null] : [pair.slice(0, equals), pair.slice(equals + 1)];
  });
}

/** Why pairs do not hold, or null. @param noun "environment variable", @param where "in web" */
export function missingPair(
  wanted: readonly [string, string | null][],
  found: Readonly<Record<string, string>>,
  noun: string,
  where: string,
): string | null {
  for (const [name, value] of wanted) {
    const actual = Object.hasOwn(found, name) ? found[name] : undefined;
    if (actual === undefined) return `there is no ${noun} ${printable(name, 80)} ${where}`;
    if (value !== null && actual !== value)
      return `${printable(name, 80)} is ${quoted(actual)} ${where}; it has to be ${quoted(value)}`;
  }
  return null;
}

/** "A=1 and B=2": pairs that hold, as they were found. */
export function pairWords(wanted: readonly [string, string | null][], found: Readonly<Record<string, string>>): string {
  return listed(wanted.map(([name]) => `${name}=${found[name] ?? ''}`));
}

/** Without slashes at its end. No pattern: one would look from each of thousands of slashes anew. */
export function withoutSlash(path: string): string {
  let end = path.length;
  while (end > 1 && path[end - 1] === '/') end -= 1;
  return path.slice(0, end);
}

/** For POSIX shells. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
