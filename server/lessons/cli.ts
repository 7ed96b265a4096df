import { realpathSync } from 'node:fs';
import { lstat, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nearestWord } from '../checks/nearest-word.ts';
import { isPlainFile } from './bounded-files.ts';
import { lintCourses } from './lint.ts';
import { type LoadedCourse, loadDirectory } from './load-courses.ts';
import type { Problem } from './problem.ts';
import { withReference } from './render-reference.ts';

export interface LessonsCliIo {
  /** Folder that relative arguments and shown paths are relative to. */
  cwd: string;
  /** The shipped lessons: what is linted when no folder is named. */
  shipped: string;
  out: (text: string) => void;
  err: (text: string) => void;
}

const usage = `Usage: npm run lessons -- lint [DIR…] [--json]
       npm run lessons -- reference

  lint       reports every problem of the lessons, with file, line and column.
             DIR is a folder of courses, a course or a lesson; without one, the
             lessons that ship with Drydock. --json: for programs.
  reference  brings the tables in lessons/README.md up to date.

Ends with 0 when there is no error, 1 when there is one, 2 when it was asked wrongly.
`;

/** @returns the exit status */
export async function runLessonsCli(argv: readonly string[], io: LessonsCliIo): Promise<number> {
  const [command, ...rest] = argv;
  if (command === '--help' || command === '-h' || command === 'help') {
    io.out(usage);
    return 0;
  }
  if (command === 'reference' && rest.length === 0) return updateReference(io);
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
  const targets: Target[] = [];
  for (const folder of folders.length > 0 ? folders.map((name) => resolve(io.cwd, name)) : [io.shipped]) {
    const target = await findTarget(folder);
    if (target === null) {
      io.err(`There is no folder ${show(folder, io.cwd)}.\n`);
      return 2;
    }
    targets.push(target);
  }
  const shipped = await loadDirectory(io.shipped, prefixOf(io.shipped, io.cwd));
  const all: Problem[] = [];
  let lessons = 0;
  for (const { root, prefix } of targets) {
    const courses = root === io.shipped ? shipped : await loadDirectory(root, prefixOf(root, io.cwd));
    const wanted = show(prefix, io.cwd);
    const inside = (file: string): boolean => prefix === root || file.startsWith(prefixOf(prefix, io.cwd));
    const problems = (await lintCourses(courses, shipped)).filter((problem) => inside(problem.file));
    const count = countLessons(courses, inside);
    if (count === 0 && problems.length === 0) {
      io.err(`There is no lesson in ${wanted}.\n`);
      return 2;
    }
    lessons += count;
    all.push(...problems);
  }
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

interface Target {
  /** The folder of courses. */
  root: string;
  /** What of it is reported. */
  prefix: string;
}

/** A single lesson is looked at among its neighbours: links and prerequisites lead there. */
async function findTarget(folder: string): Promise<Target | null> {
  const stat = await lstat(folder).catch(() => null);
  if (!stat?.isDirectory()) return null;
  if (await isPlainFile(join(folder, 'lesson.md'))) return { root: dirname(dirname(folder)), prefix: folder };
  if (await isPlainFile(join(folder, 'course.yaml'))) return { root: dirname(folder), prefix: folder };
  return { root: folder, prefix: folder };
}

function countLessons(courses: readonly LoadedCourse[], inside: (file: string) => boolean): number {
  return courses.flatMap((course) => course.lessons).filter((lesson) => inside(lesson.file)).length;
}

/** What stands before the names of files below a folder. */
function prefixOf(path: string, cwd: string): string {
  return path === cwd ? '' : `${show(path, cwd)}/`;
}

function show(path: string, cwd: string): string {
  const short = relative(cwd, path);
  if (short === '') return '.';
  return short.startsWith('..') ? path : short;
}

function isMain(): boolean {
  const [, script] = process.argv;
  return script !== undefined && realpathSync(script) === fileURLToPath(import.meta.url);
}

if (isMain()) {
  process.exitCode = await runLessonsCli(process.argv.slice(2), {
    cwd: process.cwd(),
    shipped: fileURLToPath(new URL('../../lessons', import.meta.url)),
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
  });
}
