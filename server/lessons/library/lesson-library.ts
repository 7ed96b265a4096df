import { extname, join } from 'node:path';
import type { BrokenLesson } from '../../../protocol/authoring.ts';
import { isWorkspacePath } from '../../../protocol/ids.ts';
import type { CourseView, LessonView } from '../../../protocol/lesson-view.ts';
import type { CheatSheetView, GlossaryView } from '../../../protocol/reference.ts';
import type { Disposable } from '../../disposable.ts';
import { Emitter } from '../../emitter.ts';
import { DrydockError, errorForLog } from '../../errors.ts';
import { blocksOfLesson, hasId, type Lesson, type NamedBlock } from '../lesson.ts';
import { lintCourses } from '../lint/lint.ts';
import type { ServedImages } from '../lint/lint-images.ts';
import { knownReference } from '../lint/lint-reference.ts';
import { fillVariables, type VariableValues } from '../parse/variables.ts';
import type { Problem } from '../problem.ts';
import { viewCheatSheet } from '../reference/cheat-sheet-view.ts';
import { termsOfLesson, viewGlossary } from '../reference/glossary-view.ts';
import { loadReference, noReference } from '../reference/reference-files.ts';
import { createHighlight, type Highlight } from '../render/highlight.ts';
import { renderLesson } from '../render/render-lesson.ts';
import { fileLimits, listFiles, readPlainFile } from './bounded-files.ts';
import { LastSound } from './last-sound.ts';
import { assembleLibrary, compareLibraries, isSound, type LibraryChange, type LibraryState } from './library-state.ts';
import type { LoadedLesson } from './load-courses.ts';
import { LoadedDirectories } from './load-directories.ts';
import { markMedia } from './mark-media.ts';

interface LessonFile {
  path: string;
  content: Buffer;
  executable: boolean;
}

/**
 * With `broken`, a lesson with problems is given as far as it could be read. Without, it is given as it was when it had
 * none, and not at all when it always had some.
 */
export interface Sight {
  broken?: boolean;
  /** Only what stands on disk now counts. */
  newest?: boolean;
}

/** All lessons, loaded and ready. A broken lesson is left out of the catalogue and has its problems listed. */
export interface LessonLibrary {
  /** Each course after those it needs, else in the order of their directories and folders; without broken lessons. */
  catalogue(): CourseView[];
  /** Of all lessons there are, broken and unlisted ones too. */
  ids(): string[];
  /** Whether `lesson(id)` would answer. */
  has(id: string, sight?: Sight): boolean;
  /** With the learner's answers to its variables filled in. @throws lesson.not-found, lesson.invalid */
  lesson(id: string, answers?: VariableValues, sight?: Sight): Lesson;
  /** @throws lesson.not-found, lesson.invalid */
  view(id: string, answers?: VariableValues, sight?: Sight): LessonView;
  /** @throws lesson.not-found, lesson.invalid, lesson.block-not-found */
  block(id: string, block: string, answers?: VariableValues, sight?: Sight): NamedBlock;
  /** What is copied into the workspace. Links and what is too large are left out. @throws lesson.not-found, lesson.invalid */
  filesOf(id: string, sight?: Sight): Promise<LessonFile[]>;
  /** An image of the lesson, or null. `path` is what stands after /lessons-media/course/lesson/. */
  mediaOf(id: string, path: string): Promise<{ content: Buffer; contentType: string } | null>;
  /** Every error that was found while reading, anywhere. */
  problems(): Problem[];
  /** Courses and lessons with errors: what learners do not see, or not whole. */
  broken(): BrokenLesson[];
  /** All that the linter says about a lesson, warnings too; empty when there is no such lesson. */
  problemsOf(id: string): Promise<Problem[]>;
  /** lesson.md as it was read last, whatever it is like, empty when it is too large; null: there is no such lesson. */
  sourceOf(id: string): { file: string; source: string } | null;
  /** All glossaries in one, with the lessons that link to each term. */
  glossary(): GlossaryView;
  /** Every docker command of the lessons that are listed. */
  cheatSheet(): CheatSheetView;
  /** Told after a reload that found something changed. */
  readonly changed: { on(listener: (change: LibraryChange) => void): Disposable };
  /**
   * Reads again what the paths lie in, or everything; what is unchanged stays the same. One after the other; when it
   * fails the old state stays.
   * @param paths absolute
   */
  reload(paths?: Iterable<string>): Promise<void>;
}

