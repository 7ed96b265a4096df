import { join } from 'node:path';
import { type Course, courseSchema } from '../../protocol/lesson-schema.ts';
import { limits } from '../../protocol/limits.ts';
import { nearestWord } from '../checks/nearest-word.ts';
import { foldersIn, isPlainFile, listFiles, readPlainFile } from './bounded-files.ts';
import type { Lesson } from './lesson.ts';
import { normaliseSource } from './markdown.ts';
import { parseLesson } from './parse-lesson.ts';
import { type Problem, ProblemList } from './problem.ts';
import { keysAtPath } from './schema-keys.ts';
import { locateIn, readYaml } from './yaml-source.ts';
import { reportIssues } from './zod-problems.ts';

export interface LoadedLesson {
  /** course/lesson */
  id: string;
  /** Absolute folder. */
  folder: string;
  /** Name of lesson.md in problems. */
  file: string;
  /** null when nothing of it can be used. */
  lesson: Lesson | null;
  /** Something lies in its `files` folder. */
  hasFiles: boolean;
  problems: Problem[];
}

export interface LoadedCourse {
  id: string;
  folder: string;
  /** Name of course.yaml in problems. */
  file: string;
  course: Course | null;
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
    const course = await loadCourse(join(directory, name), name, `${shown}${name}`);
    if (course !== null) courses.push(course);
  }
  return courses;
}

/** @returns null when the folder holds neither course.yaml nor a lesson */
async function loadCourse(folder: string, id: string, shown: string): Promise<LoadedCourse | null> {
  const file = `${shown}/course.yaml`;
  const problems = new ProblemList(file);
  const text = await readPlainFile(join(folder, 'course.yaml'), limits.lessonSource);
  const present: string[] = [];
  for (const name of await foldersIn(folder)) {
    if (await isPlainFile(join(folder, name, 'lesson.md'))) present.push(name);
  }
  if (text === null && present.length === 0) return null;
  checkName(id, problems);
  const course = text === null ? missingCourse(problems) : readCourse(text, present, problems);
  const listed = (course?.lessons ?? []).filter((name) => present.includes(name));
  const order = [...new Set([...listed, ...present])];
  const lessons: LoadedLesson[] = [];
  for (const name of order) lessons.push(await loadLesson(join(folder, name), `${id}/${name}`, `${shown}/${name}`));
  return { id, folder, file, course, lessons, problems: problems.items };
}

async function loadLesson(folder: string, id: string, shown: string): Promise<LoadedLesson> {
  const file = `${shown}/lesson.md`;
  const problems = new ProblemList(file);
  checkName(id.split('/').at(-1) ?? '', problems);
  const content = await readPlainFile(join(folder, 'lesson.md'), limits.lessonSource);
  if (content === null || content === 'too-large') {
    problems.error(content === null ? 'source.unreadable' : 'source.too-large', start, {
      message:
        content === null
          ? 'There is no lesson.md here, or it is not a plain file.'
          : `This file is larger than ${limits.lessonSource / 1024} kB. Make two lessons of it, or put content into \`files/\`.`,
    });
    return { id, folder, file, lesson: null, hasFiles: false, problems: problems.items };
  }
  const parsed = parseLesson(content.toString('utf8'), file, id);
  const hasFiles = (await listFiles(join(folder, 'files'))).files.length > 0;
  return { id, folder, file, lesson: parsed.lesson, hasFiles, problems: [...problems.items, ...parsed.problems] };
}

function missingCourse(problems: ProblemList): null {
  problems.error('course.missing', start, {
    message: 'Lessons stand here, and no course.yaml. Write one with title, summary, audience and lessons.',
    expected: 'course.yaml',
  });
  return null;
}

function readCourse(content: Buffer | 'too-large', present: string[], problems: ProblemList): Course | null {
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
  return parsed.data;
}

function checkName(name: string, problems: ProblemList): void {
  if (folderName.test(name) && name.length <= 60) return;
  problems.error('folder.name', start, {
    message: 'The folder’s name is the id: a-z, 0-9 and single hyphens, at most 60 of them.',
    found: name,
  });
}
