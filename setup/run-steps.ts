import type { Progress } from '../server/progress.ts';

/** One thing the set-up brings about, and how to see that it is there already. */
export interface Step {
  id: string;
  /** Completes "Docker Engine", "sandbox image": a noun, shown while it runs. */
  title: string;
  /** Ids of steps that must be done first. */
  needs: readonly string[];
  /** True when there is nothing to do. Quick, and without effects. */
  check(signal: AbortSignal): Promise<boolean>;
  /** Brings it about; `tell` shows what is going on. */
  run(tell: (detail: string) => void, signal: AbortSignal): Promise<void>;
}

/** A step that failed, with its title; `cause` is what it threw. */
export class StepFailure extends Error {
  readonly step: string;

  constructor(step: Step, cause: unknown) {
    super(`${step.title}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'StepFailure';
    this.step = step.id;
  }
}

/**
 * Does the steps, each as soon as those it needs are done, at most `parallel` running at a time (checks are
 * cheap and wait for nobody). The first failure aborts the others.
 * @returns ids of the steps that had something to do
 * @throws StepFailure
 */
export async function runSteps(
  steps: readonly Step[],
  progress: Progress,
  options: { signal: AbortSignal; parallel?: number },
): Promise<string[]> {
  const abort = new AbortController();
  const signal = AbortSignal.any([options.signal, abort.signal]);
  const places = new Places(options.parallel ?? 3);
  const ran: string[] = [];
  const started = new Map<string, Promise<void>>();

  const begin = (step: Step): Promise<void> => {
    const known = started.get(step.id);
    if (known !== undefined) return known;
    const promise = perform(step);
    started.set(step.id, promise);
    return promise;
  };

  const perform = async (step: Step): Promise<void> => {
    // Ends the synchronous part, so that `started` knows this step before its needs are followed.
    await Promise.resolve();
    await Promise.all(step.needs.map((id) => begin(find(steps, id))));
    try {
      signal.throwIfAborted();
      if (await step.check(signal)) return;
      await places.use(async () => {
        signal.throwIfAborted();
        const line = progress.begin(step.title);
        try {
          await step.run((detail) => line.tell(detail), signal);
          line.done();
          ran.push(step.id);
        } catch (error) {
          if (signal.aborted) line.dropped();
          else line.failed();
          throw error;
        }
      });
    } catch (error) {
      throw error instanceof StepFailure ? error : new StepFailure(step, error);
    }
  };

  let first: unknown = null;
  await Promise.all(
    steps.map(async (step) => {
      try {
        await begin(step);
      } catch (error) {
        // Those that are aborted because of the first failure are not worth a word.
        first ??= error;
        abort.abort();
      }
    }),
  );
  if (first !== null) throw first;
  return ran;
}

function find(steps: readonly Step[], id: string): Step {
  const step = steps.find((each) => each.id === id);
  if (step === undefined) throw new Error(`there is no step "${id}"`);
  return step;
}

/** Lets a number of tasks run at a time; the others wait in line. */
class Places {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  async use<T>(task: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}
