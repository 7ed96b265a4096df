import { readFile } from 'node:fs/promises';
import * as z from 'zod';

export interface Totals {
  passed: number;
  failed: number;
  skipped: number;
}

/** One test, lesson or file that failed. */
export interface FailedTest {
  /** The file it stands in, as the suite named it. */
  file: string;
  /** Its name; empty where a file failed as a whole. */
  name: string;
  /** What it said of itself, as it said it. */
  message: string;
}

/** What a suite came to. */
export interface Outcome {
  totals: Totals;
  failed: FailedTest[];
  /** Failed at first, and passed when tried again: counted as passed, and told of. */
  secondTry: FailedTest[];
}

export type ReportKind = 'vitest' | 'playwright' | 'lessons';

const vitestReport = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().optional(),
      assertionResults: z.array(
        z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()).nullish() }),
      ),
    }),
  ),
});

const playwrightError = z.object({ message: z.string().optional() });

const playwrightSpec = z.object({
  title: z.string(),
  file: z.string(),
  tests: z.array(
    z.object({
      status: z.string(),
      results: z.array(z.object({ error: playwrightError.optional() })),
    }),
  ),
});

interface PlaywrightSuite {
  title: string;
  file: string;
  specs: z.infer<typeof playwrightSpec>[];
  suites?: PlaywrightSuite[] | undefined;
}

const playwrightSuite: z.ZodType<PlaywrightSuite> = z.lazy(() =>
  z.object({
    title: z.string(),
    file: z.string(),
    specs: z.array(playwrightSpec),
    suites: z.array(playwrightSuite).optional(),
  }),
);

const playwrightReport = z.object({
  stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number(), skipped: z.number() }),
  errors: z.array(playwrightError),
  suites: z.array(playwrightSuite),
});

const lessonFailure = z.object({ message: z.string() });

/** Of `npm run lessons -- test` and the chaos test: each lesson or round counts as one test. */
const lessonsReport = z.object({
  passed: z.number(),
  failed: z.number(),
  skipped: z.number(),
  lessons: z
    .array(
      z.object({
        lesson: z.string(),
        file: z.string(),
        state: z.string(),
        failures: z.array(lessonFailure),
        problems: z.array(lessonFailure),
        trouble: z.array(z.string()),
        earlier: z.array(z.object({ failures: z.array(lessonFailure), trouble: z.array(z.string()) })),
      }),
    )
    .optional(),
});

const readers: Record<ReportKind, (report: unknown) => Outcome> = {
  vitest: ofVitest,
  playwright: ofPlaywright,
  lessons: ofLessons,
};

/** What a suite's JSON report and exit code add up to. A suite that ended badly never counts as clean. */
export async function readOutcome(kind: ReportKind, file: string, exitCode: number): Promise<Outcome> {
  let outcome: Outcome;
  try {
    outcome = readers[kind](JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    // It died before it could write one, or writes another kind now.
    const message = `it left no report that can be read: ${error instanceof Error ? error.message : String(error)}`;
    const failed = { file: '', name: '', message };
    return { totals: { passed: 0, failed: 1, skipped: 0 }, failed: [failed], secondTry: [] };
  }
  if (exitCode === 0 || outcome.totals.failed > 0) return outcome;
  const failed = { file: '', name: '', message: `it ended with exit code ${exitCode}, and reports no failure` };
  return { ...outcome, totals: { ...outcome.totals, failed: 1 }, failed: [failed] };
}

/**
 * Puts together what a suite came to, and what those of its files came to that failed and were tried again.
 * Counted are the tests of the first run: a file's other tests ran twice.
 */
export function afterSecondTry(first: Outcome, second: Outcome): Outcome {
  const failsStill = (test: FailedTest): boolean =>
    second.failed.some(
      ({ file, name }) =>
        file === '' || (file === test.file && (name === test.name || name === '' || test.name === '')),
    );
  const failed = second.totals.failed;
  return {
    totals: { ...first.totals, passed: Math.max(0, first.totals.passed + first.totals.failed - failed), failed },
    failed: second.failed,
    secondTry: first.failed.filter((test) => !failsStill(test)),
  };
}

function ofVitest(report: unknown): Outcome {
  const { numPassedTests, numFailedTests, numPendingTests, testResults } = vitestReport.parse(report);
  const failed = testResults.flatMap(({ name: file, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === 'failed')
      .map(({ fullName, failureMessages }) => ({ file, name: fullName, message: failureMessages?.join('\n') ?? '' })),
  );
  // A file that cannot even be loaded, or whose hooks fail, may have no test that failed.
  const broken = testResults
    .filter(
      ({ status, assertionResults }) =>
        status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
    )
    .map(({ name: file, message = '' }) => ({ file, name: '', message }));
  return {
    totals: { passed: numPassedTests, failed: numFailedTests + broken.length, skipped: numPendingTests },
    failed: [...failed, ...broken],
    secondTry: [],
  };
}

function ofPlaywright(report: unknown): Outcome {
  const { stats, errors, suites } = playwrightReport.parse(report);
  const specs = suites.flatMap((suite) => specsOf(suite, []));
  const having = (wanted: string): FailedTest[] =>
    specs
      .filter(({ spec }) => spec.tests.some(({ status }) => status === wanted))
      .map(({ spec, path }) => ({
        file: spec.file,
        name: [...path, spec.title].join(' › '),
        message:
          spec.tests.flatMap(({ results }) => results.map(({ error }) => error?.message ?? '')).find(Boolean) ?? '',
      }));
  return {
    totals: { passed: stats.expected + stats.flaky, failed: stats.unexpected + errors.length, skipped: stats.skipped },
    failed: [...having('unexpected'), ...errors.map(({ message = '' }) => ({ file: '', name: '', message }))],
    secondTry: having('flaky'),
  };
}

/** @param path titles of the groups around it; the outermost is the file */
function specsOf(
  suite: PlaywrightSuite,
  path: readonly string[],
): { spec: z.infer<typeof playwrightSpec>; path: readonly string[] }[] {
  return [
    ...suite.specs.map((spec) => ({ spec, path })),
    ...(suite.suites ?? []).flatMap((inner) => specsOf(inner, [...path, inner.title])),
  ];
}

function ofLessons(report: unknown): Outcome {
  const { passed, failed, skipped, lessons = [] } = lessonsReport.parse(report);
  const saying = (
    { lesson: name, file }: { lesson: string; file: string },
    { failures, trouble }: { failures: { message: string }[]; trouble: string[] },
  ): FailedTest => ({ file, name, message: [...failures.map(({ message }) => message), ...trouble].join('\n') });
  return {
    totals: { passed, failed, skipped },
    failed: lessons
      .filter(({ state }) => state === 'failed')
      .map((lesson) => saying(lesson, { failures: [...lesson.problems, ...lesson.failures], trouble: lesson.trouble })),
    secondTry: lessons
      .filter(({ state, earlier }) => state === 'passed' && earlier.length > 0)
      .map((lesson) => saying(lesson, lesson.earlier[0] ?? lesson)),
  };
}
