import { access, constants, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { nearestWord } from '../checks/nearest-word.ts';
import { DrydockError, describeError } from '../errors.ts';
import type { LessonToPlay } from '../lesson-player/play-request.ts';
import type { LessonsCommand, Play } from './cli-command.ts';
import { failureText, unknownOption } from './cli-options.ts';
import { readTargets, type Target, type TargetIo } from './cli-targets.ts';

interface TestOptions {
  folders: string[];
  only: string[];
  jobs: number | null;
  json: boolean;
  /** Where the JSON is written as well. */
  report: string | null;
  startOver: boolean;
}

export const testCommand: LessonsCommand = {
  name: 'test',
  synopsis: ['[DIR…] [--only COURSE/LESSON]… [--jobs N]', '[--start-over] [--json] [--report FILE]'],
  summary:
    'plays lessons in fresh sandboxes, as a learner does: in every step the checks have to fail first, and to be met once its blocks were carried out. --jobs: how many at a time; as many as the machine carries when left out. --start-over: then another learner starts over from the last step. --report: writes the JSON to a file as well.',
  run: async (argv, io, usage) => {
    if (io.play !== undefined) return testLessons(argv, io, io.play, usage);
    io.err('Lessons cannot be played here.\n');
    return 2;
  },
};

/** @returns the exit status: 0 all passed, 1 one failed, 2 asked wrongly, 130 interrupted */
export async function testLessons(argv: readonly string[], io: TargetIo, play: Play, usage: string): Promise<number> {
  const options = readOptions(argv);
  if (typeof options === 'string') {
    io.err(`${options}\n\n${usage}`);
    return 2;
  }
  const targets = await readTargets(options.folders, io);
  if (targets === null) return 2;
  const lessons = choose(targets, options.only);
  if (typeof lessons === 'string') {
    io.err(`${lessons}\n`);
    return 2;
  }
  try {
    // Before minutes are spent on what could not be written down.
    if (options.report !== null) await writable(io, options.report, (path) => access(dirname(path), constants.W_OK));
    const { jobs, json, startOver } = options;
    const report = await play({ lessons, jobs, json, startOver });
    if (options.report !== null) {
      const text = `${JSON.stringify(report, null, 2)}\n`;
      await writable(io, options.report, (path) => writeFile(path, text));
    }
    if (report.interrupted) return 130;
    return report.failed > 0 ? 1 : 0;
  } catch (error) {
    io.err(failureText(error));
    return 1;
  }
}

/** @throws DrydockError with words when what is done with the path of the report fails */
async function writable(io: TargetIo, path: string, act: (path: string) => Promise<void>): Promise<void> {
  try {
    await act(resolve(io.cwd, path));
  } catch (cause) {
    throw new DrydockError('config.invalid', `--report ${path} cannot be written: ${describeError(cause)}`, { cause });
  }
}

/** @returns words when they cannot be understood */
function readOptions(argv: readonly string[]): TestOptions | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        only: { type: 'string', multiple: true },
        jobs: { type: 'string' },
        json: { type: 'boolean' },
        report: { type: 'string' },
        'start-over': { type: 'boolean' },
      },
    });
    const { only = [], jobs, json = false, report, 'start-over': startOver = false } = values;
    if (jobs !== undefined && !/^[1-9]\d?$/.test(jobs))
      return `--jobs ${jobs}: allowed is a whole number from 1 to 99.`;
    return {
      folders: positionals,
      only,
      jobs: jobs === undefined ? null : Number(jobs),
      json,
      report: report ?? null,
      startOver,
    };
  } catch (error) {
    const known = ['--only', '--jobs', '--json', '--report', '--start-over'];
    return unknownOption('test', argv, known) ?? describeError(error);
  }
}

/** The lessons that are meant, each once, with the linter's errors. @returns words when one is not there */
function choose(targets: readonly Target[], only: readonly string[]): LessonToPlay[] | string {
  const found = new Map<string, LessonToPlay>();
  for (const { root, lessons, problems } of targets) {
    for (const { id, file, folder } of lessons) {
      const errors = problems.filter((problem) => problem.file === file && problem.severity === 'error');
      found.set(folder, { id, root, file, problems: errors });
    }
  }
  const all = [...found.values()];
  const ids = all.map((lesson) => lesson.id);
  const missing = only.find((id) => !ids.includes(id));
  if (missing === undefined) return only.length === 0 ? all : all.filter((lesson) => only.includes(lesson.id));
  const near = nearestWord(missing, ids);
  return `There is no lesson \`${missing}\` here.${near ? ` Did you mean \`${near}\`?` : ''}`;
}
