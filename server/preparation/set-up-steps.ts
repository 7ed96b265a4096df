import { DrydockError } from '../errors.ts';
import type { ReadySandbox } from '../sandbox/sandbox-manager.ts';
import type { PreparationParts } from './preparation-parts.ts';
import type { PreparationRun } from './preparation-run.ts';
import { firstLine, notDone, setupFailed } from './preparation-words.ts';
import { type PlacedSetup, runSetup, setupKey, setupsUpTo } from './run-setup.ts';

/**
 * Runs what is set up for the steps the learner opened, and for those before them, and has not run in this sandbox.
 * They may open further ones meanwhile.
 * @throws lesson.setup-failed, lesson.*, sandbox.*, engine.*
 */
export async function setUpSteps(parts: PreparationParts, run: PreparationRun, sandbox: ReadySandbox): Promise<void> {
  const { reader, done: store, sandboxes } = parts;
  const using = sandboxes.use(sandbox.learner); // not to be frozen meanwhile
  try {
    for (let done = 0; ; ) {
      run.signal.throwIfAborted();
      // Read anew each time: the learner may answer a variable, the author may write.
      const lesson = await reader.lesson(run.actor, run.lesson);
      const finished = await store.done(sandbox.id, run.lesson);
      const last = Math.max(-1, ...[...run.steps].map((id) => lesson.steps.findIndex((step) => step.id === id)));
      const left = setupsUpTo(lesson, last).filter(({ block }) => !finished.has(setupKey(block)));
      const [next] = left;
      if (next === undefined) {
        // At once: a step that is opened from now on begins another run.
        run.end();
        return;
      }
      const doing = firstLine(next.block.command);
      run.show({ step: next.step?.id ?? null, done, of: done + left.length, doing });
      await setUpOne(parts, run, sandbox.id, next);
      done += 1;
    }
  } finally {
    using.dispose();
  }
}

/** Runs one and notes that it ran. @throws lesson.setup-failed, sandbox.*, engine.* */
export async function setUpOne(
  { host, done, rootOf, clock }: PreparationParts,
  run: PreparationRun,
  sandboxId: string,
  { step, block }: PlacedSetup,
): Promise<void> {
  const place = { host, sandboxId, cwd: rootOf(run.lesson) };
  const failure = await runSetup(place, block, run.signal).catch((error: unknown) => {
    if (run.signal.aborted || !(error instanceof DrydockError)) throw error;
    const words = notDone(step, firstLine(block.command), error.message);
    throw new DrydockError(error.code, words, { cause: error });
  });
  if (failure !== null) throw new DrydockError('lesson.setup-failed', setupFailed(step, block.command, failure));
  await done.add(sandboxId, run.lesson, setupKey(block), clock.now());
}
