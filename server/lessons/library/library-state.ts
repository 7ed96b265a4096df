import type { BrokenLesson } from '../../../protocol/authoring.ts';
import type { CourseView, LessonCard } from '../../../protocol/lesson-view.ts';
import type { Lesson } from '../lesson.ts';
import { fillVariables } from '../parse/variables.ts';
import type { Problem } from '../problem.ts';
import { type ReferenceSource, termsOfLesson } from '../reference/glossary-view.ts';
import type { ReferenceFiles } from '../reference/reference-files.ts';
import { orderCourses } from './course-order.ts';
import type { LoadedCourse, LoadedLesson } from './load-courses.ts';

/** All that is known of some directories at one time. Made anew at every change, of parts that stay the same objects. */
export interface LibraryState extends ReferenceSource {
  /** Sound lessons that their course lists; each course after those it needs. */
  catalogue: CourseView[];
  courses: Map<string, LoadedCourse>;
  lessons: Map<string, LoadedLesson>;
  broken: BrokenLesson[];
  problems: Problem[];
  directoryOf: Map<string, number>;
}

/**
 * @param directories the courses of each directory, the one that goes first in front
 * @param reference what lies beside the courses of each
 */
export function assembleLibrary(
  directories: readonly (readonly LoadedCourse[])[],
  reference: readonly ReferenceFiles[] = [],
): LibraryState {
  const parts = { catalogue: [], courses: new Map(), lessons: new Map(), broken: [], problems: [] };
  const state: LibraryState = { ...parts, reference, directoryOf: new Map() };
  for (const [index, courses] of directories.entries()) {
    for (const loaded of courses) {
      const first = state.courses.get(loaded.id);
      if (first !== undefined) addProblems(state, loaded, [...loaded.problems, duplicateOf(first, loaded)]);
      else {
        state.directoryOf.set(loaded.id, index);
        addCourse(state, loaded);
      }
    }
  }
  for (const { glossary, cheatSheet, placement } of reference) {
    for (const each of [glossary, cheatSheet, placement]) if (each !== null) addReferenceProblems(state, each);
  }
  state.catalogue = orderCourses(state.catalogue);
  return state;
}

export function isBroken({ problems }: { problems: readonly Problem[] }): boolean {
  return problems.some((problem) => problem.severity === 'error');
}

export function isSound(found: LoadedLesson | undefined): found is LoadedLesson & { lesson: Lesson } {
  return found !== undefined && found.lesson !== null && !isBroken(found);
}

/**
 * What is another one: `lessons` whose own text, files or problems changed, came or went; `nearby` those that only stand
 * in a course with another title, order or neighbour, or link to a term that is explained anew.
 */
export interface LibraryChange {
  lessons: string[];
  nearby: string[];
}

export function compareLibraries(before: LibraryState, after: LibraryState): LibraryChange {
  const ids = new Set([...before.lessons.keys(), ...after.lessons.keys()]);
  const lessons = [...ids].filter((id) => before.lessons.get(id) !== after.lessons.get(id));
  const known = new Map(before.catalogue.map((course) => [course.id, JSON.stringify(course)]));
  const nearby = after.catalogue
    .filter((course) => known.get(course.id) !== JSON.stringify(course))
    .flatMap((course) => course.lessons.map((card) => card.id))
    .filter((id) => !lessons.includes(id));
  const retold = after.reference.every((files, index) => files === before.reference[index])
    ? []
    : [...after.lessons.keys()].filter((id) => !lessons.includes(id) && termsMark(before, id) !== termsMark(after, id));
  return { lessons, nearby: [...new Set([...nearby, ...retold])] };
}

function termsMark(state: LibraryState, id: string): string {
  const lesson = state.lessons.get(id)?.lesson ?? null;
  return lesson === null ? '' : JSON.stringify(termsOfLesson(state, lesson));
}

function addCourse(state: LibraryState, loaded: LoadedCourse): void {
  state.courses.set(loaded.id, loaded);
  addProblems(state, loaded, loaded.problems);
  const cards: LessonCard[] = [];
  for (const lesson of loaded.lessons) {
    state.lessons.set(lesson.id, lesson);
    state.problems.push(...lesson.problems);
    if (isBroken(lesson)) {
      state.broken.push({
        id: lesson.id,
        title: lesson.lesson?.frontMatter.title ?? null,
        problems: lesson.problems,
      });
    } else if (lesson.lesson !== null && isListed(loaded, lesson)) cards.push(cardOf(fillVariables(lesson.lesson, {})));
  }
  const { course } = loaded;
  if (course === null || cards.length === 0) return;
  const { title, summary, audience, after } = course;
  state.catalogue.push({ id: loaded.id, title, summary, audience, after, lessons: cards });
}

/** A glossary is shown as far as it can be read, a cheat sheet or placement quiz with an error not at all. */
function addReferenceProblems(state: LibraryState, { file, problems }: { file: string; problems: Problem[] }): void {
  state.problems.push(...problems);
  if (isBroken({ problems })) state.broken.push({ id: file, title: null, problems });
}

/** Of a course itself, not of its lessons. */
function addProblems(state: LibraryState, loaded: LoadedCourse, problems: Problem[]): void {
  state.problems.push(...problems);
  if (!isBroken({ problems })) return;
  state.broken.push({ id: loaded.id, title: loaded.course?.title ?? null, problems });
}

function isListed({ course }: LoadedCourse, { id }: LoadedLesson): boolean {
  return course?.lessons.includes(id.split('/').at(-1) ?? '') ?? false;
}

function cardOf({ id, frontMatter, steps }: Lesson): LessonCard {
  const { title, summary, minutes, level, objectives, after } = frontMatter;
  return {
    id,
    title,
    summary,
    minutes,
    level,
    objectives,
    after,
    steps: steps.map((step) => ({ id: step.id, title: step.title })),
    missing: [], // only who knows the machine can say
  };
}

function duplicateOf(first: LoadedCourse, { id, file, folder }: LoadedCourse): Problem {
  return {
    file,
    line: 1,
    column: 1,
    code: 'course.duplicate',
    severity: 'error',
    message: `There is a course \`${id}\` already, in ${first.folder}, and that one is shown. Rename the folder ${folder}.`,
    found: id,
  };
}
