import type { CheckResult } from '../../protocol/lesson-view.ts';
import type { Preparation } from '../../protocol/preparation.ts';
import type { QuizAnswer } from '../../protocol/quiz.ts';

/** What the end of a terminal's output looks like, escape sequences stripped. */
export interface Transcript {
  terminal: string;
  lines: string[];
}

/** How the wait for a command ended; `exitCode` is null where the shell did not tell. */
export type CommandEnd = { ended: true; exitCode: number | null } | { ended: false };

/**
 * What a learner does with the page of one lesson. Whatever the server refuses is thrown with the server's words.
 * Times are milliseconds.
 */
export interface LearnerPage {
  /** Shows the lesson; resolves when its sandbox is ready. */
  open(): Promise<void>;
  /** Brings a step into focus. */
  visitStep(step: string): Promise<void>;
  /**
   * Waits until the lab has done what it does by itself for this step or to start over.
   * @returns null when it has, else how far it came: failed, or still running after its time
   */
  prepared(timeoutMs: number): Promise<Preparation | null>;
  /** Presses "Start over from this step". */
  startOver(step: string): Promise<void>;
  /** Presses Run at a `run` or `solution` block; resolves when the command is typed. */
  run(block: string, terminal: string): Promise<void>;
  /** Waits until the terminal is back at its prompt, or its shell has ended. */
  commandEnd(terminal: string, timeoutMs: number): Promise<CommandEnd>;
  /** What the last command in this terminal printed, as lines without colours, in full; null: too much to keep. */
  printed(terminal: string): string[] | null;
  /** Presses the button of a `file` or `solution` block. */
  apply(block: string): Promise<void>;
  /** Presses "Check again". A check that is met has its tick from then on. */
  evaluate(check: string): Promise<CheckResult>;
  /** Waits until all of these have their tick without being asked for. @returns those that have */
  ticked(checks: readonly string[], timeoutMs: number): Promise<Set<string>>;
  /** Gives an answer to a quiz. @returns whether it is right */
  answer(quiz: string, answer: QuizAnswer): Promise<boolean>;
  /** Waits until the step counts as done. */
  stepDone(step: string, timeoutMs: number): Promise<boolean>;
  /** Checks that have their tick, whoever did what they ask for. */
  passed(): ReadonlySet<string>;
  transcripts(): Transcript[];
}
