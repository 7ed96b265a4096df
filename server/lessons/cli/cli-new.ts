import { lstat, mkdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { isScalar, isSeq, parseDocument, type YAMLSeq } from 'yaml';
import { limits } from '../../../protocol/limits.ts';
import { nearestWord } from '../../checks/nearest-word.ts';
import { describeError } from '../../errors.ts';
import { foldersIn, readPlainFile } from '../library/bounded-files.ts';
import type { LessonsCommand } from './cli-command.ts';
import { show } from './cli-targets.ts';
import { courseSkeleton, lessonSkeleton } from './lesson-skeleton.ts';

/** What was asked cannot be done; nothing was written. */
class Refusal extends Error {}

const nameRule = 'a-z, 0-9 and single hyphens, at most 60 of them';

/** `npm run lessons -- new COURSE/LESSON [DIR]` */
export const newCommand: LessonsCommand = {
  name: 'new',
  synopsis: ['COURSE/LESSON [DIR]'],
  summary:
    'writes a lesson to begin with, and lists it in its course.yaml. DIR is a folder of courses; without one, that of the lessons that ship with Drydock. Nothing that is there is overwritten.',
  run: async (argv, io, usage) => {
    const asked = readArguments(argv);
    if (typeof asked === 'string') {
      io.err(`${asked}\n\n${usage}`);
      return 2;
    }
    const root = asked.folder === null ? io.shipped : resolve(io.cwd, asked.folder);
    try {
      const id = await checkId(asked.id, root);
      await writeLesson(root, id, (path) => show(path, io.cwd));
      const shown = show(root, io.cwd);
      const dir = root === io.shipped ? '' : ` ${shown}`;
      const lesson = show(join(root, id.course, id.lesson), io.cwd);
      io.out(
        `${lesson}/lesson.md is there: a lesson to change bit by bit.\n\n` +
          `  npm run lessons -- preview ${lesson}\n  npm run lessons -- lint${dir}\n  npm run lessons -- test${dir} --only ${id.course}/${id.lesson}\n`,
      );
      return 0;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      io.err(`${error.message}\n`);
      return 2;
    }
  },
};

/** @returns words when they cannot be understood */
function readArguments(argv: readonly string[]): { id: string; folder: string | null } | string {
  try {
    const { positionals } = parseArgs({ args: [...argv], allowPositionals: true, options: {} });
    const [id, folder, ...more] = positionals;
    if (id === undefined) return 'new needs the name of the lesson, as COURSE/LESSON.';
    if (more.length > 0) return `new takes a name and a folder; there is \`${more.join(' ')}\` too.`;
    return { id, folder: folder ?? null };
  } catch (error) {
    return describeError(error);
  }
}

interface LessonName {
  course: string;
  lesson: string;
}

/** @throws Refusal with the nearest good name */
async function checkId(text: string, root: string): Promise<LessonName> {
  const parts = text.split('/');
  const good = parts.map(goodName).filter((part) => part !== '');
  const [course, lesson] = parts;
  if (course !== undefined && lesson !== undefined && parts.length === 2 && course === good[0] && lesson === good[1])
    return { course, lesson };
  if (parts.length === 1) {
    const courses = await foldersIn(root);
    const example = `${nearestWord(good[0] ?? '', courses) ?? courses[0] ?? 'my-course'}/${good[0] ?? 'my-lesson'}`;
    throw new Refusal(
      `A lesson is named COURSE/LESSON, for example \`${example}\`.${courses.length > 0 ? ` There are the courses ${courses.join(', ')}.` : ''}`,
    );
  }
  const suggestion = good.length >= 2 ? `${good[0]}/${good.slice(1).join('-').slice(0, 60)}` : 'my-course/my-lesson';
  throw new Refusal(
    `\`${text}\` cannot be the name of a lesson: COURSE/LESSON, each in ${nameRule}. Take \`${suggestion.replace(/-+$/, '')}\`, for example.`,
  );
}

/** The nearest name a folder may have; '' when nothing is left of it. */
function goodName(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '');
}

