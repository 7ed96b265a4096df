import { realpathSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nearestWord } from '../checks/nearest-word.ts';
import { readTargets, show, type TargetIo } from './cli-targets.ts';
import { type Play, testLessons } from './cli-test.ts';
import type { Problem } from './problem.ts';
import { withReference } from './render-reference.ts';

export interface LessonsCliIo extends TargetIo {
  out: (text: string) => void;
  /** Without it there is no `test`. */
  play?: Play;
}

const usage = `Usage: npm run lessons -- lint [DIR…] [--json]
       npm run lessons -- test [DIR…] [--only COURSE/LESSON]… [--jobs N]
                               [--json] [--report FILE]
       npm run lessons -- reference

  lint       reports every problem of the lessons, with file, line and column.
             DIR is a folder of courses, a course or a lesson; without one, the
             lessons that ship with Drydock. --json: for programs.
  test       plays lessons in fresh sandboxes, as a learner does: in every step
             the checks have to fail first, and to be met once its blocks were
             carried out. --jobs: how many at a time; as many as the machine
             carries when left out. --report: writes the JSON to a file as well.
  reference  brings the tables in lessons/README.md up to date.

Ends with 0 when all is well, 1 when something is wrong with a lesson, 2 when it
was asked wrongly.
`;

/** @returns the exit status */
export async function runLessonsCli(argv: readonly string[], io: LessonsCliIo): Promise<number> {
  const [command, ...rest] = argv;
  if (command === '--help' || command === '-h' || command === 'help') {
    io.out(usage);
    return 0;
  }
  if (command === 'reference' && rest.length === 0) return updateReference(io);
  if (command === 'test' && io.play !== undefined) return testLessons(rest, io, io.play, usage);
  if (command !== 'lint') {
    io.err(command === undefined ? usage : `There is no command \`${argv.join(' ')}\`.\n\n${usage}`);
    return 2;
  }
  const unknown = rest.find((argument) => argument.startsWith('-') && argument !== '--json');
  if (unknown !== undefined) {
    const near = nearestWord(unknown, ['--json']);
    io.err(`lint has no option \`${unknown}\`.${near ? ` Did you mean \`${near}\`?` : ''}\n\n${usage}`);
    return 2;
  }
  return lint(
    rest.filter((argument) => !argument.startsWith('-')),
    rest.includes('--json'),
    io,
  );
}

async function updateReference(io: LessonsCliIo): Promise<number> {
  const path = join(io.shipped, 'README.md');
  const text = withReference(await readFile(path, 'utf8'));
  await writeFile(path, text);
  io.out(`The tables in ${show(path, io.cwd)} are up to date.\n`);
  return 0;
}

async function lint(folders: readonly string[], json: boolean, io: LessonsCliIo): Promise<number> {
  const targets = await readTargets(folders, io);
  if (targets === null) return 2;
  const lessons = targets.reduce((sum, target) => sum + target.lessons.length, 0);
  const all: Problem[] = targets.flatMap((target) => target.problems);
  const errors = all.filter((problem) => problem.severity === 'error').length;
  const warnings = all.length - errors;
  if (json) io.out(`${JSON.stringify({ lessons, errors, warnings, problems: all }, null, 2)}\n`);
  else {
    for (const problem of all)
      io.out(
        `${problem.file}:${problem.line}:${problem.column} ${problem.severity} ${problem.code}\n    ${problem.message}\n`,
      );
    io.out(
      `${lessons} ${lessons === 1 ? 'lesson' : 'lessons'}: ${errors} ${errors === 1 ? 'error' : 'errors'}, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}.\n`,
    );
  }
  return errors > 0 ? 1 : 0;
}

function isMain(): boolean {
  const [, script] = process.argv;
  return script !== undefined && realpathSync(script) === fileURLToPath(import.meta.url);
}

if (isMain()) {
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (!abort.signal.aborted) process.stderr.write('Stopping; what was made is being removed.\n');
      abort.abort();
    });
  }
  const outputOf = (stream: NodeJS.WriteStream) => ({
    write: (text: string) => void stream.write(text),
    isTTY: stream.isTTY === true,
    get columns() {
      return stream.columns || 80; // some terminals say 0
    },
  });
  process.exitCode = await runLessonsCli(process.argv.slice(2), {
    cwd: process.cwd(),
    shipped: fileURLToPath(new URL('../../lessons', import.meta.url)),
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    play: async (request) => {
      // Only here: a whole server is loaded, and the linter has no use for it.
      const { playAndShow } = await import('../lesson-player/player.ts');
      return playAndShow(request, {
        root: fileURLToPath(new URL('../..', import.meta.url)),
        // biome-ignore lint/style/noProcessEnv: the one place that hands the environment to the configuration
        env: process.env,
        signal: abort.signal,
        out: outputOf(process.stdout),
        err: outputOf(process.stderr),
      });
    },
  });
  // A connection that somebody forgot must not keep a command that is done; what is written is out by then.
  setTimeout(() => process.exit(), 3_000).unref();
}
