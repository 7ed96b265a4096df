import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { afterSecondTry, type FailedTest, type Outcome, readOutcome } from './test-reports.ts';

const folder = mkdtempSync(join(tmpdir(), 'drydock-reports-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function report(content: unknown): string {
  const file = join(folder, 'report.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

const vitest = { numPassedTests: 7, numFailedTests: 0, numPendingTests: 1, testResults: [] };
const playwright = { stats: { expected: 3, unexpected: 0, flaky: 1, skipped: 2 }, errors: [], suites: [] };
const nothing = { failed: [], secondTry: [] };

describe('readOutcome', () => {
  it('adds up a clean run of each kind', async () => {
    const totals = async (...args: Parameters<typeof readOutcome>) => (await readOutcome(...args)).totals;
    expect(await totals('vitest', report(vitest), 0)).toEqual({ passed: 7, failed: 0, skipped: 1 });
    expect(await totals('playwright', report(playwright), 0)).toEqual({ passed: 4, failed: 0, skipped: 2 });
    expect(await totals('lessons', report({ passed: 2, failed: 0, skipped: 1 }), 0)).toEqual({
      passed: 2,
      failed: 0,
      skipped: 1,
    });
  });

  it('names what failed in a test file, and why', async () => {
    const testResults = [
      {
        name: '/lab/a.test.ts',
        status: 'failed',
        message: '',
        assertionResults: [
          { fullName: 'a works', status: 'passed', failureMessages: [] },
          { fullName: 'b works', status: 'failed', failureMessages: ['Error: no b'] },
        ],
      },
    ];
    const content = report({ ...vitest, numFailedTests: 1, testResults });
    expect(await readOutcome('vitest', content, 1)).toEqual({
      totals: { passed: 7, failed: 1, skipped: 1 },
      failed: [{ file: '/lab/a.test.ts', name: 'b works', message: 'Error: no b' }],
      secondTry: [],
    });
  });

  it('counts a test file that could not be loaded, or whose hook failed', async () => {
    const loaded = { fullName: 'a', status: 'passed' };
    for (const assertionResults of [[], [loaded]]) {
      const testResults = [{ name: '/lab/a.test.ts', status: 'failed', message: 'no such module', assertionResults }];
      expect(await readOutcome('vitest', report({ ...vitest, testResults }), 1)).toMatchObject({
        totals: { passed: 7, failed: 1 },
        failed: [{ file: '/lab/a.test.ts', name: '', message: 'no such module' }],
      });
    }
  });

  it('tells stories that failed from those that passed at the second try', async () => {
    const story = (title: string, status: string, ...messages: (string | null)[]) => ({
      title,
      file: 'a.spec.ts',
      tests: [{ status, results: messages.map((message) => (message === null ? {} : { error: { message } })) }],
    });
    const suites = [
      {
        title: 'a.spec.ts',
        file: 'a.spec.ts',
        specs: [story('first', 'expected', null), story('second', 'unexpected', 'no button', 'no button again')],
        suites: [{ title: 'a learner', file: 'a.spec.ts', specs: [story('third', 'flaky', 'too late', null)] }],
      },
    ];
    const content = report({ ...playwright, stats: { expected: 1, unexpected: 1, flaky: 1, skipped: 0 }, suites });
    expect(await readOutcome('playwright', content, 1)).toEqual({
      totals: { passed: 2, failed: 1, skipped: 0 },
      failed: [{ file: 'a.spec.ts', name: 'second', message: 'no button' }],
      secondTry: [{ file: 'a.spec.ts', name: 'a learner › third', message: 'too late' }],
    });
  });

  it('tells of lessons that failed and of those played twice', async () => {
    const lesson = {
      lesson: 'c/l',
      file: 'lessons/c/l/lesson.md',
      failures: [],
      problems: [],
      trouble: [],
      earlier: [],
    };
    const lessons = [
      { ...lesson, state: 'passed' },
      {
        ...lesson,
        lesson: 'c/bad',
        state: 'failed',
        failures: [{ message: 'a check is not met' }],
        trouble: ['no disk'],
      },
      { ...lesson, lesson: 'c/shaky', state: 'passed', earlier: [{ failures: [{ message: 'raced' }], trouble: [] }] },
    ];
    expect(await readOutcome('lessons', report({ passed: 2, failed: 1, skipped: 0, lessons }), 1)).toMatchObject({
      failed: [{ name: 'c/bad', message: 'a check is not met\nno disk' }],
      secondTry: [{ name: 'c/shaky', message: 'raced' }],
    });
  });

  it('counts a suite that ended badly without a failed test, or without a report', async () => {
    expect(await readOutcome('vitest', report(vitest), 1)).toMatchObject({
      totals: { failed: 1 },
      failed: [{ file: '' }],
    });
    expect(await readOutcome('playwright', report('{'), 1)).toMatchObject({ totals: { passed: 0, failed: 1 } });
    expect(await readOutcome('playwright', join(folder, 'none.json'), 1)).toMatchObject({ totals: { failed: 1 } });
  });

  it('does not count a suite as clean that ended well and left no report', async () => {
    expect(await readOutcome('lessons', join(folder, 'none.json'), 0)).toMatchObject({
      totals: { passed: 0, failed: 1 },
    });
  });
});

describe('afterSecondTry', () => {
  const a: FailedTest = { file: 'a.test.ts', name: 'a', message: 'at first' };
  const b: FailedTest = { file: 'b.test.ts', name: 'b', message: 'at first' };
  const first: Outcome = { totals: { passed: 10, failed: 2, skipped: 1 }, failed: [a, b], secondTry: [] };

  it('counts what passes then as passed, and keeps what it was', () => {
    const second = { totals: { passed: 5, failed: 0, skipped: 0 }, ...nothing };
    expect(afterSecondTry(first, second)).toEqual({
      totals: { passed: 12, failed: 0, skipped: 1 },
      failed: [],
      secondTry: [a, b],
    });
  });

  it('counts what fails twice once, and says what it said last', () => {
    const last = { ...b, message: 'again' };
    const second = { totals: { passed: 4, failed: 1, skipped: 0 }, failed: [last], secondTry: [] };
    expect(afterSecondTry(first, second)).toEqual({
      totals: { passed: 11, failed: 1, skipped: 1 },
      failed: [last],
      secondTry: [a],
    });
  });

  it('takes nothing for passed where the second try ended badly as a whole', () => {
    const broken = { file: '', name: '', message: 'no report' };
    const second = { totals: { passed: 0, failed: 1, skipped: 0 }, failed: [broken], secondTry: [] };
    const after = afterSecondTry(first, second);
    expect(after.totals.failed).toBeGreaterThan(0);
    expect(after.secondTry).toEqual([]);
  });
});