/** @throws Refusal; then nothing of it is left */
async function writeLesson(
  root: string,
  { course, lesson }: LessonName,
  shown: (path: string) => string,
): Promise<void> {
  const courseFolder = join(root, course);
  const folder = join(courseFolder, lesson);
  const list = join(courseFolder, 'course.yaml');
  const undo: (() => Promise<unknown>)[] = [];
  try {
    await mkdir(root, { recursive: true });
    const stat = await lstat(courseFolder).catch(() => null);
    if (stat === null) {
      await mkdir(courseFolder);
      undo.push(() => rmdir(courseFolder));
    } else if (!stat.isDirectory())
      throw new Refusal(`${shown(courseFolder)} is no folder, so no lesson fits into it.`);
    if ((await lstat(folder).catch(() => null)) !== null)
      throw new Refusal(`${shown(folder)} is there already, and nothing is overwritten. Take another name.`);
    const text = await listWith(list, course, lesson, shown);
    await mkdir(folder);
    undo.push(() => rm(folder, { recursive: true, force: true }));
    await writeFile(join(folder, 'lesson.md'), lessonSkeleton(lesson), { flag: 'wx' });
    if (text.before === null) await writeFile(list, text.after, { flag: 'wx' });
    else if (text.after !== text.before) await replaceFile(list, text.after);
  } catch (error) {
    for (const step of undo.reverse()) await step().catch(() => undefined);
    if (error instanceof Refusal) throw error;
    const { code, path } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new Refusal(`${shown(path ?? folder)} cannot be written: ${reasonOf(code)}`);
  }
}

function reasonOf(code: string): string {
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return 'you may not write there. Choose another folder, or change its permissions.';
    case 'EROFS':
      return 'it lies on a file system that is read-only.';
    case 'ENOSPC':
      return 'the disk is full.';
    case 'ENOTDIR':
    case 'EEXIST':
      return 'a file stands where a folder has to be.';
    default:
      return `the system says ${code}.`;
  }
}

/** course.yaml with the lesson at the end of its list; comments and the rest stay. @throws Refusal */
async function listWith(
  path: string,
  course: string,
  lesson: string,
  shown: (path: string) => string,
): Promise<{ before: string | null; after: string }> {
  const content = await readPlainFile(path, limits.lessonSource);
  if (content === null && (await lstat(path).catch(() => null)) === null)
    return { before: null, after: courseSkeleton(course, lesson) };
  if (!Buffer.isBuffer(content)) throw new Refusal(`${shown(path)} is too large, or no plain file.`);
  const before = content.toString('utf8');
  const document = parseDocument(before);
  const lessons: unknown = document.get('lessons', true);
  const broken = document.errors.length > 0 || document.get('title') === undefined;
  if (broken || (lessons !== undefined && !isSeq(lessons) && !(isScalar(lessons) && lessons.value === null))) {
    throw new Refusal(
      `${shown(path)} has mistakes, so the lesson cannot be listed in it. \`npm run lessons -- lint\` finds them.`,
    );
  }
  const names = isSeq(lessons) ? (lessons.toJSON() as unknown[]) : [];
  if (names.includes(lesson)) return { before, after: before };
  const inserted = isSeq(lessons) ? insertIn(before, lessons, lesson) : null;
  if (
    inserted !== null &&
    isDeepStrictEqual((parseDocument(inserted).toJS() as { lessons?: unknown }).lessons, [...names, lesson])
  )
    return { before, after: inserted };
  document.set('lessons', document.createNode([...names, lesson]));
  return { before, after: document.toString({ lineWidth: 0 }) };
}

/** Right after the last name of the list and in its manner, so that nothing else of the text changes; null: it has none. */
function insertIn(text: string, list: YAMLSeq, lesson: string): string | null {
  const last: unknown = list.items.at(-1);
  if (!isScalar(last) || !last.range) return null;
  const [start, end] = last.range;
  if (list.flow === true) return `${text.slice(0, end)}, ${lesson}${text.slice(end)}`;
  const line = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  const lineEnd = text.indexOf('\n', end);
  const at = lineEnd === -1 ? text.length : lineEnd;
  return `${text.slice(0, at)}\n${line}${lesson}${text.slice(at)}`;
}

/** Whole or not at all, also when the machine stops in the middle. */
async function replaceFile(path: string, text: string): Promise<void> {
  const other = `${path}.new`;
  await writeFile(other, text, { flag: 'wx' });
  try {
    await rename(other, path);
  } catch (error) {
    await rm(other, { force: true });
    throw error;
  }
}
