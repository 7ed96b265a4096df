import { resolve } from 'node:path';
import { parseConfig } from '../server/config.ts';
import { makeDataFolder } from '../server/data-folder.ts';
import { DrydockError } from '../server/errors.ts';
import { formatDuration, Progress } from '../server/progress.ts';
import { createContext, type SetupContext } from './context.ts';
import { examine, renderFindings } from './doctor.ts';
import { labSteps, programSteps, registrySteps } from './plan.ts';
import { SetupProblem } from './problem.ts';
import { runSteps, type Step, StepFailure } from './run-steps.ts';
import { chromiumStep, findChromium } from './steps/chromium.ts';
import { engineStep } from './steps/engine.ts';
import { fakeClockStep } from './steps/fake-clock.ts';
import { imagesStep, type WantedImages } from './steps/images.ts';
import { runSuites } from './test-suites.ts';

/*
 * What bootstrap.mjs runs once the npm packages are there: prepares what the command needs, or does it whole.
 * Progress goes to stderr. Exit codes: 0, 1 failed, 2 wrong use, 130 interrupted.
 */
const [command = 'start', ...args] = process.argv.slice(2);
const root = resolve(import.meta.dirname, '..');
const abort = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => abort.abort());

const progress = new Progress({
  write: (text) => void process.stderr.write(text),
  isTTY: process.stderr.isTTY,
  columns: process.stderr.columns ?? 80,
});
try {
  process.exitCode = await main();
} catch (error) {
  progress.dispose();
  process.exitCode = abort.signal.aborted ? 130 : 1;
  console.error(
    abort.signal.aborted ? 'Interrupted. What is done stays done; the next run goes on from there.' : explain(error),
  );
}
progress.dispose();

async function main(): Promise<number> {
  const config = parseConfig(process.env, { root, platform: process.platform, isTerminal: process.stdout.isTTY });
  makeDataFolder(config.dataDir);
  const context = createContext(config, process.env);
  switch (command) {
    // The server makes the images for learners, in the background.
    case 'start':
    case 'build':
      await prepare([...labSteps(context), ...programSteps(context)]);
      return 0;
    case 'dev':
    case 'images-bundle':
      await prepare(labSteps(context));
      return 0;
    case 'bench':
      await prepare([...labSteps(context), images(context, 'all'), ...programSteps(context), chromiumStep(context)]);
      return 0;
    // What is played makes the images it needs by itself.
    case 'lessons-test':
      await prepare(labSteps(context));
      return 0;
    // The folders of the lessons that will be shown.
    case 'lessons-preview':
      await prepare([...labSteps(context), images(context, lessonsIn(context, args)), ...programSteps(context)]);
      return 0;
    case 'images':
      await prepare(registrySteps(context));
      return 0;
    case 'engine':
      await prepare([engineStep(context)]);
      return 0;
    case 'test':
      return test(context);
    case 'doctor': {
      const findings = await examine(context);
      console.log(args.includes('--json') ? JSON.stringify(findings, null, 2) : renderFindings(findings));
      return findings.some((finding) => finding.status === 'fail') ? 1 : 0;
    }
    default:
      console.error(`There is no command "${command}".`);
      return 2;
  }
}

/** `npm test`, or `npm test -- unit e2e` for some of it. */
async function test(context: SetupContext): Promise<number> {
  return runSuites(context, args, {
    signal: abort.signal,
    progress,
    prepare: async (needs) => {
      await prepare([
        ...(needs.lab ? [...labSteps(context), ...programSteps(context)] : []),
        ...(needs.browser ? [chromiumStep(context)] : []),
        ...(needs.fakeClock ? [fakeClockStep(context)] : []),
      ]);
      return needs.browser ? findChromium(context) : null;
    },
    makeImages: () => {
      // `prepare` has made what it needs.
      const making = makeQuietly([{ ...images(context, 'all'), needs: [] }]);
      // Told when somebody waits for it.
      making.done.catch(() => undefined);
      return () => making.wait();
    },
  });
}

/** Does steps beside something else that writes: what they say is shown as soon as they are waited for. */
function makeQuietly(steps: Step[]): { done: Promise<void>; wait: () => Promise<void> } {
  let shown = false;
  const output = { write: (text: string) => void (shown && process.stderr.write(text)), isTTY: false, columns: 80 };
  const own = new Progress(output);
  const done = runSteps(steps, own, { signal: abort.signal }).then(
    () => own.dispose(),
    (error: unknown) => {
      own.dispose();
      throw error;
    },
  );
  return {
    done,
    wait: async () => {
      shown = true;
      own.refresh();
      await done;
    },
  };
}

function images(context: SetupContext, wanted: WantedImages): Step {
  return imagesStep(context, wanted, (text) => progress.say(text));
}

/** The shipped lessons, and those in folders that were named. */
function lessonsIn({ config }: SetupContext, named: readonly string[]): WantedImages {
  return { lessons: [...config.lessonDirs, ...named.map((folder) => resolve(folder))] };
}

async function prepare(steps: Step[]): Promise<void> {
  const began = Date.now();
  const ran = await runSteps(steps, progress, { signal: abort.signal });
  if (ran.length > 0) progress.say(`Everything is there (${formatDuration(Date.now() - began)}).`);
}

/** A failure in words: which step, why, and what to type. */
function explain(error: unknown): string {
  const step = error instanceof StepFailure ? error : null;
  const cause = step === null ? error : step.cause;
  const lines = [`✗ ${error instanceof Error ? error.message : String(error)}`];
  if (cause instanceof SetupProblem && cause.remedy.length > 0) {
    lines.push('', 'To go on:', ...cause.remedy.map((line) => `    ${line}`));
  } else if (!(cause instanceof SetupProblem) && !(cause instanceof DrydockError) && cause instanceof Error) {
    // Not foreseen: whoever reports it needs to know where.
    lines.push(cause.stack ?? '');
  }
  return lines.join('\n');
}
