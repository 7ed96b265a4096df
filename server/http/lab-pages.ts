import type { LabPages } from '../../protocol/lab.ts';
import type { LessonLibrary } from '../lessons/lesson-library.ts';
import { outlineOf } from '../lessons/lesson-outline.ts';
import type { SandboxManager } from '../sandbox/sandbox-manager.ts';
import type { ProgressStore } from '../store/progress-store.ts';

/** What pages read while they are rendered. */
export function createLabPages(parts: {
  library: LessonLibrary;
  progress: ProgressStore;
  sandboxes: Pick<SandboxManager, 'outlook'>;
}): LabPages {
  const { library, progress, sandboxes } = parts;
  return {
    catalogue: async (learner) => {
      const courses = library.catalogue();
      const ids = courses.flatMap((course) => course.lessons.map((lesson) => lesson.id));
      const [all, resume, sandbox] = await Promise.all([
        Promise.all(ids.map((id) => progress.read(learner, outlineOf(library.lesson(id))))),
        progress.lastVisited(learner),
        sandboxes.outlook(learner),
      ]);
      return {
        courses,
        progress: all.filter((each) => each.openedAt !== null),
        // A lesson that was taken away is nothing to go on with.
        resume: resume !== null && ids.includes(resume.lesson) ? resume : null,
        sandbox,
      };
    },
    lesson: async (learner, id) => {
      if (!library.has(id)) return null;
      return { lesson: library.view(id), progress: await progress.read(learner, outlineOf(library.lesson(id))) };
    },
  };
}
