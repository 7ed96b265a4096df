import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type Course, courseSchema } from '../../../protocol/lesson-schema.ts';
import { limits } from '../../../protocol/limits.ts';
import { nearestWord } from '../../checks/nearest-word.ts';
import type { Lesson } from '../lesson.ts';
import { normaliseSource } from '../parse/markdown.ts';
import { parseLesson } from '../parse/parse-lesson.ts';
import { keysAtPath } from '../parse/schema-keys.ts';
import { locateIn, readYaml } from '../parse/yaml-source.ts';
import { reportIssues } from '../parse/zod-problems.ts';
import { type Problem, ProblemList, type SourceSpot } from '../problem.ts';
import { foldersIn, isPlainFile, listFiles, readPlainFile } from './bounded-files.ts';

export interface LoadedLesson {
  /** course/lesson */
  id: string;
  /** Absolute folder. */
  folder: string;
  /** Name of lesson.md in problems. */
  file: string;
  /** null when nothing of it can be used. */
  lesson: Lesson | null;
  /** What lesson.md holds; null when it cannot be read. */
  source: string | null;
  /** Something lies in its `files` folder. */
  hasFiles: boolean;
  /** Another one when a file of its folders is another one. */
  filesMark: string;
  problems: Problem[];
}

export interface LoadedCourse {
  id: string;
  folder: string;
  /** Name of course.yaml in problems. */
  file: string;
  course: Course | null;
  /** Where each item of its `after` stands. */
  afterSpots: SourceSpot[];
  /** What course.yaml holds, and the names of all lessons: what `course` and its problems follow from. */
  mark: string;
  /** In the order of course.yaml, then what it does not list. */
  lessons: LoadedLesson[];
  problems: Problem[];
}

const folderName = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const start = { line: 1, column: 1 };

/**
 * Loads every course of a directory. A folder without course.yaml and without lessons is none.
 * @param shown prefix of file names in problems
 */
export async function loadDirectory(directory: string, shown = ''): Promise<LoadedCourse[]> {
  const courses: LoadedCourse[] = [];
  for (const name of await foldersIn(directory)) {
    const course = await loadCourse(directory, name, shown);
    if (course !== null) courses.push(course);
  }
  return courses;
}

/**
 * @param known the course as it was loaded before: what is unchanged is taken from it, the same objects
 * @returns null when the folder holds neither course.yaml nor a lesson
 */
export async function loadCourse(
  directory: string,
  id: string,
  shown = '',
  known?: LoadedCourse,
): Promise<LoadedCourse | null> {
  const folder = join(directory, id);
  const file = `${shown}${id}/course.yaml`;
  const text = await readPlainFile(join(folder, 'course.yaml'), limits.lessonSource);
  const present: string[] = [];
  for (const name of await foldersIn(folder)) {
    if (await isPlainFile(join(folder, name, 'lesson.md'))) present.push(name);
  }
  if (text === null && present.length === 0) return null;
  const mark = JSON.stringify([Buffer.isBuffer(text) ? text.toString('utf8') : text, present]);
  const { course, afterSpots, problems } = known?.mark === mark ? known : readCourseFile(text, { id, file, present });
  const listed = (course?.lessons ?? []).filter((name) => present.includes(name));
  const order = [...new Set([...listed, ...present])];
  const before = new Map(known?.lessons.map((lesson) => [lesson.id, lesson]));
  const lessons: LoadedLesson[] = [];
  for (const name of order) {
    const lesson = `${id}/${name}`;
    lessons.push(await loadLesson(join(folder, name), lesson, `${shown}${lesson}`, before.get(lesson)));
  }
  if (known?.mark === mark && lessons.every((lesson, index) => lesson === known.lessons[index])) return known;
  return { id, folder, file, course, afterSpots, mark, lessons, problems };
}

