import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeError } from '../../errors.ts';
import type { LessonToPlay } from '../../lesson-player/play-request.ts';
import type { LessonReport } from '../../lesson-player/report.ts';
import { readChosen } from './cli-chosen.ts';
import type { LessonsCommand, Play } from './cli-command.ts';
import { failureText, playedStatus, readJobs, unknownOption } from './cli-options.ts';
import type { TargetIo } from './cli-targets.ts';
import { writeOutputs } from './write-outputs.ts';

interface RefreshOptions {
  folders: string[];
  only: string[];
  jobs: number | null;
  /** Nothing is written: what is not as it was seen is a failure. */
  check: boolean;
}

export const refreshCommand: LessonsCommand = {
  name: 'refresh',
  synopsis: ['[DIR…] [--only COURSE/LESSON]… [--jobs N] [--check]'],
  summary:
    'plays lessons as `test` does, and writes what their commands printed into the `console output` blocks that are empty or show something else. A lesson that does not pass stays as it is. --check: writes nothing, and fails where it would.',
  run: async (argv, io, usage) => {
    if (io.play !== undefined) return refreshLessons(argv, io, io.play, usage);
    io.err('Lessons cannot be played here.\n');
    return 2;
  },
};

/** @returns the exit status: 0 all passed, 1 one failed, 2 asked wrongly, 130 interrupted */
export async function refreshLessons(
  argv: readonly string[],
  io: TargetIo,
  play: Play,
  usage: string,
): Promise<number> {
  const options = readOptions(argv);
  if (typeof options === 'string') {
    io.err(`${options}\n\n${usage}`);
    return 2;
  }
  // Before they are read by whoever plays them: what is newer than this is not overwritten.
  const sources = new Map<string, string>();
  const chosen = await readChosen(options.folders, options.only, io);
  if (typeof chosen === 'number') return chosen;
  const { lessons } = chosen;
  try {
    // One with errors is not played.
    for (const lesson of lessons.filter(({ problems }) => problems.length === 0))
      sources.set(fileOf(lesson), await readFile(fileOf(lesson), 'utf8'));
    const finish = async (report: LessonReport): Promise<LessonReport> => {
      const lesson = lessons.find(({ id, file }) => id === report.lesson && file === report.file);
      return lesson === undefined ? report : refresh(report, fileOf(lesson), sources.get(fileOf(lesson)) ?? '');
    };
    const { jobs, check } = options;
    const request = { lessons, jobs, json: false, startOver: false, retries: 0 };
    const report = await play(check ? { ...request, outputs: 'compare' } : { ...request, outputs: 'collect', finish });
    return playedStatus(report);
  } catch (error) {
    io.err(failureText(error));
    return 1;
  }
}

/** @returns words when they cannot be understood */
function readOptions(argv: readonly string[]): RefreshOptions | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        only: { type: 'string', multiple: true },
        jobs: { type: 'string' },
        check: { type: 'boolean' },
      },
    });
    const { only = [], jobs, check = false } = values;
    const atATime = readJobs(jobs);
    if (atATime !== null && typeof atATime === 'object') return atATime.wrong;
    return { folders: positionals, only, jobs: atATime, check };
  } catch (error) {
    return unknownOption('refresh', argv, ['--only', '--jobs', '--check']) ?? describeError(error);
  }
}

function fileOf({ folder }: LessonToPlay): string {
  return join(folder, 'lesson.md');
}

/** Writes the outputs that are not as they were seen. @param source the lesson as it was when it was played */
async function refresh(report: LessonReport, file: string, source: string): Promise<LessonReport> {
  const fresh = report.outputs.filter(({ state }) => state === 'empty' || state === 'stale');
  if (report.state !== 'passed' || fresh.length === 0) return report;
  const refuse = (why: string): LessonReport => ({
    ...report,
    state: 'failed',
    trouble: [...report.trouble, `${report.file}: ${why} Nothing was written.`],
  });
  try {
    const text = writeOutputs(
      source,
      fresh.map(({ line, seen }) => ({ line, text: seen })),
    );
    if (text === null) return refuse('an output is not where it was when the lesson was played.');
    const { mode } = await stat(file);
    if ((await readFile(file, 'utf8')) !== source) return refuse('it was changed while it was played.');
    // Whole, or not at all: whoever reads it meanwhile sees one or the other.
    const beside = `${file}.${randomUUID()}`;
    try {
      await writeFile(beside, text, { mode, flag: 'wx' });
      await rename(beside, file);
    } finally {
      await rm(beside, { force: true });
    }
  } catch (error) {
    return refuse(describeError(error));
  }
  const outputs = report.outputs.map((output) =>
    fresh.includes(output) ? { ...output, state: 'written' as const } : output,
  );
  return { ...report, outputs };
}
