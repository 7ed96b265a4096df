import type { Preparation } from '../../protocol/preparation.ts';
import type { Actor } from '../access.ts';
import type { Clock } from '../clock.ts';

export interface PreparationRunOptions {
  actor: Actor;
  /** course/lesson */
  lesson: string;
  kind: Preparation['kind'];
  /** Ids of the steps it is about: those the learner opened, or the one they start over from. */
  steps: readonly string[];
  clock: Clock;
  tell: (preparation: Preparation | null) => void;
  /** After that it is to be forgotten. */
  onEnded: () => void;
}

/**
 * One preparation, from its beginning until it is done, stopped or, when it failed, forgotten. At first it only looks
 * whether there is anything to do, and nobody is told.
 */
export class PreparationRun {
  readonly actor: Actor;
  readonly lesson: string;
  readonly kind: Preparation['kind'];
  readonly steps: Set<string>;
  /** The sandbox it works in; null while that is being made anew for it. */
  sandboxId: string | null = null;
  readonly #options: PreparationRunOptions;
  readonly #abort = new AbortController();
  readonly #since: number;
  readonly #looked: Promise<void>;
  #hasLooked: () => void = () => undefined;
  #shown: Preparation | null = null;
  #ended = false;

  constructor(options: PreparationRunOptions) {
    this.#options = options;
    this.actor = options.actor;
    this.lesson = options.lesson;
    this.kind = options.kind;
    this.steps = new Set(options.steps);
    this.#since = options.clock.now();
    this.#looked = new Promise((resolve) => {
      this.#hasLooked = resolve;
    });
  }

  get shown(): Preparation | null {
    return this.#shown;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get failed(): boolean {
    return this.#shown?.state === 'failed';
  }

  /** Nothing gets its tick by itself: it works, or what the checks build on is not there. */
  get holdsChecks(): boolean {
    return !this.#ended && (!this.failed || this.kind === 'setup');
  }

  /** Works in the sandbox, as far as is known. */
  get working(): boolean {
    return !this.#ended && this.#shown?.state === 'running';
  }

  /** Resolves when it is known whether there is anything to do. */
  looked(): Promise<void> {
    return this.#looked;
  }

  show(at: Pick<Preparation, 'step' | 'done' | 'of' | 'doing'>): void {
    if (this.signal.aborted) return;
    this.#set({ kind: this.kind, state: 'running', since: this.#since, message: null, ...at });
  }

  fail(message: string): void {
    if (this.signal.aborted) return;
    const nowhere = { step: null, done: 0, of: 0, doing: '', kind: this.kind, since: this.#since };
    this.#set({ ...(this.#shown ?? nowhere), state: 'failed', message });
  }

  /** It is done, or is to be forgotten. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    const wasTold = this.#shown !== null;
    this.#shown = null;
    this.#hasLooked();
    if (wasTold) this.#options.tell(null);
    this.#options.onEnded();
  }

  /** Stops what it does, which is a failure that can be tried again. */
  stop(message: string): void {
    this.fail(message);
    this.#abort.abort(stopped());
  }

  /** Stops what it does. */
  abort(): void {
    this.#abort.abort(stopped());
    this.end();
  }

  #set(shown: Preparation): void {
    this.#shown = shown;
    this.#hasLooked();
    this.#options.tell(shown);
  }
}

function stopped(): Error {
  return new Error('The preparation was stopped.');
}