async function loadLesson(
  folder: string,
  id: string,
  shown: string,
  known: LoadedLesson | undefined,
): Promise<LoadedLesson> {
  const file = `${shown}/lesson.md`;
  const content = await readPlainFile(join(folder, 'lesson.md'), limits.lessonSource);
  const { files, mark: filesMark } = await lookAtFiles(folder);
  const base = { id, folder, file, hasFiles: files > 0, filesMark };
  if (content === null || content === 'too-large') {
    const problems = new ProblemList(file);
    checkName(id.split('/').at(-1) ?? '', problems);
    problems.error(content === null ? 'source.unreadable' : 'source.too-large', start, {
      message:
        content === null
          ? 'There is no lesson.md here, or it is not a plain file.'
          : `This file is larger than ${limits.lessonSource / 1024} kB. Make two lessons of it, or put content into \`files/\`.`,
    });
    return { ...base, source: null, lesson: null, problems: problems.items };
  }
  const source = content.toString('utf8');
  if (known?.source === source) {
    return known.filesMark === filesMark ? known : { ...known, ...base };
  }
  const named = new ProblemList(file);
  checkName(id.split('/').at(-1) ?? '', named);
  const { lesson, problems } = parseLesson(source, file, id);
  return { ...base, source, lesson, problems: [...named.items, ...problems] };
}

/** How many files learners get, and a mark of all that belongs to the lesson beside its text. */
async function lookAtFiles(folder: string): Promise<{ files: number; mark: string }> {
  const lists = await Promise.all(['files', 'solution', 'media'].map((name) => listFiles(join(folder, name))));
  const marks = lists.map(({ files, refused }) => [
    files.map(({ path, size, changedAt, executable }) => [path, size, changedAt, executable]),
    refused,
  ]);
  const mark = createHash('sha256').update(JSON.stringify(marks)).digest('base64');
  return { files: lists[0]?.files.length ?? 0, mark };
}

function readCourseFile(
  text: Buffer | 'too-large' | null,
  { id, file, present }: { id: string; file: string; present: string[] },
): Pick<LoadedCourse, 'course' | 'afterSpots' | 'problems'> {
  const problems = new ProblemList(file);
  checkName(id, problems);
  const read = text === null ? missingCourse(problems) : readCourse(text, present, problems);
  return { course: read?.course ?? null, afterSpots: read?.afterSpots ?? [], problems: problems.items };
}

function missingCourse(problems: ProblemList): null {
  problems.error('course.missing', start, {
    message: 'Lessons stand here, and no course.yaml. Write one with title, summary, audience and lessons.',
    expected: 'course.yaml',
  });
  return null;
}

function readCourse(
  content: Buffer | 'too-large',
  present: string[],
  problems: ProblemList,
): { course: Course; afterSpots: SourceSpot[] } | null {
  if (content === 'too-large') {
    problems.error('source.too-large', start, { message: 'This file is too large for a course.yaml.' });
    return null;
  }
  const text = normaliseSource(content.toString('utf8'));
  const source = readYaml(text, locateIn(text), problems);
  if (source === null) return null;
  const parsed = courseSchema.safeParse(source.value ?? {});
  if (!parsed.success) {
    reportIssues(parsed.error.issues, source, problems, 'a course.yaml', (path) => keysAtPath(courseSchema, path));
    return null;
  }
  for (const [index, name] of parsed.data.lessons.entries()) {
    if (present.includes(name)) continue;
    const near = nearestWord(name, present);
    problems.error('course.lesson-missing', source.at(['lessons', index]), {
      message: `There is no ${name}/lesson.md in this course.${near ? ` Did you mean \`${near}\`?` : ''}`,
      found: name,
      expected: near,
    });
  }
  for (const name of present) {
    if (parsed.data.lessons.includes(name)) continue;
    problems.warning('course.lesson-unlisted', source.at(['lessons'], 'key'), {
      message: `The lesson \`${name}\` is here and not in the list, so nobody sees it.`,
      expected: name,
    });
  }
  return { course: parsed.data, afterSpots: parsed.data.after.map((_, index) => source.at(['after', index])) };
}

function checkName(name: string, problems: ProblemList): void {
  if (folderName.test(name) && name.length <= 60) return;
  problems.error('folder.name', start, {
    message: 'The folder’s name is the id: a-z, 0-9 and single hyphens, at most 60 of them.',
    found: name,
  });
}
