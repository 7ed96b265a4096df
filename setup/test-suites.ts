import { spawn } from 'node:child_process';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import type { Environment } from '../server/config.ts';
import { formatDuration, type Progress } from '../server/progress.ts';
import type { SetupContext } from './context.ts';
import { readTotals, type Totals } from './test-reports.ts';

interface Suite {
  name: string;
  /** Program in node_modules/.bin, or `node`. */
  program: string;
  args: string[];
  needs: Needs;
  /** null: it counts as one test, by its exit code. */
  report: 'vitest' | 'playwright' | 'lessons' | null;
  /** Runs while that one runs, where both do: each waits for sandboxes most of its time. Its output comes at its end. */
  beside?: string;
}

export interface Needs {
  lab: boolean;
  browser: boolean;
  fakeClock: boolean;
}

const nothing: Needs = { lab: false, browser: false, fakeClock: false };
const lab: Needs = { ...nothing, lab: true };

/** The shipped lessons, and those that together use every construct of the format. */
const lessonFolders = ['lessons', 'e2e/lessons/everything'];

const suites: readonly Suite[] = [
  { name: 'lint', program: 'biome', args: ['check', '.'], needs: nothing, report: null },
  { name: 'unused', program: 'knip', args: [], needs: nothing, report: null },
  { name: 'typecheck', program: 'tsc', args: ['--noEmit'], needs: nothing, report: null },
  {
    name: 'lessons',
    program: 'node',
    args: ['--import', 'tsx', 'server/lessons/cli/cli.ts', 'lint', ...lessonFolders],
    needs: nothing,
    report: null,
  },
  { name: 'unit', program: 'vitest', args: ['run', '--project', 'unit'], needs: nothing, report: 'vitest' },
  {
    name: 'engine',
    program: 'vitest',
    args: ['run', '--project', 'engine'],
    needs: lab,
    report: 'vitest',
  },
  {
    name: 'images',
    program: 'vitest',
    // Each file has a sandbox of its own, and mostly waits for servers in it.
    args: ['run', '--project', 'images', '--maxWorkers=3'],
    needs: lab,
    report: 'vitest',
  },
  {
    name: 'attacks',
    program: 'vitest',
    args: ['run', '--project', 'attacks'],
    needs: lab,
    report: 'vitest',
  },
  {
    name: 'played',
    program: 'node',
    // A lesson that passes only at the second try is told of, and no reason for a red run.
    args: [
      '--import',
      'tsx',
      'server/lessons/cli/cli.ts',
      'test',
      '--turn',
      'auto',
      '--retries',
      '1',
      '--jobs',
      '3',
      ...lessonFolders,
    ],
    beside: 'engine',
    needs: lab,
    report: 'lessons',
  },
  {
    name: 'chaos',
    program: 'node',
    // Few enough rounds to stay within a minute and a half; `npm run test:chaos` plays more, of any seed.
    args: ['--import', 'tsx', 'e2e/chaos/main.ts', '--seed', '11', '--rounds', '3'],
    needs: { ...lab, fakeClock: true },
    report: 'lessons',
  },
  { name: 'e2e', program: 'playwright', args: ['test'], needs: { ...lab, browser: true }, report: 'playwright' },
];

export interface SuiteSurroundings {
  signal: AbortSignal;
  progress: Progress;
  /** Makes what the chosen suites need. @returns the browser's path, if one is needed */
  prepare: (needs: Needs) => Promise<string | null>;
  /** Begins to make the images for learners, which takes minutes: suites that need no lab run meanwhile. @returns waits for them */
  makeImages: () => () => Promise<void>;
}

/**
 * Runs all suites, or those named, to their end even when one fails, and prints `N passed, N failed` last.
 * @returns the exit code
 */
