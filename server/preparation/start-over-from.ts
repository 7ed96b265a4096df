import { setTimeout as delay } from 'node:timers/promises';
import { DrydockError } from '../errors.ts';
import type { ReadySandbox } from '../sandbox/sandbox-manager.ts';
import { applyFileBlock } from './apply-file-block.ts';
import type { PreparationParts, PreparedSession } from './preparation-parts.ts';
import type { PreparationRun } from './preparation-run.ts';
import { endedBadly, firstLine, notDone, notEnded } from './preparation-words.ts';
import { type ReplayPart, replayUpTo } from './replay.ts';
import { runBlockToEnd } from './run-block.ts';
import { setUpOne } from './set-up-steps.ts';

/** Milliseconds. */
const patience = {
  command: 60_000,
  /** Until a step's checks are met. */
  checks: 5_000,
  /** The same where a command of the step goes on in the background. */
  background: 20_000,
  ask: 500,
} as const;

/**
 * Resets the sandbox and does in it what the steps before `target` would have had the learner do.
 * @throws lesson.setup-failed and others, with words that name the step and what could not be done
 */
export async function startOverFrom(parts: PreparationParts, run: PreparationRun, target: string): Promise<void> {
  const { learner } = run.actor;
  run.signal.throwIfAborted();
  const kept = await parts.sessions.keep(run.actor, run.lesson);
  try {
    const sandbox = await freshSandbox(parts, run);
    run.signal.throwIfAborted();
    run.sandboxId = sandbox.id;
    const using = parts.sandboxes.use(learner);
    try {
      await (await openSession(parts, run)).attach(sandbox);
      await replay(parts, run, sandbox, target);
      await parts.progress.visitStep(learner, run.lesson, target, parts.clock.now());
      (await openSession(parts, run)).visit(target);
    } finally {
      using.dispose();
    }
  } finally {
    kept.dispose();
  }
}

/** A reset that was under way is joined, and has put the files of another lesson in order: then once more. */
async function freshSandbox(parts: PreparationParts, run: PreparationRun): Promise<ReadySandbox> {
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    let emptied = false;
    run.signal.throwIfAborted(); // nothing is taken from who has thought better of it
    const sandbox = await parts.sandboxes.reset(run.actor.learner, async ({ id }) => {
      await parts.emptyWorkspace(id, run.lesson);
      emptied = true;
    });
    if (emptied) return sandbox;
  }
  throw new DrydockError('sandbox.starting', 'Your sandbox is being reset for another lesson.');
}

async function replay(parts: PreparationParts, run: PreparationRun, sandbox: ReadySandbox, target: string) {
  const lesson = await parts.reader.lesson(run.actor, run.lesson);
  const plan = replayUpTo(
    lesson,
    lesson.steps.findIndex((step) => step.id === target),
  );
  const of = plan.reduce((sum, part) => sum + part.blocks.length, 0);
  let done = 0;
  for (const part of plan) {
    let failed: { command: string; exitCode: number } | null = null;
    let background = false;
    for (const block of part.blocks) {
      const doing = block.kind === 'file' ? block.path : firstLine(block.command);
      run.show({ step: target, done, of, doing });
      run.signal.throwIfAborted();
      const exitCode = await carryOut(parts, run, sandbox, part, block);
      if (block.kind === 'run' && exitCode !== null && exitCode !== 0) failed = { command: block.command, exitCode };
      if (block.kind === 'run' && block.background) background = true;
      done += 1;
    }
    const met = await allMet(parts, run, part, background ? patience.background : patience.checks);
    // A lesson may show a command that fails. Only where the step then is not done did it go wrong.
    if (!met && failed !== null) {
      throw new DrydockError('lesson.setup-failed', endedBadly(part.step, failed.command, failed.exitCode));
    }
  }
}

/** What the block's button would do. @returns the exit status of a command that was waited for */
async function carryOut(
  parts: PreparationParts,
  run: PreparationRun,
  sandbox: ReadySandbox,
  { step }: ReplayPart,
  block: ReplayPart['blocks'][number],
): Promise<number | null> {
  const { terminals, rootOf, workspaceOf } = parts;
  const { id: sandboxId, learner } = sandbox;
  if (block.kind === 'setup') {
    await setUpOne(parts, run, sandboxId, { step, block });
    return null;
  }
  const what = block.kind === 'file' ? block.path : firstLine(block.command);
  try {
    if (block.kind === 'file') {
      await applyFileBlock(workspaceOf(learner, run.lesson), block);
      return null;
    }
    const place = { terminals, sandboxId, learner, lesson: run.lesson, cwd: rootOf(run.lesson) };
    const timeoutMs = block.timeoutMs ?? patience.command;
    const end = await runBlockToEnd(place, block, { timeoutMs, signal: run.signal });
    if (end.ended) return end.exitCode;
    throw new DrydockError('lesson.setup-failed', notEnded(step, block.command, block.terminal, timeoutMs));
  } catch (error) {
    const isRefusal = error instanceof DrydockError && error.code !== 'lesson.setup-failed';
    throw isRefusal ? new DrydockError(error.code, notDone(step, what, error.message), { cause: error }) : error;
  }
}

/** Looks at the checks of the step that was done, for a while. Its quizzes stay the learner's. */
async function allMet(
  parts: PreparationParts,
  run: PreparationRun,
  { checks }: ReplayPart,
  timeoutMs: number,
): Promise<boolean> {
  if (checks.length === 0) return true;
  const ids = checks.map((check) => check.id);
  const until = performance.now() + timeoutMs;
  for (;;) {
    const results = await (await openSession(parts, run)).catchUp(ids);
    if (results.every((result) => result.state === 'met')) return true;
    if (performance.now() >= until) return false;
    await delay(patience.ask, undefined, { signal: run.signal });
  }
}

async function openSession(parts: PreparationParts, run: PreparationRun): Promise<PreparedSession> {
  const session = await parts.sessions.find(run.actor.learner, run.lesson);
  if (session === null) throw new Error('a lesson that is kept open is not open');
  return session;
}
