import { firstToDo, standingOfCourse } from '../../protocol/course-standing.ts';
import type { CourseEnding, LabPages } from '../../protocol/lab.ts';
import type { Actor } from '../access.ts';
import type { ImageStock } from '../images/image-stock.ts';
import type { Certificates } from '../lessons/certificates.ts';
import { outlineOf } from '../lessons/lesson-outline.ts';
import { courseAfter } from '../lessons/library/course-order.ts';
import type { LessonLibrary } from '../lessons/library/lesson-library.ts';
import { type HostFacts, withMissing } from '../lessons/missing-needs.ts';
import type { Placement } from '../lessons/placement/placement.ts';
import { searchWordsOf } from '../lessons/reference/search-words.ts';
import type { Practice } from '../practice/practice.ts';
import type { LessonReader } from '../realtime/lesson-reader.ts';
import type { SandboxManager } from '../sandbox/sandbox-manager.ts';
import type { ProgressStore } from '../store/progress-store.ts';

/** What pages read while they are rendered. */
export function createLabPages(parts: {
  library: LessonLibrary;
  reader: LessonReader;
  progress: ProgressStore;
  practice: Pick<Practice, 'view'>;
  placement: Pick<Placement, 'view' | 'advice'>;
  certificates: Pick<Certificates, 'view'>;
  sandboxes: Pick<SandboxManager, 'outlook'>;
  /** null: this lab has nothing to do with any registry. */
  stock: Pick<ImageStock, 'view' | 'missing' | 'lessonImages'> | null;
  hostFacts: () => Promise<HostFacts | null>;
  actorOf: (learner: string) => Actor;
}): LabPages {
  const { library, reader, progress, practice, placement, certificates, sandboxes, stock, hostFacts, actorOf } = parts;

  const endingOf = async (learner: string, id: string): Promise<CourseEnding | null> => {
    const courses = await withMissing(library.catalogue(), library, hostFacts);
    const course = courses.find(({ lessons }) => lessons.at(-1)?.id === id);
    if (course === undefined) return null;
    const [completed, advice] = await Promise.all([progress.completed(learner), placement.advice(learner)]);
    const done = courses.filter(
      ({ lessons }) => standingOfCourse(lessons, (lesson) => completed.has(lesson.id)).finished,
    );
    const next = courseAfter(courses, course.id, new Set([...done.map((each) => each.id), ...(advice?.known ?? [])]));
    const lesson = firstToDo(next?.lessons ?? [], ({ id: each }) => completed.has(each));
    return {
      course: { id: course.id, title: course.title },
      othersDone: course.lessons.every(
        ({ id: each, missing }) => each === id || missing.length > 0 || completed.has(each),
      ),
      next:
        next === null || lesson === undefined
          ? null
          : { title: next.title, lesson: { id: lesson.id, title: lesson.title } },
    };
  };

  return {
    catalogue: async (learner) => {
      const actor = actorOf(learner);
      const catalogue = library.catalogue();
      const ids = catalogue.flatMap((course) => course.lessons.map((lesson) => lesson.id));
      const [courses, all, left, sandbox, due, advice] = await Promise.all([
        withMissing(catalogue, library, hostFacts),
        Promise.all(ids.map((id) => progress.read(learner, outlineOf(library.lesson(id))))),
        progress.lastVisited(learner),
        sandboxes.outlook(learner),
        practice.view(actor),
        placement.advice(learner),
      ]);
      // What somebody was told to begin with goes before what they had open when they asked.
      const isAdvised = advice?.decidedAt != null && advice.decidedAt > (left?.visitedAt ?? 0);
      // A lesson that was taken away is nothing to go on with.
      const resume = left !== null && !isAdvised && ids.includes(left.lesson) ? left : null;
      return {
        courses,
        progress: all.filter((each) => each.openedAt !== null),
        resume: resume === null ? null : { lesson: resume.lesson, step: resume.step },
        sandbox,
        practice: due,
        placement: advice,
        mayAuthor: actor.mayAuthor,
        broken: actor.mayAuthor ? library.broken() : [],
        searchWords: searchWordsOf(library.cheatSheet(), library.glossary()),
        images: stock?.missing() ?? [],
      };
    },

    lesson: async (learner, id) => {
      const actor = actorOf(learner);
      const broken = actor.mayAuthor ? (library.broken().find((each) => each.id === id) ?? null) : null;
      if (!library.has(id, { broken: actor.mayAuthor })) return broken === null ? null : { kind: 'broken', broken };
      const [lesson, outline] = await Promise.all([reader.view(actor, id), reader.lesson(actor, id).then(outlineOf)]);
      return {
        kind: 'lesson',
        lesson,
        progress: await progress.read(learner, outline),
        mayAuthor: actor.mayAuthor,
        problems: actor.mayAuthor ? (await library.problemsOf(id)).length : 0,
        images: stock?.lessonImages(lesson.images) ?? [],
        ending: await endingOf(learner, id),
      };
    },

    placement: (learner) => placement.view(learner),

    certificate: (learner, course) => certificates.view(learner, course),

    glossary: async () => library.glossary(),
    cheatSheet: async () => library.cheatSheet(),
    images: async () => stock?.view() ?? { images: [] },
  };
}
