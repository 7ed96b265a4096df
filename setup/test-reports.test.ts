import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readTotals } from './test-reports.ts';

const folder = mkdtempSync(join(tmpdir(), 'drydock-reports-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function report(content: unknown): string {
  const file = join(folder, 'report.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

const vitest = { numPassedTests: 7, numFailedTests: 0, numPendingTests: 1, testResults: [] };
const playwright = { stats: { expected: 3, unexpected: 0, flaky: 1, skipped: 2 }, errors: [] };

describe('readTotals', () => {
  it('adds up a clean run of each kind', async () => {
    expect(await readTotals('vitest', report(vitest), 0)).toEqual({ passed: 7, failed: 0, skipped: 1 });
    expect(await readTotals('playwright', report(playwright), 0)).toEqual({ passed: 4, failed: 0, skipped: 2 });
  });

  it('counts a test file that could not be loaded', async () => {
    const broken = { ...vitest, testResults: [{ status: 'failed', assertionResults: [] }] };
    expect(await readTotals('vitest', report(broken), 1)).toMatchObject({ passed: 7, failed: 1 });
  });

  it('counts a suite that ended badly without a failed test, or without a report', async () => {
    expect(await readTotals('vitest', report(vitest), 1)).toMatchObject({ failed: 1 });
    expect(await readTotals('playwright', report('{'), 1)).toEqual({ passed: 0, failed: 1, skipped: 0 });
    expect(await readTotals('playwright', join(folder, 'none.json'), 1)).toMatchObject({ failed: 1 });
  });
});
