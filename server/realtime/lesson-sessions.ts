import type { CheckResult } from '../../protocol/lesson-view.ts';
import type { Actor } from '../access.ts';
import type { Disposable } from '../disposable.ts';
import type { LessonSession } from './lesson-session.ts';
import type { PageSocket } from './page-socket.ts';

type Observer = (results: CheckResult[]) => void;

interface Open {
  actor: Actor;
  lesson: string;
  session: Promise<LessonSession>;
  pages: Set<string>;
  /** Runs out some time after the last page left: a reload finds everything as it was. */
  grace: NodeJS.Timeout | null;
  /** With what ends each one's observing of the session that is there now. */
  observers: Map<Observer, Disposable | null>;
}

/** The lessons that pages show now, one session for each learner and lesson. */
export class LessonSessions implements Disposable {
  readonly #make: (actor: Actor, lesson: string) => Promise<LessonSession>;
  readonly #graceMs: number;
  readonly #onClosed: (learner: string, lesson: string) => void;
  readonly #open = new Map<string, Open>();
  #kept = 0;

  constructor(options: {
    make: (actor: Actor, lesson: string) => Promise<LessonSession>;
    graceMs: number;
    /** No page shows it any more, for longer than a reload takes. */
    onClosed: (learner: string, lesson: string) => void;
  }) {
    this.#make = options.make;
    this.#graceMs = options.graceMs;
    this.#onClosed = options.onClosed;
  }

  /** The session of this lesson, with this page in it. */
  async enter(actor: Actor, lesson: string, page: Pick<PageSocket, 'id'>): Promise<LessonSession> {
    const key = keyOf(actor.learner, lesson);
    let open = this.#open.get(key);
    if (open === undefined) {
      const session = this.#make(actor, lesson);
      open = { actor, lesson, session, pages: new Set(), grace: null, observers: new Map() };
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

  /** Keeps it open without a page, until disposed of. @throws lesson.* */
  async keep(actor: Actor, lesson: string): Promise<Disposable> {
    this.#kept += 1;
    const page = { id: `kept-${this.#kept}` };
    await this.enter(actor, lesson, page);
    return { dispose: () => this.leave(actor.learner, lesson, page) };
  }

  /**
   * Its text is another one now: the same pages go on with a new session, which takes over the sandbox, the
   * commands, the place and the ticks. When that cannot be made, the old one stays.
   * @throws lesson.* when it cannot be made
   */
  async renew(learner: string, lesson: string): Promise<void> {
    const open = this.#open.get(keyOf(learner, lesson));
    if (open === undefined) return;
    const before = open.session;
    const after = before.then((old) => this.#replace(open, old));
    // Who asks meanwhile waits for the new one; if there is none, they get the old one.
    open.session = after.catch(() => before);
    await after;
  }

  /**
   * Tells everything that is found about all checks of a lesson that is open, whichever session looks, until
   * disposed of or until no page shows the lesson any more.
   */
  observe(learner: string, lesson: string, observer: Observer): Disposable {
    const open = this.#open.get(keyOf(learner, lesson));
    if (open === undefined) return { dispose: () => undefined };
    open.observers.set(observer, null);
    void open.session.then(
      (session) => {
        if (open.observers.get(observer) === null) open.observers.set(observer, session.observe(observer));
      },
      () => undefined,
    );
    return {
      dispose: () => {
        open.observers.get(observer)?.dispose();
        open.observers.delete(observer);
      },
    };
  }

  async #replace(open: Open, old: LessonSession): Promise<LessonSession> {
    const session = await this.#make(open.actor, open.lesson);
    // A sandbox that is not there any more: the new session is told of the next one as the old one would have been.
    await session.takeOver(old).catch(() => session.detach());
    for (const observer of open.observers.keys()) open.observers.set(observer, session.observe(observer));
    old.dispose();
    if (this.#open.get(keyOf(open.actor.learner, open.lesson)) !== open) session.dispose();
    return session;
  }

  leave(learner: string, lesson: string, page: Pick<PageSocket, 'id'>): void {
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
    for (const open of [...this.#open.values()]) this.leave(open.actor.learner, open.lesson, page);
  }

  /** A session that is open, or null. */
  async find(learner: string, lesson: string): Promise<LessonSession | null> {
    return (await this.#open.get(keyOf(learner, lesson))?.session) ?? null;
  }

  /** Who has this lesson open. */
  actorsIn(lesson: string): Actor[] {
    return [...this.#open.values()].filter((open) => open.lesson === lesson).map((open) => open.actor);
  }

  /** All that are open for this learner. */
  async of(learner: string): Promise<LessonSession[]> {
    return Promise.all(
      [...this.#open.values()].filter((open) => open.actor.learner === learner).map((open) => open.session),
    );
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
