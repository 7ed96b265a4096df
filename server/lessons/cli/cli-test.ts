import { access, constants, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { DrydockError, describeError } from '../../errors.ts';
import { readCatalogue } from '../../images/catalogue.ts';
import { indexImages } from '../../images/image-index.ts';
import type { LessonToPlay } from '../../lesson-player/play-request.ts';
import { type Chosen, readChosen } from './cli-chosen.ts';
import type { LessonsCliIo, LessonsCommand, Play } from './cli-command.ts';
import { failureText, playedStatus, readJobs, unknownOption } from './cli-options.ts';
import type { TargetIo } from './cli-targets.ts';
import { changedFiles, readTurn, takeTurn } from './turn.ts';

interface TestOptions {
  folders: string[];
  only: string[];
  jobs: number | null;
  json: boolean;
  /** Where the JSON is written as well. */
  report: string | null;
  startOver: boolean;
  /** `auto` or a number: only those whose turn it is; null: all. */
  turn: string | null;
  retries: number;
}

type TestIo = TargetIo & Pick<LessonsCliIo, 'env' | 'git'>;

export const testCommand: LessonsCommand = {
  name: 'test',
  synopsis: [
    '[DIR…] [--only COURSE/LESSON]… [--jobs N]',
    '[--turn auto|N] [--retries N] [--start-over] [--json] [--report FILE]',
  ],
  summary:
    'plays lessons in fresh sandboxes, as a learner does: in every step the checks have to fail first, and to be met once its blocks were carried out. --jobs: how many at a time; as many as the machine carries when left out. --start-over: then another learner starts over from the last step. --turn: a third of the lessons, another one for each number, and those that changed; auto takes the number of the CI, and plays all where there is none. Where git does not tell what changed, all are played. --retries: a lesson that failed is played so many times more, alone, after the others. --report: writes the JSON to a file as well.',
  run: async (argv, io, usage) => {
    if (io.play !== undefined) return testLessons(argv, io, io.play, usage);
    io.err('Lessons cannot be played here.\n');
    return 2;
  },
};

/** @returns the exit status: 0 all passed, 1 one failed, 2 asked wrongly, 130 interrupted */
export async function testLessons(argv: readonly string[], io: TestIo, play: Play, usage: string): Promise<number> {
  const options = readOptions(argv);
  if (typeof options === 'string') {
    io.err(`${options}\n\n${usage}`);
    return 2;
  }
  const chosen = await readChosen(options.folders, options.only, io);
  if (typeof chosen === 'number') return chosen;
  const lessons = await inTurn(chosen, options.turn, io);
  try {
    // Before minutes are spent on what could not be written down.
    if (options.report !== null) await writable(io, options.report, (path) => access(dirname(path), constants.W_OK));
    const { jobs, json, startOver, retries } = options;
    const report = await play({ lessons, jobs, json, startOver, retries, outputs: 'compare' });
    if (options.report !== null) {
      const text = `${JSON.stringify(report, null, 2)}\n`;
      await writable(io, options.report, (path) => writeFile(path, text));
    }
    return playedStatus(report);
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
        turn: { type: 'string' },
        retries: { type: 'string', default: '0' },
      },
    });
    const { only = [], jobs, json = false, report, 'start-over': startOver = false, turn = null, retries } = values;
    const atATime = readJobs(jobs);
    if (atATime !== null && typeof atATime === 'object') return atATime.wrong;
    if (!/^[0-3]$/.test(retries)) return `--retries ${retries}: allowed is a whole number from 0 to 3.`;
    if (turn !== null && !/^(?:auto|\d{1,15})$/.test(turn))
      return `--turn ${turn}: allowed is auto, or a whole number.`;
    return {
      folders: positionals,
      only,
      jobs: atATime,
      json,
      report: report ?? null,
      startOver,
      turn,
      retries: Number(retries),
    };
  } catch (error) {
    const known = ['--only', '--jobs', '--json', '--report', '--start-over', '--turn', '--retries'];
    return unknownOption('test', argv, known) ?? describeError(error);
  }
}

/** Those of the lessons whose turn it is; says which. */
async function inTurn({ lessons, targets }: Chosen, asked: string | null, io: TestIo): Promise<LessonToPlay[]> {
  const turn = asked === null ? null : readTurn(asked, io.env ?? {});
  if (turn === null) {
    if (asked !== null) io.err(`Nothing says which turn this is, so all ${lessons.length} lessons are played.\n`);
    return lessons;
  }
  const findImage = indexImages(io.images === undefined ? [] : await readCatalogue(io.images));
  const declared = new Map(
    targets.flatMap((target) => target.lessons.map(({ folder, lesson }) => [folder, lesson?.frontMatter.images ?? []])),
  );
  const places = lessons.map(({ id, folder }) => ({
    id,
    folder,
    images: (declared.get(folder) ?? []).flatMap((reference) => findImage(reference)?.folder ?? []),
  }));
  const changed = io.git === undefined ? null : await changedFiles(io.env ?? {}, io.git);
  const { chosen, words } = takeTurn(places, turn, { changed, root: dirname(io.shipped) });
  io.err(`${words}\n`);
  return lessons.filter(({ id }) => chosen.has(id));
}
