import type { LabPages } from '../../protocol/lab.ts';
import type { CourseView } from '../../protocol/lesson-view.ts';
import type { Actor } from '../access.ts';
import type { ImageStock } from '../images/image-stock.ts';
import type { LessonLibrary } from '../lessons/lesson-library.ts';
import { outlineOf } from '../lessons/lesson-outline.ts';
import { type HostFacts, missingNeeds } from '../lessons/missing-needs.ts';
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
  sandboxes: Pick<SandboxManager, 'outlook'>;
  /** null: this lab has nothing to do with any registry. */
  stock: Pick<ImageStock, 'view' | 'missing' | 'lessonImages'> | null;
  hostFacts: () => Promise<HostFacts | null>;
  actorOf: (learner: string) => Actor;
}): LabPages {
  const { library, reader, progress, practice, sandboxes, stock, hostFacts, actorOf } = parts;

  const withMissing = async (courses: CourseView[]): Promise<CourseView[]> => {
    const cards = courses.flatMap((course) => course.lessons);
    // Read at once: lessons may be others after the engine has answered.
    const needs = new Map(cards.map(({ id }) => [id, library.lesson(id).frontMatter.needs]));
    if ([...needs.values()].every((each) => each.length === 0)) return courses;
    const facts = await hostFacts();
    return courses.map((course) => ({
      ...course,
      lessons: course.lessons.map((card) => ({ ...card, missing: missingNeeds(needs.get(card.id) ?? [], facts) })),
    }));
  };

  return {
    catalogue: async (learner) => {
      const actor = actorOf(learner);
      const catalogue = library.catalogue();
      const ids = catalogue.flatMap((course) => course.lessons.map((lesson) => lesson.id));
      const [courses, all, resume, sandbox, due] = await Promise.all([
        withMissing(catalogue),
        Promise.all(ids.map((id) => progress.read(learner, outlineOf(library.lesson(id))))),
        progress.lastVisited(learner),
        sandboxes.outlook(learner),
        practice.view(actor),
      ]);
      return {
        courses,
        progress: all.filter((each) => each.openedAt !== null),
        // A lesson that was taken away is nothing to go on with.
        resume: resume !== null && ids.includes(resume.lesson) ? resume : null,
        sandbox,
        practice: due,
        mayAuthor: actor.mayAuthor,
        broken: actor.mayAuthor ? library.broken() : [],
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
      };
    },

    images: async () => stock?.view() ?? { images: [] },
  };
}
