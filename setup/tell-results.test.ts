import { expect, it } from 'vitest';
import { tellResults } from './tell-results.ts';
import type { Outcome } from './test-reports.ts';

const clean: Outcome = { totals: { passed: 3, failed: 0, skipped: 0 }, failed: [], secondTry: [] };

it('is a line for each suite where nothing failed', () => {
  const skipping = { ...clean, totals: { ...clean.totals, skipped: 2 } };
  expect(
    tellResults(
      [
        { name: 'unit', outcome: clean, took: 1_500 },
        { name: 'engine', outcome: skipping, took: 61_000 },
      ],
      '/lab',
    ),
  ).toBe('unit       3 passed, 0 failed (1.5 s)\nengine     3 passed, 0 failed, 2 skipped (1 min 1 s)');
});

it('names each test that failed, from where the lab lies, without colours or the frames of libraries', () => {
  const message =
    '\u001b[31mError: no b\u001b[39m\n    at /lab/a.test.ts:3:4\n    at /lab/node_modules/vitest/x.js:1:1';
  const outcome: Outcome = {
    totals: { passed: 1, failed: 1, skipped: 0 },
    failed: [{ file: '/lab/server/a.test.ts', name: 'b works', message }],
    secondTry: [{ file: '/lab/server/c.test.ts', name: 'c works', message: 'too late' }],
  };
  expect(tellResults([{ name: 'engine', outcome, took: 0 }], '/lab').split('\n')).toEqual([
    'Failed:',
    '  engine: server/a.test.ts › b works',
    '      Error: no b',
    '          at /lab/a.test.ts:3:4',
    '',
    'Passed only at the second try:',
    '  engine: server/c.test.ts › c works',
    '      too late',
    '',
    expect.stringMatching(/^engine {5}1 passed, 1 failed/),
  ]);
});

it('stays short, however much failed', () => {
  const failed = Array.from({ length: 500 }, (_, n) => ({
    file: `${n}.ts`,
    name: 'x',
    message: 'long\n'.repeat(10_000),
  }));
  const text = tellResults([{ name: 'unit', outcome: { ...clean, failed }, took: 0 }], '/lab');
  expect(text.length).toBeLessThan(60_000);
  expect(text).toContain('and 460 more, see above');
});
