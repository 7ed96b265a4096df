import { setTimeout as delay } from 'node:timers/promises';
import type { RunBlock } from '../lessons/lesson.ts';
import type { TerminalHub } from '../terminal/terminal-hub.ts';

/** Where the commands of a lesson are typed. */
export interface TypingPlace {
  terminals: Pick<TerminalHub, 'run' | 'list' | 'interrupt' | 'onCommandEnded'>;
  sandboxId: string;
  learner: string;
  lesson: string;
  /** The lesson's folder in the sandbox. */
  cwd: string;
}

/** What the button of a run block does; resolves when the command is typed. @throws terminal.* */
export async function typeRunBlock(
  { terminals, ...place }: Omit<TypingPlace, 'terminals'> & { terminals: Pick<TerminalHub, 'run'> },
  { terminal, command, interrupt }: RunBlock,
  options: { interrupt: boolean } = { interrupt: false },
): Promise<void> {
  await terminals.run({ ...place, terminal, command, interrupt: options.interrupt || interrupt });
}

/** `ended` false: it still ran when its time was over. `exitCode` is null where the shell did not tell. */
export interface RunEnd {
  ended: boolean;
  exitCode: number | null;
}

/** Milliseconds. */
const pace = {
  look: 30,
  /** A prompt that stays for so long is one; between the lines of a pasted block there are shorter ones. */
  steady: 90,
  /** A shell that tells nothing for so long and is not busy is one that never tells. */
  untold: 3_000,
  /** A terminal in which a background command is about to end. */
  prompt: 5_000,
  /** A shell loses a Ctrl-C that comes in the instant before its program has taken the terminal. */
  glance: 500,
} as const;

/**
 * Types the block's command as its button would and waits until its terminal is back at the prompt, or, for one in
 * the background, only until it is typed. Aborting presses Ctrl-C.
 * @throws terminal.*, and what `signal` was aborted with
 */
export async function runBlockToEnd(
  place: TypingPlace,
  block: RunBlock,
  options: { timeoutMs: number; signal: AbortSignal },
): Promise<RunEnd> {
  const { terminals, sandboxId, lesson } = place;
  const { signal } = options;
  const address = { sandboxId, lesson, terminal: block.terminal };
  const isBusy = () => terminals.list(sandboxId, lesson).some((each) => each.terminal === block.terminal && each.busy);
  const ends: (number | null)[] = [];
  const listening = terminals.onCommandEnded((ended) => {
    const isHere = ended.sandboxId === sandboxId && ended.lesson === lesson && ended.terminal === block.terminal;
    if (isHere) ends.push(ended.exitCode);
  });
  const until = async (holds: () => boolean, timeoutMs: number) => {
    const end = performance.now() + timeoutMs;
    while (!holds()) {
      if (performance.now() >= end) return false;
      await delay(pace.look, undefined, { signal });
    }
    return true;
  };
  try {
    // If the prompt does not come, typing is refused and says why.
    if (block.interrupt) await delay(pace.glance, undefined, { signal });
    else await until(() => !isBusy(), pace.prompt);
    ends.length = 0;
    await typeRunBlock(place, block);
    if (block.background) return { ended: true, exitCode: null };
    const typed = performance.now();
    let restingSince: number | null = null;
    const isOver = () => {
      const now = performance.now();
      if (isBusy() || (ends.length === 0 && now - typed < pace.untold)) restingSince = null;
      else restingSince ??= now;
      return restingSince !== null && now - restingSince >= pace.steady;
    };
    const ended = await until(isOver, options.timeoutMs);
    return { ended, exitCode: ended ? (ends.at(-1) ?? null) : null };
  } catch (error) {
    if (signal.aborted && isBusy()) terminals.interrupt(address);
    throw signal.aborted ? signal.reason : error;
  } finally {
    listening.dispose();
  }
}