export interface LessonLibraryOptions {
  /** The shipped directory first. */
  directories: readonly string[];
  /** What labs serve to sandboxes, for the linter; null: it says nothing about that. */
  images?: ServedImages | null;
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

export async function createLessonLibrary({
  directories,
  images = null,
  logger,
}: LessonLibraryOptions): Promise<LessonLibrary> {
  // Made when a page is rendered for the first time: it holds the grammars of all languages.
  let highlight: Highlight | null = null;
  const views = new WeakMap<Lesson, LessonView>();
  const lastSound = new LastSound();
  const linted = new Map<string, Promise<Problem[]>>();
  const changed = new Emitter<LibraryChange>((error) =>
    logger.warn(errorForLog(error), 'a change of lessons was lost'),
  );
  const courses = new LoadedDirectories(directories);
  let state = assembleLibrary([]);
  let reloading: Promise<void> = Promise.resolve();
  let reference = directories.map(() => noReference);
  // Made when they are asked for, once for each state.
  let glossary: GlossaryView | null = null;
  let cheatSheet: CheatSheetView | null = null;

  const find = (id: string, { broken = false, newest = false }: Sight = {}): LoadedLesson & { lesson: Lesson } => {
    const found = state.lessons.get(id);
    if (found === undefined) {
      throw new DrydockError('lesson.not-found', 'There is no such lesson here. The catalogue lists those that are.', {
        details: { lesson: id },
      });
    }
    if (isSound(found)) return found;
    const { lesson } = found;
    if (broken && lesson !== null) return { ...found, lesson };
    const sound = broken || newest ? null : lastSound.of(found);
    if (sound !== null) return sound;
    throw new DrydockError(
      'lesson.invalid',
      'This lesson has mistakes in its source and cannot be shown. Whoever wrote it finds them with `npm run lessons -- lint`.',
      { details: { lesson: id, problems: found.problems } },
    );
  };

  /** Of learners and of authors: what they see of a broken lesson are two. */
  const forgetViews = (id: string): void => {
    const found = state.lessons.get(id);
    for (const lesson of found ? [found.lesson, lastSound.of(found)?.lesson] : []) if (lesson) views.delete(lesson);
  };

  /** Takes the next state in the place of the old one. */
  const replace = (next: LibraryState): void => {
    const change = compareLibraries(state, next);
    const isNews = JSON.stringify(next.broken) !== JSON.stringify(state.broken);
    state = next;
    glossary = null;
    cheatSheet = null;
    lastSound.follow(next.lessons);
    if (isNews && next.broken.length > 0) {
      const broken = next.broken.map(({ id }) => id);
      const errors = next.broken.flatMap(({ problems }) => problems);
      logger.warn({ broken, problems: errors.slice(0, 20) }, 'lessons have problems; broken ones are not listed');
    }
    // A lesson is linted with a look at all others.
    linted.clear();
    for (const id of [...change.lessons, ...change.nearby]) forgetViews(id);
    if (change.lessons.length + change.nearby.length > 0) changed.emit(change);
  };

  const load = async (paths: Iterable<string> | null): Promise<void> => {
    const loaded = await courses.load(paths);
    reference = await Promise.all(
      directories.map((directory, index) => loadReference(directory, '', reference[index])),
    );
    replace(assembleLibrary(loaded, reference));
  };

  await load(null);
  const library: LessonLibrary = {
    catalogue: () => state.catalogue,
    ids: () => [...state.lessons.keys()],
    has: (id, { broken = false, newest = false } = {}) => {
      const found = state.lessons.get(id);
      if (found === undefined || isSound(found)) return found !== undefined;
      if (broken) return found.lesson !== null;
      return !newest && lastSound.of(found) !== null;
    },
    lesson: (id, answers = {}, sight) => fillVariables(find(id, sight).lesson, answers),
    view: (id, answers, sight) => {
      const { lesson, hasFiles, filesMark } = find(id, sight);
      const cached = answers === undefined ? views.get(lesson) : undefined;
      if (cached) return cached;
      const [courseId = ''] = id.split('/');
      const course = state.catalogue.find((candidate) => candidate.id === courseId);
      const links = course?.lessons.map((card) => ({ id: card.id, title: card.title })) ?? [];
      const title = course?.title ?? state.courses.get(courseId)?.course?.title ?? courseId;
      highlight ??= createHighlight();
      const about = { course: { id: courseId, title, lessons: links }, hasFiles, answers };
      const rendered = renderLesson(fillVariables(lesson, answers ?? {}), about, highlight);
      const view = { ...markMedia(rendered, filesMark), terms: termsOfLesson(state, lesson) };
      if (answers === undefined) views.set(lesson, view);
      return view;
    },
    block: (id, block, answers, sight) => {
      for (const candidate of blocksOfLesson(library.lesson(id, answers, sight))) {
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
    filesOf: async (id, sight) => {
      const { files } = await listFiles(join(find(id, sight).folder, 'files'));
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
    broken: () => state.broken,
    problemsOf: async (id) => {
      const found = state.lessons.get(id);
      const course = state.courses.get(id.split('/')[0] ?? '');
      if (found === undefined || course === undefined) return [];
      const directory = state.directoryOf.get(course.id) ?? 0;
      const shipped = reference[0] ?? noReference;
      const known = knownReference(reference[directory] ?? shipped, shipped, directory === 0);
      const problems = linted.get(course.id) ?? lintCourses([course], [...state.courses.values()], images, known);
      linted.set(course.id, problems);
      return (await problems).filter((problem) => problem.file === found.file);
    },
    sourceOf: (id) => {
      const found = state.lessons.get(id);
      return found === undefined ? null : { file: found.file, source: found.source ?? '' };
    },
    glossary: () => {
      glossary ??= viewGlossary(state);
      return glossary;
    },
    cheatSheet: () => {
      cheatSheet ??= viewCheatSheet(state);
      return cheatSheet;
    },
    changed,
    reload: (paths) => {
      const wanted = paths === undefined ? null : [...paths];
      const mine = reloading.then(() => load(wanted));
      reloading = mine.catch(() => undefined);
      return mine;
    },
  };
  return library;
}
