import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { formatDuration } from '../server/progress.ts';
import type { FailedTest, Outcome } from './test-reports.ts';

export interface SuiteResult {
  name: string;
  outcome: Outcome;
  /** Milliseconds. */
  took: number;
}

/** More than these are in the output above; the end of a run stays readable. */
const mostFailures = 40;
const mostLines = 12;
const mostCharacters = 1_200;

/**
 * What is printed when all suites have ended: what failed, and why, for an output of thousands of lines hides it; what
 * passed only at the second try; and a line for each suite.
 */
export function tellResults(results: readonly SuiteResult[], root: string): string {
  const lines: string[] = [];
  const list = (head: string, of: (outcome: Outcome) => readonly FailedTest[]) => {
    const tests = results.flatMap(({ name, outcome }) => of(outcome).map((test) => ({ suite: name, test })));
    if (tests.length === 0) return;
    lines.push(head);
    for (const { suite, test } of tests.slice(0, mostFailures))
      lines.push(`  ${suite}: ${nameOf(test, root)}`, ...why(test));
    if (tests.length > mostFailures) lines.push(`  and ${tests.length - mostFailures} more, see above`);
    lines.push('');
  };
  list('Failed:', (outcome) => outcome.failed);
  list('Passed only at the second try:', (outcome) => outcome.secondTry);
  for (const { name, outcome, took } of results) {
    const { passed, failed, skipped } = outcome.totals;
    const rest = skipped === 0 ? '' : `, ${skipped} skipped`;
    lines.push(`${name.padEnd(10)} ${passed} passed, ${failed} failed${rest} (${formatDuration(took)})`);
  }
  return lines.join('\n');
}

function nameOf({ file, name }: FailedTest, root: string): string {
  const parts = [file.startsWith(root) ? relative(root, file) : file, name].filter((part) => part !== '');
  return parts.length === 0 ? 'the suite as a whole' : parts.join(' › ');
}

/** The first lines of what it said: the frames of a library below them help nobody. */
function why({ message }: FailedTest): string[] {
  return stripVTControlCharacters(message)
    .slice(0, mostCharacters)
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.includes('/node_modules/'))
    .slice(0, mostLines)
    .map((line) => `      ${line.trimEnd()}`);
}
