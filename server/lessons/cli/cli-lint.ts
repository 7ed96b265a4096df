import { parseArgs } from 'node:util';
import type { Problem } from '../problem.ts';
import type { LessonsCliIo, LessonsCommand } from './cli-command.ts';
import { unknownOption } from './cli-options.ts';
import { problemText, readTargets } from './cli-targets.ts';

export const lintCommand: LessonsCommand = {
  name: 'lint',
  synopsis: ['[DIR…] [--json]'],
  summary:
    'reports every problem of the lessons, with file, line and column. DIR is a folder of courses, a course or a lesson; without one, the lessons that ship with Drydock. --json: for programs.',
  run: async (argv, io, usage) => {
    try {
      const { values, positionals } = parseArgs({
        args: [...argv],
        allowPositionals: true,
        options: { json: { type: 'boolean' } },
      });
      return await lint(positionals, values.json === true, io);
    } catch (error) {
      if (!isArgumentError(error)) throw error;
      io.err(`${unknownOption('lint', argv, ['--json']) ?? error.message}\n\n${usage}`);
      return 2;
    }
  },
};

async function lint(folders: readonly string[], json: boolean, io: LessonsCliIo): Promise<number> {
  const targets = await readTargets(folders, io);
  if (targets === null) return 2;
  const lessons = targets.reduce((sum, target) => sum + target.lessons.length, 0);
  const all: Problem[] = targets.flatMap((target) => target.problems);
  const errors = all.filter((problem) => problem.severity === 'error').length;
  const warnings = all.length - errors;
  if (json) io.out(`${JSON.stringify({ lessons, errors, warnings, problems: all }, null, 2)}\n`);
  else {
    for (const problem of all) io.out(problemText(problem));
    io.out(
      `${lessons} ${lessons === 1 ? 'lesson' : 'lessons'}: ${errors} ${errors === 1 ? 'error' : 'errors'}, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}.\n`,
    );
  }
  return errors > 0 ? 1 : 0;
}

function isArgumentError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}
