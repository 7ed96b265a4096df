import { spawn } from 'node:child_process';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { Environment } from '../server/config.ts';
import type { Progress } from '../server/progress.ts';
import type { SetupContext } from './context.ts';
import { type Needs, type Suite, suites } from './suites.ts';
import { type SuiteResult, tellResults } from './tell-results.ts';
import { afterSecondTry, type Outcome, readOutcome, type Totals } from './test-reports.ts';

export interface SuiteSurroundings {
  signal: AbortSignal;
  progress: Progress;
  /** Makes what the chosen suites need. @returns the browser's path, if one is needed */
  prepare: (needs: Needs) => Promise<string | null>;
  /** Begins to make the images for learners, which takes minutes: suites that need no lab run meanwhile. @returns waits for them */
  makeImages: () => () => Promise<void>;
}

/**
 * Runs all suites, or those named, to their end even when one fails, tells again what failed, and prints
 * `N passed, N failed` last.
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

  const results: SuiteResult[] = [];
  const run = async (suite: Suite, output: number | 'inherit'): Promise<SuiteResult> => {
    const began = Date.now();
    const outcome = await runSuite(context, suite, { browser, signal: around.signal, output });
    return { name: suite.name, outcome, took: Date.now() - began };
  };
  /** One after the other, with what they print kept for later. */
  const runAll = async (beside: readonly Suite[]) => {
    const ended: { suite: Suite; result: SuiteResult; text: string }[] = [];
    for (const suite of beside) {
      if (around.signal.aborted) break;
      const log = join(context.config.root, '.drydock', `${suite.name}.log`);
      await mkdir(dirname(log), { recursive: true });
      const file = await open(log, 'w');
      const result = await run(suite, file.fd).finally(() => file.close());
      ended.push({ suite, result, text: await readFile(log, 'utf8') });
    }
    return ended;
  };
  const isBeside = (suite: Suite): boolean => chosen.some(({ name }) => name === suite.beside);
  for (const suite of chosen.filter((each) => !isBeside(each))) {
    if (suite.needs.lab) await imagesMade?.();
    if (around.signal.aborted) break;
    const beside = chosen.filter((each) => each.beside === suite.name);
    const others = runAll(beside);
    // Waited for below; until then nobody listens to what may go wrong.
    others.catch(() => undefined);
    console.log(
      `\n── ${headOf(suite)}${beside.length === 0 ? '' : `, and beside it ${beside.map(({ name }) => name).join(', then ')}`}`,
    );
    const result = await run(suite, 'inherit');
    for (const other of await others) {
      console.log(`\n── ${headOf(other.suite)}\n${other.text}`);
      results.push(await tryAgain(context, other.suite, other.result, { browser, signal: around.signal }));
    }
    results.push(await tryAgain(context, suite, result, { browser, signal: around.signal }));
  }

  console.log(`\n${tellResults(results, context.config.root)}`);
  const sum = (key: keyof Totals): number => results.reduce((total, { outcome }) => total + outcome.totals[key], 0);
  if (around.signal.aborted) console.log('Interrupted; not everything was run.');
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
  if (around.signal.aborted) return 130;
  return sum('failed') === 0 ? 0 : 1;
}

function headOf(suite: Suite): string {
  return `${suite.name}: ${[suite.program, ...suite.args].join(' ')}`;
}

interface Surroundings {
  browser: string | null;
  signal: AbortSignal;
}

/** Runs those files of a suite once more that failed, where the suite is one for which that says something. */
async function tryAgain(
  context: SetupContext,
  suite: Suite,
  first: SuiteResult,
  around: Surroundings,
): Promise<SuiteResult> {
  const { failed } = first.outcome;
  if (suite.triesAgain === undefined || failed.length === 0 || around.signal.aborted) return first;
  const files = [...new Set(failed.map(({ file }) => relative(context.config.root, file)))];
  // Where the suite itself ended badly, nobody knows which files to try.
  if (failed.some(({ file }) => file === '') || files.some((file) => suite.triesAgain?.but.includes(file)))
    return first;
  const again: Suite = { ...suite, name: `${suite.name}-again`, args: [...suite.args, ...files] };
  console.log(`\n── ${headOf(again)}: what failed, once more`);
  const began = Date.now();
  const second = await runSuite(context, again, { ...around, output: 'inherit' });
  return { ...first, outcome: afterSecondTry(first.outcome, second), took: first.took + Date.now() - began };
}

async function runSuite(
  context: SetupContext,
  suite: Suite,
  { browser, signal, output }: Surroundings & { output: number | 'inherit' },
): Promise<Outcome> {
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
  if (suite.report !== null) return readOutcome(suite.report, report, exitCode);
  if (exitCode === 0) return { totals: { passed: 1, failed: 0, skipped: 0 }, failed: [], secondTry: [] };
  const failed = { file: '', name: '', message: `it ended with exit code ${exitCode}; see its output above` };
  return { totals: { passed: 0, failed: 1, skipped: 0 }, failed: [failed], secondTry: [] };
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
