import type { Lesson } from '../lesson.ts';
import { isSound } from './library-state.ts';
import type { LoadedLesson } from './load-courses.ts';

type SoundLesson = LoadedLesson & { lesson: Lesson };

/**
 * The last version of each lesson that had no mistake. Who works in a lesson while its author saves a mistake goes on
 * with it: they could not even save their files otherwise. A lesson that is taken away is forgotten.
 */
export class LastSound {
  #lessons = new Map<string, SoundLesson>();

  /** Told of every state the library takes. */
  follow(lessons: ReadonlyMap<string, LoadedLesson>): void {
    const next = new Map<string, SoundLesson>();
    for (const [id, found] of lessons) {
      const kept = isSound(found) ? found : this.#lessons.get(id);
      if (kept !== undefined) next.set(id, kept);
    }
    this.#lessons = next;
  }

  /** @returns null when it never was sound */
  of(found: LoadedLesson): SoundLesson | null {
    const kept = this.#lessons.get(found.id);
    if (kept === undefined) return null;
    // Files and pictures are not kept: they are those on disk.
    const { folder, file, hasFiles, filesMark } = found;
    return { ...kept, folder, file, hasFiles, filesMark };
  }
}
