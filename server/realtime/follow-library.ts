import type { Actor } from '../access.ts';
import type { Disposable } from '../disposable.ts';
import { errorForLog } from '../errors.ts';
import type { LessonLibrary } from '../lessons/lesson-library.ts';
import type { LibraryChange } from '../lessons/library-state.ts';
import type { Logger } from '../logger.ts';
import type { AuthorPages } from './author-pages.ts';
import type { Gateway } from './gateway.ts';
import type { LessonSessions } from './lesson-sessions.ts';

/**
 * A lesson that changed on disk changes on the pages that show it: its session goes on with the new text, then the page
 * reads it again. Sandboxes and terminals have no part in it.
 */
export function followLibrary(parts: {
  library: Pick<LessonLibrary, 'has' | 'changed'>;
  sessions: Pick<LessonSessions, 'actorsIn' | 'renew'>;
  authors: Pick<AuthorPages, 'of'>;
  gateway: Pick<Gateway, 'tell'>;
  logger: Pick<Logger, 'debug' | 'error'>;
}): Disposable {
  const { library, sessions, authors, gateway, logger } = parts;

  /** @returns whether their pages were told */
  const renew = async (actor: Actor, lesson: string, isOther: boolean): Promise<boolean> => {
    const isReadable = library.has(lesson, { broken: actor.mayAuthor });
    // Taken away or broken in the middle of their work: the page a learner has is better than none.
    if (!isReadable && !actor.mayAuthor) return false;
    if (isReadable && isOther) {
      await sessions
        .renew(actor.learner, lesson)
        .catch((error: unknown) => logger.debug(errorForLog(error), 'a lesson could not be renewed'));
    }
    gateway.tell(actor.learner, 'lesson:changed', { lesson });
    return true;
  };

  const follow = async ({ lessons, nearby }: LibraryChange): Promise<void> => {
    for (const lesson of [...lessons, ...nearby]) {
      const told = new Set<string>();
      for (const actor of sessions.actorsIn(lesson)) {
        if (await renew(actor, lesson, lessons.includes(lesson))) told.add(actor.learner);
      }
      // An author's page of a lesson that could not be read has no session.
      for (const { actor, page } of authors.of(lesson)) {
        if (!told.has(actor.learner)) page.send('lesson:changed', { lesson });
      }
    }
  };

  return library.changed.on((change) => {
    follow(change).catch((error: unknown) => logger.error(errorForLog(error), 'a changed lesson was not told'));
  });
}
