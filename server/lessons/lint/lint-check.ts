import { isDeepStrictEqual } from 'node:util';
import { type Check, conditionKeys, type Subject, slashed } from '../../../protocol/check-schema.ts';
import type { CheckBlock } from '../lesson.ts';
import type { ProblemList, SourceSpot } from '../problem.ts';
import { placesIn } from './block-places.ts';
import type { IsSlow } from './slow-pattern.ts';

type Conditions = Record<string, unknown>;
type At = (path: readonly PropertyKey[], part?: 'key') => SourceSpot;

/**
 * Subjects that are a condition by themselves: a project that has containers, an answer with whatever status, a
 * command that ended with 0.
 */
const speaking: readonly Subject[] = ['compose', 'http', 'ran', 'run'];

/** What is wrong with a check that can be read. */
export function lintCheck(block: CheckBlock, problems: ProblemList, isSlow: IsSlow): void {
  const { check } = block;
  const at = placesIn(block);
  const own = conditionsOf(check, check);
  if (Object.keys(own).length === 0 && !speaking.includes(check.subject) && !isCounted(check)) {
    problems.error('check.no-condition', at([check.subject], 'key'), {
      message: `This check says nothing about its ${check.subject}. Add a condition: ${conditionKeys[check.subject].join(', ')}.`,
      found: check.subject,
    });
  }
  if (check.subject === 'compose' && check.services && Object.keys(check.services).length === 0) {
    problems.error('check.no-condition', at(['services'], 'key'), { message: 'This check names no service.' });
  }
  lintContradictions(check, own, [], at, problems);
  lintHints(check, own, at, problems);
  for (const { pattern, path } of patternsOf(check, [])) {
    if (!isSlow(pattern)) continue;
    problems.error('pattern.slow', at(path), {
      message:
        'Comparing with this pattern can take longer than anybody waits: a group that is repeated holds something that is repeated, too. Write it without the outer or the inner repetition.',
      found: pattern,
    });
  }
}

function lintHints(check: Check, own: Conditions, at: At, problems: ProblemList): void {
  const seen: Conditions[] = [];
  for (const [index, hint] of (check.hints ?? []).entries()) {
    const path = ['hints', index, 'when'];
    const state = conditionsOf(check, hint.when);
    if (Object.keys(hint.when).length === 0) {
      problems.error('check.no-condition', at(path), {
        message: 'A hint says in `when` which state it is for; this one has no condition.',
        expected: `when: { ${conditionKeys[check.subject][0]}: … }`,
      });
      continue;
    }
    lintContradictions(check, state, path, at, problems);
    if (seen.some((earlier) => isDeepStrictEqual(earlier, state))) {
      problems.error('check.hint-unreachable', at(path, 'key'), {
        message: 'An earlier hint has the same `when`, and the first that fits is shown. Join the two.',
      });
    } else if (isImplied(check, withDefaults(check, own), withDefaults(check, state))) {
      problems.error('check.hint-unreachable', at(path, 'key'), {
        message:
          'In this state the check is met, so the hint is never shown. `when` says what is wrong, not what has to be true.',
      });
    }
    seen.push(state);
  }
}

/** Whether the check is met wherever the state of the hint holds. */
function isImplied(check: Check, own: Conditions, state: Conditions): boolean {
  // With `absent` nothing else is looked at; numbers of containers and services do not grow with what is asked.
  if (state.state === 'absent' && own.state !== 'absent') return false;
  const whole = check.subject === 'compose' || (check.subject === 'container' && typeof check.container === 'object');
  if (whole) return isDeepStrictEqual(own, state);
  return Object.entries(own).every(([key, value]) => isDeepStrictEqual(value, state[key]));
}

/** Conditions that exclude each other, and those that are never looked at. */
function lintContradictions(
  check: Check,
  conditions: Conditions,
  path: readonly PropertyKey[],
  at: At,
  problems: ProblemList,
): void {
  const refuse = (key: string, message: string): void =>
    problems.error('check.contradiction', at([...path, key], 'key'), { message, found: key });
  const group = check.subject === 'container' && typeof check.container === 'object';
  const keys = Object.keys(conditions);
  if (conditions.count !== undefined && check.subject === 'container' && !group) {
    refuse('count', 'A name belongs to one container. `count` goes with `container: {image: …}` or `{label: …}`.');
  }
  if (conditions.state === 'absent') {
    const other = keys.find((key) => key !== 'state');
    if (other) refuse(other, `What is absent has no \`${other}\`: this condition is never looked at.`);
  }
  if (['running', 'paused', 'created'].includes(String(conditions.state)) && conditions.exitCode !== undefined) {
    refuse('exitCode', `A container that is ${conditions.state} has no exit status. Write \`state: exited\`.`);
  }
  const texts = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value]);
  const both = texts(conditions.contains).find((text) => texts(conditions.lacks).includes(text));
  if (both !== undefined) refuse('lacks', `\`contains\` and \`lacks\` both name \`${String(both)}\`.`);
}

function isCounted(check: Check): boolean {
  return check.subject === 'container' && typeof check.container === 'object' && check.container.count !== undefined;
}

function conditionsOf(check: Check, from: object): Conditions {
  const keys = conditionKeys[check.subject];
  return Object.fromEntries(
    Object.entries(from).filter(([key, value]) => keys.includes(key) && key !== check.subject && value !== undefined),
  );
}

function withDefaults(check: Check, conditions: Conditions): Conditions {
  if (check.subject !== 'ran' && check.subject !== 'run') return conditions;
  const { timeout: _, ...rest } = conditions;
  return { exit: 0, ...rest };
}

/** Every pattern of a check, those of its hints too. */
function patternsOf(value: unknown, path: PropertyKey[]): { pattern: string; path: PropertyKey[] }[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = [...path, Array.isArray(value) ? Number(key) : key];
    if (typeof inner !== 'string') return patternsOf(inner, here);
    if (key === 'matches' || (key === 'ran' && path.length === 0)) return [{ pattern: inner, path: here }];
    const pattern = key === 'stdout' ? slashed(inner)?.pattern : undefined;
    return pattern === undefined ? [] : [{ pattern, path: here }];
  });
}
