import type { Actor } from '../access.ts';
import type { Disposable } from '../disposable.ts';
import { errorForLog } from '../errors.ts';
import type { LessonLibrary } from '../lessons/library/lesson-library.ts';
import type { LibraryChange } from '../lessons/library/library-state.ts';
import type { Logger } from '../logger.ts';
import type { AuthorPages } from './author-pages.ts';
import type { Gateway } from './gateway.ts';
import type { LessonSessions } from './lesson-sessions.ts';

/**
 * A lesson that changed on disk changes on the pages that show it: its session goes on with the new text, then the page
 * reads it again. Sandboxes and terminals have no part in it.
 */
export function followLibrary(parts: {
  library: Pick<LessonLibrary, 'ids' | 'has' | 'changed'>;
  sessions: Pick<LessonSessions, 'actorsIn' | 'renew'>;
  authors: Pick<AuthorPages, 'of'>;
  gateway: Pick<Gateway, 'tell'>;
  logger: Pick<Logger, 'debug' | 'error'>;
}): Disposable {
  const { library, sessions, authors, gateway, logger } = parts;

  /** @returns whether their pages were told */
  const renew = async (actor: Actor, lesson: string, isOther: boolean): Promise<boolean> => {
    const isReadable = library.has(lesson, { broken: actor.mayAuthor, newest: true });
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
      // Not there now: it is being saved by rename, or was taken away. The page somebody has is better than none.
      if (!library.ids().includes(lesson)) continue;
      const told = new Set<string>();
      // All at once: nobody waits for a neighbour whose sandbox is slow, or misses it because theirs failed.
      const renewals = sessions.actorsIn(lesson).map(async (actor) => {
        if (await renew(actor, lesson, lessons.includes(lesson))) told.add(actor.learner);
      });
      for (const end of await Promise.allSettled(renewals)) {
        if (end.status === 'rejected') logger.error(errorForLog(end.reason), 'a changed lesson was not told');
      }
      // An author's page of a lesson that could not be read has no session.
      for (const { actor, page } of authors.of(lesson)) {
        if (!told.has(actor.learner)) page.send('lesson:changed', { lesson });
      }
    }
  };

  // One change after the other: pages must not hear of an older text after a newer one.
  let last: Promise<void> = Promise.resolve();
  return library.changed.on((change) => {
    last = last
      .then(() => follow(change))
      .catch((error: unknown) => logger.error(errorForLog(error), 'a changed lesson was not told'));
  });
}
