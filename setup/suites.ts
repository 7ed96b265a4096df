import type { ReportKind } from './test-reports.ts';

export interface Suite {
  name: string;
  /** Program in node_modules/.bin, or `node`. */
  program: string;
  args: string[];
  needs: Needs;
  /** null: it counts as one test, by its exit code. */
  report: ReportKind | null;
  /**
   * Runs while that one runs, where both do, after others that do so: engine tests wait for sandboxes much of their time.
   * Its output comes when that one has ended.
   */
  beside?: string;
  /**
   * Files that fail are tried once more at the end of the suite, with nothing beside them, and this is told of: a busy
   * machine is no reason for a red run. Not where one of these files failed.
   */
  triesAgain?: { but: readonly string[] };
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

/** They show that what is one learner's is nobody else's. A leak that shows one time in two is a leak. */
const isolation = [
  'server/create-app.engine.test.ts',
  'server/docker/docker-sandbox-host.engine.test.ts',
  'server/docker/egress.engine.test.ts',
  'server/docker/sandbox-disks.engine.test.ts',
  'server/docker/sandbox-files.engine.test.ts',
  'server/docker/sandbox-image.engine.test.ts',
  'server/log-contents.engine.test.ts',
  'server/realtime/author.engine.test.ts',
  'server/registry/registry.engine.test.ts',
  'server/sandbox/bounds.engine.test.ts',
  'server/sandbox/two-servers.engine.test.ts',
  'server/workspace/workspace.engine.test.ts',
];

export const suites: readonly Suite[] = [
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
    triesAgain: { but: isolation },
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
    name: 'images',
    program: 'vitest',
    // Each file has a sandbox of its own, and mostly waits for servers in it.
    args: ['run', '--project', 'images', '--maxWorkers=3'],
    needs: lab,
    report: 'vitest',
    triesAgain: { but: [] },
    beside: 'engine',
  },
  {
    name: 'attacks',
    program: 'vitest',
    args: ['run', '--project', 'attacks'],
    needs: lab,
    report: 'vitest',
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
