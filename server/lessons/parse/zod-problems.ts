import type * as z from 'zod';
import { nearestWord, oneOf } from '../../checks/nearest-word.ts';
import { type ProblemList, shorten } from '../problem.ts';
import type { YamlSource } from './yaml-source.ts';

/** The keys an object at this path may have, for suggestions. */
type KeysAt = (path: readonly PropertyKey[]) => readonly string[];

/**
 * Says what does not fit the schema, each at its place.
 * @param what what is being read, as in "a check of a container"
 */
export function reportIssues(
  issues: readonly z.core.$ZodIssue[],
  source: YamlSource,
  problems: ProblemList,
  what: string,
  keysAt: KeysAt,
): void {
  const misspelt = new Set<string>();
  const whole: Context = { source, problems, what, keysAt, misspelt };
  // Misspellings first: a key that was meant is not reported as missing too.
  const rank = (issue: z.core.$ZodIssue): number =>
    issue.code === 'unrecognized_keys' ? 0 : issue.code === 'invalid_union' ? 1 : 2;
  for (const issue of [...issues].sort((a, b) => rank(a) - rank(b))) reportIssue(issue, [], whole);
}

interface Context {
  source: YamlSource;
  problems: ProblemList;
  what: string;
  keysAt: KeysAt;
  /** Paths of keys that a misspelt key probably stands for, and of objects that hold one. */
  misspelt: Set<string>;
}

function reportIssue(issue: z.core.$ZodIssue, above: readonly PropertyKey[], context: Context): void {
  const { source, problems, what, keysAt, misspelt } = context;
  const path = [...above, ...issue.path];
  const name = pathName(path);
  const found = valueAt(source.value, path);
  if (found === undefined && ['invalid_value', 'invalid_union', 'invalid_type'].includes(issue.code)) {
    missing(path, context, issue.code === 'invalid_value' ? oneOf(issue.values.map(String)) : undefined);
    return;
  }
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = keysAt(path);
      for (const key of issue.keys) {
        const near = nearestWord(key, known);
        misspelt.add(pathName(path));
        if (near !== undefined) misspelt.add(pathName([...path, near]));
        problems.error('key.unknown', source.at([...path, key], 'key'), {
          message: `${capital(what)}${path.length > 0 ? ` has at \`${name}\`` : ' has'} no key \`${shorten(key)}\`. ${
            near ? `Did you mean \`${near}\`?` : known.length > 0 ? `There are: ${known.join(', ')}.` : ''
          }`.trim(),
          found: key,
          expected: near ?? (known.length > 0 ? oneOf(known) : undefined),
        });
      }
      return;
    }
    case 'invalid_value': {
      const values = issue.values.map(String);
      const near = nearestWord(String(found), values);
      problems.error('value.wrong', source.at(path), {
        message: `\`${name}\` cannot be ${quote(found)}. ${near ? `Did you mean \`${near}\`?` : `It is ${oneOf(values)}.`}`,
        found: show(found),
        expected: near ?? oneOf(values),
      });
      return;
    }
    case 'invalid_union': {
      // The branch that got furthest is the one the author meant.
      const deepest = issue.errors
        .filter((branch) => branch.some((inner) => inner.path.length > 0 || inner.code === 'unrecognized_keys'))
        .sort((a, b) => a.length - b.length)[0];
      if (deepest) {
        for (const inner of deepest) reportIssue(inner, path, context);
        return;
      }
      problems.error('value.wrong', source.at(path), {
        message: `\`${name}\` cannot be ${quote(found)}. ${issue.message}`,
        found: show(found),
      });
      return;
    }
    case 'invalid_type': {
      problems.error('value.wrong', source.at(path), {
        message: `${name === '' ? capital(what) : `\`${name}\``} has to be ${typeName(issue.expected)}, not ${quote(found)}.`,
        found: show(found),
        expected: typeName(issue.expected),
      });
      return;
    }
    case 'invalid_key':
      problems.error('value.wrong', source.at(path, 'key'), {
        message: issue.issues[0]?.message ?? 'This key has the wrong form.',
        found: String(path.at(-1)),
      });
      return;
    case 'too_small':
    case 'too_big':
      problems.error('value.wrong', source.at(path), { message: `\`${name}\`: ${bound(issue)}`, found: show(found) });
      return;
    default:
      if (issue.code === 'custom' && path.length > 0 && misspelt.has(name)) return;
      problems.error('value.wrong', source.at(path), {
        message: `\`${name || what}\` cannot be ${quote(found)}. ${issue.message}`,
        found: show(found),
      });
  }
}

function missing(path: readonly PropertyKey[], { source, problems, what, misspelt }: Context, expected?: string): void {
  if (misspelt.has(pathName(path))) return;
  const above = path.slice(0, -1);
  problems.error('key.missing', source.at(above), {
    message: `${capital(what)} needs ${above.length > 0 ? `at \`${pathName(above)}\` ` : ''}the key \`${String(path.at(-1))}\`.`,
    expected: expected ?? String(path.at(-1)),
  });
}

function bound(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  const small = issue.code === 'too_small';
  const limit = Number(small ? issue.minimum : issue.maximum);
  switch (issue.origin) {
    case 'string':
      return small ? 'this must not be empty.' : `at most ${limit} characters.`;
    case 'array':
    case 'set':
      return small
        ? `at least ${limit} ${limit === 1 ? 'entry is' : 'entries are'} needed.`
        : `at most ${limit} entries.`;
    default:
      return small ? `it has to be ${limit} or more.` : `it has to be ${limit} or less.`;
  }
}

function typeName(expected: string): string {
  switch (expected) {
    case 'string':
      return 'a text';
    case 'number':
    case 'int':
      return 'a whole number';
    case 'boolean':
      return 'true or false';
    case 'array':
      return 'a list';
    case 'object':
    case 'record':
      return 'keys with values';
    default:
      return expected;
  }
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let current = value;
  for (const segment of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = (current as Record<PropertyKey, unknown>)[segment];
  }
  return current;
}

function pathName(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (name, segment) =>
      typeof segment === 'number'
        ? `${name}[${segment}]`
        : name === ''
          ? String(segment)
          : `${name}.${String(segment)}`,
    '',
  );
}

function show(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null) return 'nothing';
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}

function quote(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'keys with values';
  return `\`${shorten(show(value))}\``;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
