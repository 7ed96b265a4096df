import { extname, join } from 'node:path';
import { isWorkspacePath } from '../../protocol/ids.ts';
import type { CourseView, LessonView } from '../../protocol/lesson-view.ts';
import { DrydockError } from '../errors.ts';
import { fileLimits, listFiles, readPlainFile } from './bounded-files.ts';
import { createHighlight } from './highlight.ts';
import { blocksOfLesson, hasId, type Lesson, type NamedBlock } from './lesson.ts';
import { type LoadedCourse, type LoadedLesson, loadDirectory } from './load-courses.ts';
import type { Problem } from './problem.ts';
import { renderLesson } from './render-lesson.ts';
import { fillVariables, type VariableValues } from './variables.ts';

interface LessonFile {
  path: string;
  content: Buffer;
  executable: boolean;
}

/** All lessons, loaded and ready. A broken lesson is left out and has its problems listed. */
export interface LessonLibrary {
  /** Courses in the order of their directories and folders, without broken lessons. */
  catalogue(): CourseView[];
  /** Whether `lesson(id)` would answer. */
  has(id: string): boolean;
  /** With the learner's answers to its variables filled in. @throws lesson.not-found, lesson.invalid */
  lesson(id: string, answers?: VariableValues): Lesson;
  /** @throws lesson.not-found, lesson.invalid */
  view(id: string, answers?: VariableValues): LessonView;
  /** @throws lesson.not-found, lesson.invalid, lesson.block-not-found */
  block(id: string, block: string, answers?: VariableValues): NamedBlock;
  /** What is copied into the workspace. Links and what is too large are left out. @throws lesson.not-found, lesson.invalid */
  filesOf(id: string): Promise<LessonFile[]>;
  /** An image of the lesson, or null. `path` is what stands after /lessons-media/course/lesson/. */
  mediaOf(id: string, path: string): Promise<{ content: Buffer; contentType: string } | null>;
  /** Everything that is wrong anywhere. */
  problems(): Problem[];
  /** Reads all directories again; when that fails the old state stays. */
  reload(): Promise<void>;
}

export interface LessonLibraryOptions {
  /** The shipped directory first. */
  directories: readonly string[];
  logger: { warn(details: object, message: string): void };
}

const mediaTypes: Record<string, string> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
  '.svg': 'image/svg+xml',
};

