import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { nearestWord } from '../checks/nearest-word.ts';
import { DrydockError, describeError } from '../errors.ts';
import type { LessonToPlay, PlayRequest } from '../lesson-player/play-request.ts';
import type { PlayReport } from '../lesson-player/report.ts';
import { readTargets, type Target, type TargetIo } from './cli-targets.ts';

/** Plays lessons and shows how it goes. */
export type Play = (request: PlayRequest) => Promise<PlayReport>;

interface TestOptions {
  folders: string[];
  only: string[];
  jobs: number | null;
  json: boolean;
  /** Where the JSON is written as well. */
  report: string | null;
}

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
    const report = await play({ lessons, jobs: options.jobs, json: options.json });
    if (options.report !== null)
      await writeFile(resolve(io.cwd, options.report), `${JSON.stringify(report, null, 2)}\n`);
    if (report.interrupted) return 130;
    return report.failed > 0 ? 1 : 0;
  } catch (error) {
    const foreseen = error instanceof DrydockError || !(error instanceof Error);
    io.err(`${foreseen ? describeError(error) : (error.stack ?? error.message)}\n`);
    return 1;
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
      },
    });
    const { only = [], jobs, json = false, report } = values;
    if (jobs !== undefined && !/^[1-9]\d?$/.test(jobs))
      return `--jobs ${jobs}: allowed is a whole number from 1 to 99.`;
    return {
      folders: positionals,
      only,
      jobs: jobs === undefined ? null : Number(jobs),
      json,
      report: report ?? null,
    };
  } catch (error) {
    const known = ['--only', '--jobs', '--json', '--report'];
    const unknown = argv.find(
      (argument) => argument.startsWith('-') && !known.includes(argument.split('=', 1)[0] ?? ''),
    );
    if (unknown === undefined) return describeError(error);
    const near = nearestWord(unknown, known);
    return `test has no option \`${unknown}\`.${near ? ` Did you mean \`${near}\`?` : ''}`;
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