export async function runSuites(
  context: SetupContext,
  names: readonly string[],
  around: SuiteSurroundings,
): Promise<number> {
  const unknown = names.filter((name) => !suites.some((suite) => suite.name === name));
  if (unknown.length > 0) {
    console.error(
      `There is no suite ${unknown.join(', ')}. There are: ${suites.map((suite) => suite.name).join(', ')}.`,
    );
    return 2;
  }
  const chosen = suites.filter((suite) => names.length === 0 || names.includes(suite.name));
  const browser = await around.prepare({
    lab: chosen.some((suite) => suite.needs.lab),
    browser: chosen.some((suite) => suite.needs.browser),
    fakeClock: chosen.some((suite) => suite.needs.fakeClock),
  });
  around.progress.dispose();
  const imagesMade = chosen.some((suite) => suite.needs.lab) ? around.makeImages() : null;

  const results: { suite: Suite; totals: Totals; took: number }[] = [];
  const run = async (suite: Suite, output: number | 'inherit') => {
    const began = Date.now();
    const totals = await runSuite(context, suite, { browser, signal: around.signal, output });
    return { suite, totals, took: Date.now() - began };
  };
  const isBeside = (suite: Suite): boolean => chosen.some(({ name }) => name === suite.beside);
  for (const suite of chosen.filter((each) => !isBeside(each))) {
    if (suite.needs.lab) await imagesMade?.();
    if (around.signal.aborted) break;
    const beside = chosen.filter((each) => each.beside === suite.name);
    const others = beside.map(async (each) => {
      const log = join(context.config.root, '.drydock', `${each.name}.log`);
      await mkdir(dirname(log), { recursive: true });
      const file = await open(log, 'w');
      const result = await run(each, file.fd).finally(() => file.close());
      return { result, text: await readFile(log, 'utf8') };
    });
    // Waited for below; until then nobody listens to what may go wrong.
    for (const other of others) other.catch(() => undefined);
    console.log(`\n── ${headOf(suite)}${beside.map((each) => `, and beside it ${each.name}`).join('')}`);
    results.push(await run(suite, 'inherit'));
    for (const { result, text } of await Promise.all(others)) {
      console.log(`\n── ${headOf(result.suite)}\n${text}`);
      results.push(result);
    }
  }

  console.log('');
  for (const { suite, totals, took } of results) {
    const skipped = totals.skipped === 0 ? '' : `, ${totals.skipped} skipped`;
    console.log(
      `${suite.name.padEnd(10)} ${totals.passed} passed, ${totals.failed} failed${skipped} (${formatDuration(took)})`,
    );
  }
  const sum = (key: keyof Totals): number => results.reduce((total, result) => total + result.totals[key], 0);
  if (around.signal.aborted) console.log('Interrupted; not everything was run.');
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
  if (around.signal.aborted) return 130;
  return sum('failed') === 0 ? 0 : 1;
}

function headOf(suite: Suite): string {
  return `${suite.name}: ${[suite.program, ...suite.args].join(' ')}`;
}

async function runSuite(
  context: SetupContext,
  suite: Suite,
  { browser, signal, output }: { browser: string | null; signal: AbortSignal; output: number | 'inherit' },
): Promise<Totals> {
  const { root } = context.config;
  const report = join(root, '.drydock/reports', `${suite.name}.json`);
  await mkdir(join(root, '.drydock/reports'), { recursive: true });
  await rm(report, { force: true });
  // Tests' servers listen on this machine alone, whatever the lab itself is configured for.
  const env: Environment = { ...context.env, HOST: '127.0.0.1', DRYDOCK_OPEN: 'never' };
  if (browser !== null) env.DRYDOCK_CHROMIUM = browser;
  env.PLAYWRIGHT_JSON_OUTPUT_FILE = report;
  const args =
    suite.report === 'vitest'
      ? [...suite.args, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
      : suite.report === 'playwright'
        ? [...suite.args, '--reporter=list,json']
        : suite.report === 'lessons'
          ? [...suite.args, '--report', report]
          : suite.args;
  const program = suite.program === 'node' ? process.execPath : join(root, 'node_modules/.bin', suite.program);
  const exitCode = await runProgram(program, args, { cwd: root, env, signal, output });
  if (suite.report === null)
    return exitCode === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
  return suite.report === 'lessons' ? readLessonTotals(report, exitCode) : readTotals(suite.report, report, exitCode);
}

const lessonsReport = z.object({ passed: z.number(), failed: z.number(), skipped: z.number() });

/** Of `npm run lessons -- test` and the chaos test: each lesson or round counts as one test. Without a report, or badly ended, it never is clean. */
async function readLessonTotals(file: string, exitCode: number): Promise<Totals> {
  const text = await readFile(file, 'utf8').catch(() => '{"passed":0,"failed":0,"skipped":0}');
  const totals = lessonsReport.parse(JSON.parse(text));
  return exitCode !== 0 && totals.failed === 0 ? { ...totals, failed: 1 } : totals;
}

/** @param output where both of its streams go: this process's own, or an open file */
async function runProgram(
  program: string,
  args: string[],
  { cwd, env, signal, output }: { cwd: string; env: Environment; signal: AbortSignal; output: number | 'inherit' },
): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd,
      env: env as NodeJS.ProcessEnv,
      stdio: ['ignore', output, output],
      signal,
      killSignal: 'SIGTERM',
    });
    child.on('error', (error) => {
      if (!signal.aborted) console.error(`${program}: ${error.message}`);
      resolve(127);
    });
    child.on('close', (code) => resolve(code ?? 1));
  });
}
