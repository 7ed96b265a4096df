import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { plural } from '../../checks/words.ts';
import { DrydockError, describeError } from '../../errors.ts';
import type { LessonsCommand } from '../cli/cli-command.ts';
import { unknownOption } from '../cli/cli-options.ts';
import { show } from '../cli/cli-targets.ts';
import { type ImportReport, importLessons } from './import-lessons.ts';

interface ImportOptions {
  source: string;
  directory: string;
  course: string | null;
  json: boolean;
}

const options = ['--course', '--json'];

export const importCommand: LessonsCommand = {
  name: 'import',
  synopsis: ['SOURCE DIR [--course ID] [--json]'],
  summary:
    'turns a Labspace, a Killercoda scenario or a folder of scenarios into a course of its own in DIR, and lists what could not be translated, with file and line of the source: then it ends with 1. --course: what the course is to be called.',
  run: async (argv, io, usage) => {
    const read = readOptions(argv);
    if (typeof read === 'string') {
      io.err(`${read}\n\n${usage}`);
      return 2;
    }
    const source = resolve(io.cwd, read.source);
    const directory = resolve(io.cwd, read.directory);
    try {
      const report = await importLessons(source, directory, read.course);
      const folder = show(resolve(directory, report.course), io.cwd);
      io.out(read.json ? `${JSON.stringify({ folder, ...report }, null, 2)}\n` : render(report, folder));
      return report.gaps.some((gap) => gap.severity === 'gap') ? 1 : 0;
    } catch (error) {
      const foreseen = error instanceof DrydockError || !(error instanceof Error) || 'code' in error;
      io.err(`${foreseen ? describeError(error) : (error.stack ?? error.message)}\n`);
      return 2;
    }
  },
};

/** @returns words when they cannot be understood */
function readOptions(argv: readonly string[]): ImportOptions | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { course: { type: 'string' }, json: { type: 'boolean' } },
    });
    const [source, directory, ...more] = positionals;
    if (source === undefined || directory === undefined || more.length > 0)
      return `import takes two folders: what is imported, and where its course is to be put. There ${positionals.length === 1 ? 'is 1' : `are ${positionals.length}`}.`;
    const { course = null, json = false } = values;
    if (course !== null && !(/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(course) && course.length <= 60))
      return `--course ${course}: a course is named in a-z, 0-9 and single hyphens, at most 60 of them.`;
    return { source, directory, course, json };
  } catch (error) {
    return unknownOption('import', argv, options) ?? describeError(error);
  }
}

function render(report: ImportReport, folder: string): string {
  const gaps = report.gaps.filter((gap) => gap.severity === 'gap');
  const notes = report.gaps.filter((gap) => gap.severity === 'note');
  const lines = (items: typeof gaps): string[] =>
    items.flatMap((gap) => [
      `${gap.file}:${gap.line} ${gap.code}${gap.found === undefined ? '' : `  ${gap.found}`}`,
      `    ${gap.message}`,
    ]);
  return [
    ...(gaps.length > 0 ? ['Not translated:', '', ...lines(gaps), ''] : []),
    ...(notes.length > 0 ? ['Worth knowing:', '', ...lines(notes), ''] : []),
    `The ${report.kind} is the course ${folder} now: ${plural(report.lessons.length, 'lesson')}, ${plural(report.steps, 'step')}, ${plural(report.files, 'file')}.`,
    gaps.length === 0 ? 'Everything was translated.' : `${plural(gaps.length, 'thing')} could not be translated.`,
    `Next: npm run lessons -- lint ${folder}`,
    '',
  ].join('\n');
}
