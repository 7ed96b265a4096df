import { testPattern } from '../../checks/bounded-pattern.ts';
import { DrydockError } from '../../errors.ts';

/** Characters a class such as `\w` or `[^x]` may stand for, and a few that stand in commands. */
const probes = ['a', 'A', '0', ' ', '-', '_', '.', '/', '=', ':', '\n'];
const longestGroup = 200;
/** A machine that is busy may make anything late once, but not this often in a row. */
const attempts = 3;

/**
 * Whether a pattern has a repeated group that can be gone through in very many ways, such as `(a+)+`: on a text that
 * almost matches, comparing then takes longer than anybody waits. Each such group is tried on texts made for it.
 */
export function isSlowPattern(pattern: string): boolean {
  return repeatedGroups(pattern).some((group) => {
    const body = `^(?:${group})+$`;
    const own = [...new Set(group.replace(/\\[a-zA-Z]/g, ''))].slice(0, 20);
    // What the group repeats, and an end it does not take.
    const texts = [...new Set([...probes, ...own])].flatMap((character) =>
      ['\u0001', '\n\u0001', ...own.slice(0, 6)].map((end) => character.repeat(36) + end),
    );
    return texts.some((text) => Array.from({ length: attempts }).every(() => takesLong(body, text)));
  });
}

/** Tells of a pattern whether it is slow. */
export type IsSlow = (pattern: string) => boolean;

/** Slow patterns that are looked for in one lesson: each takes a third of a second, in which a server does nothing else. */
const mostInLesson = 3;

/** For one lesson: tries each pattern once, and no more of them when enough are found. */
export function findSlowPatterns(): IsSlow {
  const known = new Map<string, boolean>();
  let found = 0;
  return (pattern) => {
    const before = known.get(pattern);
    if (before !== undefined) return before;
    const slow = found < mostInLesson && isSlowPattern(pattern);
    if (slow) found += 1;
    known.set(pattern, slow);
    return slow;
  };
}

function takesLong(pattern: string, text: string): boolean {
  try {
    testPattern(pattern, [text], '');
    return false;
  } catch (error) {
    // Anything else: the group cannot be read alone, as it refers to another one.
    return error instanceof DrydockError && error.code === 'check.timeout';
  }
}

/** What stands in groups that are repeated without end, and that hold a repetition or a choice themselves. */
function repeatedGroups(pattern: string): string[] {
  const found: string[] = [];
  const open: number[] = [];
  let inClass = false;
  for (let index = 0; index < pattern.length; index += 1) {
    const character = pattern[index];
    if (character === '\\') index += 1;
    else if (inClass) inClass = character !== ']';
    else if (character === '[') inClass = true;
    else if (character === '(') open.push(index);
    else if (character === ')') {
      const start = open.pop();
      if (start === undefined || !/^(?:[*+]|\{\d+,\d*\})/.test(pattern.slice(index + 1))) continue;
      const body = pattern.slice(start + 1, index).replace(/^\?(?::|<[^>=!]*>)/, '');
      if (body.length <= longestGroup && /[*+{|?]/.test(body) && !/^\?/.test(body)) found.push(body);
    }
  }
  return found;
}
