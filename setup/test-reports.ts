import { readFile } from 'node:fs/promises';
import * as z from 'zod';

export interface Totals {
  passed: number;
  failed: number;
  skipped: number;
}

const vitestReport = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.unknown()) })),
});

const playwrightReport = z.object({
  stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number(), skipped: z.number() }),
  errors: z.array(z.unknown()),
});

/** What a suite's JSON report and exit code add up to. A suite that ended badly never counts as clean. */
export async function readTotals(kind: 'vitest' | 'playwright', file: string, exitCode: number): Promise<Totals> {
  let totals: Totals;
  try {
    const report: unknown = JSON.parse(await readFile(file, 'utf8'));
    totals = kind === 'vitest' ? ofVitest(report) : ofPlaywright(report);
  } catch {
    // It died before it could write one.
    totals = { passed: 0, failed: 0, skipped: 0 };
  }
  return exitCode !== 0 && totals.failed === 0 ? { ...totals, failed: 1 } : totals;
}

function ofVitest(report: unknown): Totals {
  const { numPassedTests, numFailedTests, numPendingTests, testResults } = vitestReport.parse(report);
  // A file that cannot even be loaded has no tests to fail.
  const broken = testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
  return { passed: numPassedTests, failed: numFailedTests + broken, skipped: numPendingTests };
}

function ofPlaywright(report: unknown): Totals {
  const { stats, errors } = playwrightReport.parse(report);
  return { passed: stats.expected + stats.flaky, failed: stats.unexpected + errors.length, skipped: stats.skipped };
}
