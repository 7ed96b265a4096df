import type { AuthorCheck } from '../../protocol/authoring.ts';
import type { CheckResult } from '../../protocol/lesson-view.ts';
import type { Actor } from '../access.ts';
import type { Disposable } from '../disposable.ts';
import type { LessonSessions } from './lesson-sessions.ts';
import type { PageSocket } from './page-socket.ts';

/** A check as its author sees it, before anybody looked. */
export type CheckToWatch = Omit<AuthorCheck, keyof CheckResult> & { id: string };

/** What is needed of the lesson sessions. */
interface SessionsToWatch extends Pick<LessonSessions, 'observe'> {
  enter(actor: Actor, lesson: string, page: Pick<PageSocket, 'id'>): Promise<unknown>;
}

interface Shown {
  actor: Actor;
  page: PageSocket;
  lesson: string;
  observing: Disposable | null;
}

/** The pages that asked how a lesson is made: each is told what is found about its checks, for as long as it shows it. */
export class AuthorPages implements Disposable {
  readonly #sessions: SessionsToWatch;
  readonly #shown = new Map<string, Shown>();

  constructor(options: { sessions: SessionsToWatch }) {
    this.#sessions = options.sessions;
  }

  /**
   * This page shows this lesson, and no other any more.
   * @param checks null: nothing of the lesson can be read, so there is nothing to look at
   */
  async show(actor: Actor, page: PageSocket, lesson: string, checks: readonly CheckToWatch[] | null): Promise<void> {
    this.leave(page);
    const shown: Shown = { actor, page, lesson, observing: null };
    this.#shown.set(page.id, shown);
    if (checks === null) return;
    // Whichever of `lesson:open` and this comes first.
    await this.#sessions.enter(actor, lesson, page);
    if (this.#shown.get(page.id) !== shown) return;
    const known = new Map(checks.map((check) => [check.id, check]));
    shown.observing = this.#sessions.observe(actor.learner, lesson, (results) => {
      const found = results.flatMap((result) => {
        const check = known.get(result.id);
        return check === undefined ? [] : [{ ...check, ...result }];
      });
      if (found.length > 0) page.send('author:observed', { lesson, checks: found });
    });
  }

  /** Whether this page shows this lesson now. */
  shows(page: Pick<PageSocket, 'id'>, lesson: string): boolean {
    return this.#shown.get(page.id)?.lesson === lesson;
  }

  /** The pages that show this lesson. */
  of(lesson: string): { actor: Actor; page: PageSocket }[] {
    return [...this.#shown.values()].filter((shown) => shown.lesson === lesson);
  }

  /** It shows this lesson no more; without one it is gone. */
  leave(page: Pick<PageSocket, 'id'>, lesson?: string): void {
    const shown = this.#shown.get(page.id);
    if (shown === undefined || (lesson !== undefined && shown.lesson !== lesson)) return;
    shown.observing?.dispose();
    this.#shown.delete(page.id);
  }

  dispose(): void {
    for (const { page } of [...this.#shown.values()]) this.leave(page);
  }
}
