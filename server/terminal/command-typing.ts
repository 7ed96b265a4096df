import { DrydockError } from '../errors.ts';
import type { ShellPhase } from './shell-tracker.ts';

/** What typing a command needs to know of the terminal and may do to it. */
export interface TypingTarget {
  readonly name: string;
  readonly phase: ShellPhase;
  /** What was typed since the prompt: nothing, part of a line, or lines the shell wants more of. */
  readonly line: 'empty' | 'begun' | 'continued';
  write(keys: string): void;
  /** Waits for the next prompt that takes input, at most `milliseconds`. False: there was none. */
  nextPrompt(milliseconds: number): Promise<boolean>;
}

const interruptKey = '\x03';
/** Readline: to the end of the line, then delete to its beginning. Ctrl-Y brings it back. */
const clearLineKeys = '\x05\x15';
const pasteStart = '\x1b[200~';
const pasteEnd = '\x1b[201~';

/** How long an interrupted program may take to end: milliseconds. */
const interruptWait = 3000;
const promptWait = 500;

/**
 * Types a command as the learner would, and Enter. What they had begun to type is put aside first.
 *
 * @throws terminal.busy when a program runs and `interrupt` is false, or does not end when interrupted
 */
export async function typeCommand(target: TypingTarget, command: string, interrupt: boolean): Promise<void> {
  if (isTaken(target.phase)) {
    if (!interrupt) {
      throw new DrydockError(
        'terminal.busy',
        `Something is still running in terminal ${target.name}. Wait until it ends or stop it with Ctrl-C, then run this again.`,
      );
    }
    target.write(interruptKey);
    if (!(await target.nextPrompt(interruptWait))) {
      throw new DrydockError(
        'terminal.busy',
        `The program in terminal ${target.name} did not end when it was interrupted with Ctrl-C. End it in the terminal, or use another one, then run this again.`,
      );
    }
  } else if (target.line === 'continued') {
    // An unfinished quote or loop: deleting the last line would not get rid of the ones before.
    target.write(interruptKey);
    await target.nextPrompt(promptWait);
  } else if (target.line === 'begun' || target.phase === 'unknown') {
    target.write(clearLineKeys);
  }
  target.write(keysFor(command));
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: a control character would be a key press
const controlCharacters = /[\u0000-\u0008\u000b-\u001f\u007f]/g;

/** Several lines are pasted as one piece, or the shell would start the first while the rest is being typed. */
function keysFor(command: string): string {
  const text = command.replace(/\r\n?/g, '\n').replace(controlCharacters, '').replace(/\n+$/, '');
  // A typed tab would ask for completion.
  const asPaste = text.includes('\n') || text.includes('\t');
  return asPaste ? `${pasteStart}${text}${pasteEnd}\r` : `${text}\r`;
}

function isTaken(phase: ShellPhase): boolean {
  return phase === 'running' || phase === 'submitted';
}
