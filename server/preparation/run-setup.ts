import { createHash } from 'node:crypto';
import type { SandboxHost } from '../docker/sandbox-host.ts';
import { everyBlock, type Lesson, type LessonStep, type SetupBlock, setupsOfStep } from '../lessons/lesson.ts';
import { runProgram } from '../workspace/run-program.ts';

const usualMs = 60_000;
/** Of `timeout(1)`. */
const timedOut = 124;
/** How much it may print, in bytes; what is shown of it is far less. */
const mostOutput = 1024 * 1024;
/** On top of the block's own limit, which `timeout` keeps inside the sandbox: milliseconds. */
const grace = 10_000;

/** How a setup block ended, where not well. `output`: the first of what it said, errors before the rest. */
export interface SetupFailure {
  how: string;
  output: string;
}

/** A setup block and the step it belongs to; null: the introduction. */
export interface PlacedSetup {
  step: LessonStep | null;
  block: SetupBlock;
}

/** The setup blocks of the introduction and of the steps up to `last` (an index), in order. */
export function setupsUpTo(lesson: Lesson, last: number): PlacedSetup[] {
  const introduction = [...everyBlock(lesson.introduction)].filter((block) => block.kind === 'setup');
  return [
    ...introduction.map((block) => ({ step: null, block })),
    ...lesson.steps.slice(0, last + 1).flatMap((step) => setupsOfStep(step).map((block) => ({ step, block }))),
  ];
}

/** By which it is known that a block has run: one whose command was changed since has not. */
export function setupKey({ id, command }: SetupBlock): string {
  return `${id}:${createHash('sha256').update(command).digest('hex').slice(0, 16)}`;
}

/**
 * Runs a setup block in the sandbox, outside the learner's shell. Resolves to null when it ended well.
 * @throws sandbox.*, engine.*, file.failed, and what `signal` was aborted with
 */
export async function runSetup(
  place: { host: SandboxHost; sandboxId: string /** The lesson's folder. */; cwd: string },
  { command, timeoutMs }: SetupBlock,
  signal: AbortSignal,
): Promise<SetupFailure | null> {
  const limit = timeoutMs ?? usualMs;
  const { exitCode, stdout, stderr } = await runProgram(
    place.host,
    place.sandboxId,
    { argv: ['timeout', '-k', '2', String(limit / 1000), 'bash', '-c', command], cwd: place.cwd },
    { maxOutput: mostOutput, timeoutMs: limit + grace, signal },
  );
  if (exitCode === 0) return null;
  const output = stderr + stdout.toString('utf8');
  if (exitCode === timedOut) return { how: `did not end within ${Math.round(limit / 1000)} s`, output };
  if (exitCode === null) return { how: 'printed more than 1 MiB', output };
  return { how: `ended with exit status ${exitCode}`, output };
}