export async function createLessonLibrary({ directories, logger }: LessonLibraryOptions): Promise<LessonLibrary> {
  const highlight = createHighlight();
  let state = await loadAll(directories, logger);
  let views = new Map<string, LessonView>();

  const sound = (id: string): LoadedLesson & { lesson: Lesson } => {
    const found = state.lessons.get(id);
    if (found === undefined) {
      throw new DrydockError('lesson.not-found', 'There is no such lesson here. The catalogue lists those that are.', {
        details: { lesson: id },
      });
    }
    const { lesson } = found;
    if (lesson === null || isBroken(found)) {
      throw new DrydockError(
        'lesson.invalid',
        'This lesson has mistakes in its source and cannot be shown. Whoever wrote it finds them with `npm run lessons -- lint`.',
        {
          details: { lesson: id, problems: found.problems },
        },
      );
    }
    return { ...found, lesson };
  };
  const library: LessonLibrary = {
    catalogue: () => state.catalogue,
    has: (id) => {
      const found = state.lessons.get(id);
      return found !== undefined && found.lesson !== null && !isBroken(found);
    },
    lesson: (id, answers = {}) => fillVariables(sound(id).lesson, answers),
    view: (id, answers) => {
      const cached = answers === undefined ? views.get(id) : undefined;
      if (cached) return cached;
      const course = state.catalogue.find((candidate) => candidate.lessons.some((card) => card.id === id));
      const links = course?.lessons.map((card) => ({ id: card.id, title: card.title })) ?? [];
      const [courseId = ''] = id.split('/');
      const view = renderLesson(
        library.lesson(id, answers),
        { course: { id: courseId, title: course?.title ?? courseId, lessons: links }, hasFiles: sound(id).hasFiles },
        highlight,
      );
      if (answers === undefined) views.set(id, view);
      return view;
    },
    block: (id, block, answers) => {
      for (const candidate of blocksOfLesson(library.lesson(id, answers))) {
        if (hasId(candidate) && candidate.id === block) return candidate;
      }
      throw new DrydockError(
        'lesson.block-not-found',
        'This part of the lesson is not there any more. Reload the page to see the lesson as it is now.',
        {
          details: { lesson: id, block },
        },
      );
    },
    filesOf: async (id) => {
      const { files } = await listFiles(join(sound(id).folder, 'files'));
      const read = await Promise.all(
        files.map(async ({ path, absolute, executable }) => {
          const content = await readPlainFile(absolute, fileLimits.file);
          return Buffer.isBuffer(content) ? [{ path, content, executable }] : [];
        }),
      );
      return read.flat();
    },
    mediaOf: async (id, path) => {
      const contentType = mediaTypes[extname(path).toLowerCase()];
      const found = state.lessons.get(id);
      if (found === undefined || contentType === undefined || !isWorkspacePath(path)) return null;
      // Listed rather than joined: a folder on the way could be a link that leads out.
      const { files } = await listFiles(join(found.folder, 'media'));
      const file = files.find((candidate) => candidate.path === path);
      const content = file ? await readPlainFile(file.absolute, fileLimits.file) : null;
      return Buffer.isBuffer(content) ? { content, contentType } : null;
    },
    problems: () => state.problems,
    reload: async () => {
      state = await loadAll(directories, logger);
      views = new Map();
    },
  };
  return library;
}

interface State {
  catalogue: CourseView[];
  lessons: Map<string, LoadedLesson>;
  problems: Problem[];
}

async function loadAll(directories: readonly string[], logger: LessonLibraryOptions['logger']): Promise<State> {
  const state: State = { catalogue: [], lessons: new Map(), problems: [] };
  const taken = new Set<string>();
  for (const directory of directories) {
    for (const course of await loadDirectory(directory)) {
      if (taken.has(course.id)) {
        course.problems.push({
          file: course.file,
          line: 1,
          column: 1,
          code: 'course.duplicate',
          severity: 'error',
          message: `Another directory has a course \`${course.id}\` already; that one is shown. Rename this folder.`,
          found: course.id,
        });
        state.problems.push(...course.problems);
        continue;
      }
      taken.add(course.id);
      addCourse(course, state);
    }
  }
  const broken = [...state.lessons.values()].filter(isBroken).map((lesson) => lesson.id);
  const errors = state.problems.filter((problem) => problem.severity === 'error');
  if (errors.length > 0) {
    logger.warn({ broken, problems: errors.slice(0, 20) }, 'lessons have problems; broken ones are not shown');
  }
  return state;
}

function addCourse(loaded: LoadedCourse, state: State): void {
  state.problems.push(...loaded.problems);
  for (const lesson of loaded.lessons) {
    state.problems.push(...lesson.problems);
    state.lessons.set(lesson.id, lesson);
  }
  const { course } = loaded;
  if (course === null) return;
  const cards = loaded.lessons.flatMap(({ id, lesson, problems }) => {
    const listed = course.lessons.includes(id.split('/').at(-1) ?? '');
    if (!listed || lesson === null || isBroken({ problems })) return [];
    const { title, summary, minutes, level, objectives, after } = lesson.frontMatter;
    const steps = lesson.steps.map((step) => ({ id: step.id, title: step.title }));
    return [{ id, title, summary, minutes, level, objectives, after, steps }];
  });
  if (cards.length === 0) return;
  state.catalogue.push({
    id: loaded.id,
    title: course.title,
    summary: course.summary,
    audience: course.audience,
    lessons: cards,
  });
}

function isBroken({ problems }: Pick<LoadedLesson, 'problems'>): boolean {
  return problems.some((problem) => problem.severity === 'error');
}
