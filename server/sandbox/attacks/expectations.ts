import { expect } from 'vitest';
import type { Outcome } from './attack-ground.ts';

/** It failed, and in these words. @returns the words that matched, for the table */
export function refused(outcome: Outcome, words: RegExp): string {
  expect(outcome, outcome.said).not.toMatchObject({ code: 0 });
  return says(outcome, words);
}

/** @returns the words that matched, for the table */
export function says(outcome: Outcome, words: RegExp): string {
  expect(outcome.said).toMatch(words);
  return words.exec(outcome.said)?.[0] ?? '';
}

/** The usual words of a kernel that does not let it happen. */
export const denied =
  /Permission denied|Operation not permitted|Read-only file system|only permission|must be superuser|Directory nonexistent|No such file or directory/i;
