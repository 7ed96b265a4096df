import { beforeAll, expect, it } from 'vitest';
import type { Check } from '../../protocol/check-schema.ts';
import { plainText } from '../checks/pattern-words.ts';
import { blocksOfLesson } from './lesson.ts';
import { loadDirectory } from './library/load-courses.ts';

let checks: { where: string; isChallenge: boolean; check: Check }[] = [];

beforeAll(async () => {
  const courses = await loadDirectory('lessons');
  checks = courses.flatMap(({ lessons }) =>
    lessons.flatMap(({ id, lesson }) =>
      [...(lesson === null ? [] : blocksOfLesson(lesson))].flatMap((block) =>
        block.kind === 'check'
          ? [{ where: `${id}:${block.at.line}`, isChallenge: id.includes('/challenge-'), check: block.check }]
          : [],
      ),
    ),
  );
}, 120_000);

function patternsOf(check: Check): string[] {
  if (check.subject !== 'file' && check.subject !== 'http') return [];
  const instructions = check.subject === 'file' ? [check.instruction].flat() : [];
  const inInstructions = instructions.map((each) => (typeof each === 'object' ? each.matches : undefined));
  return [check.matches, ...inInstructions].filter((pattern) => pattern !== undefined);
}

/** A learner can do nothing with a pattern, and little with a command that somebody wrote for a machine. */
function needsWords(check: Check): boolean {
  return check.subject === 'run' || patternsOf(check).some((pattern) => plainText(pattern) === null);
}

it('tells in words what is not yet so, wherever a check looks with a command or a pattern', () => {
  const needing = checks.filter(({ check }) => needsWords(check));
  expect(needing.length).toBeGreaterThan(200);
  expect(needing.filter(({ check }) => check.otherwise === undefined).map(({ where }) => where)).toEqual([]);
});

it('tells in a challenge what is missing, and not the command that does it', () => {
  const doing =
    /`docker (?:run|build|create|compose (?:up|down)|network (?:create|connect|disconnect)|volume create|service (?:create|update)|push|tag|commit|save|load)\b/;
  const inChallenges = checks.filter(({ isChallenge }) => isChallenge);
  expect(inChallenges.length).toBeGreaterThan(50);
  expect(inChallenges.filter(({ check }) => doing.test(check.otherwise ?? '')).map(({ where }) => where)).toEqual([]);
});

it('speaks in sentences', () => {
  const wrong = checks.filter(({ check }) => check.otherwise !== undefined && !/[.?]$/.test(check.otherwise.trim()));
  // “COPY . .” is the end of a sentence, too.
  expect(wrong.filter(({ check }) => !check.otherwise?.endsWith('`')).map(({ where }) => where)).toEqual([]);
});
