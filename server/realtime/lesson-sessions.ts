import type { Disposable } from '../disposable.ts';
import type { LessonSession } from './lesson-session.ts';
import type { PageSocket } from './page-socket.ts';

interface Open {
  learner: string;
  lesson: string;
  session: Promise<LessonSession>;
  pages: Set<string>;
  /** Runs out some time after the last page left: a reload finds everything as it was. */
  grace: NodeJS.Timeout | null;
}

/** The lessons that pages show now, one session for each learner and lesson. */
export class LessonSessions implements Disposable {
  readonly #make: (learner: string, lesson: string) => Promise<LessonSession>;
  readonly #graceMs: number;
  readonly #onClosed: (learner: string, lesson: string) => void;
  readonly #open = new Map<string, Open>();

  constructor(options: {
    make: (learner: string, lesson: string) => Promise<LessonSession>;
    graceMs: number;
    /** No page shows it any more, for longer than a reload takes. */
    onClosed: (learner: string, lesson: string) => void;
  }) {
    this.#make = options.make;
    this.#graceMs = options.graceMs;
    this.#onClosed = options.onClosed;
  }

  /** The session of this lesson, with this page in it. */
  async enter(learner: string, lesson: string, page: PageSocket): Promise<LessonSession> {
    const key = keyOf(learner, lesson);
    let open = this.#open.get(key);
    if (open === undefined) {
      open = { learner, lesson, session: this.#make(learner, lesson), pages: new Set(), grace: null };
      this.#open.set(key, open);
    }
    if (open.grace !== null) clearTimeout(open.grace);
    open.grace = null;
    open.pages.add(page.id);
    try {
      return await open.session;
    } catch (error) {
      if (this.#open.get(key) === open) this.#open.delete(key);
      throw error;
    }
  }

  leave(learner: string, lesson: string, page: PageSocket): void {
    const key = keyOf(learner, lesson);
    const open = this.#open.get(key);
    if (open === undefined || !open.pages.delete(page.id) || open.pages.size > 0) return;
    open.grace = setTimeout(() => {
      if (this.#open.get(key) !== open) return;
      this.#open.delete(key);
      this.#onClosed(learner, lesson);
      void open.session.then(
        (session) => session.dispose(),
        () => undefined,
      );
    }, this.#graceMs);
  }

  /** The page's connection is gone: it leaves all it was in. */
  pageGone(page: PageSocket): void {
    for (const open of [...this.#open.values()]) this.leave(open.learner, open.lesson, page);
  }

  /** A session that is open, or null. */
  async find(learner: string, lesson: string): Promise<LessonSession | null> {
    return (await this.#open.get(keyOf(learner, lesson))?.session) ?? null;
  }

  /** All that are open for this learner. */
  async of(learner: string): Promise<LessonSession[]> {
    return Promise.all([...this.#open.values()].filter((open) => open.learner === learner).map((open) => open.session));
  }

  dispose(): void {
    for (const open of this.#open.values()) {
      if (open.grace !== null) clearTimeout(open.grace);
      void open.session.then(
        (session) => session.dispose(),
        () => undefined,
      );
    }
    this.#open.clear();
  }
}

function keyOf(learner: string, lesson: string): string {
  return `${learner}:${lesson}`;
}
