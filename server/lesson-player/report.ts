import type { Problem } from '../lessons/problem.ts';
import type { Transcript } from './learner-page.ts';

/** What playing lessons found out. This is what `--json` prints; keys are never renamed. */
export interface PlayReport {
  passed: number;
  failed: number;
  skipped: number;
  /** It was stopped: lessons that are not listed have not been played to their end. */
  interrupted: boolean;
  milliseconds: number;
  lessons: LessonReport[];
}

export interface LessonReport {
  /** course/lesson */
  lesson: string;
  /** Name of its lesson.md. */
  file: string;
  state: 'passed' | 'failed' | 'skipped';
  milliseconds: number;
  /** Why it was skipped. */
  reason: string | null;
  /** Steps that were played, the last one perhaps not to its end. */
  steps: StepReport[];
  outputs: OutputReport[];
  failures: Failure[];
  /** What failed when it was played before, once for each try: a lesson that is not the same each time. */
  earlier: Pick<LessonReport, 'failures' | 'trouble'>[];
  /** What is worth knowing, and no failure. */
  notes: string[];
  /** Mistakes the linter found; a lesson that has any is not played. */
  problems: Problem[];
  /** What went wrong around the lesson: the server's own complaints, a sandbox that could not be removed. */
  trouble: string[];
}

export interface StepReport {
  id: string;
  title: string;
  milliseconds: number;
  blocks: BlockReport[];
  checks: CheckReport[];
  quizzes: QuizReport[];
}

export interface BlockReport {
  id: string;
  kind: 'run' | 'file' | 'setup';
  milliseconds: number;
  /** Of a command that was waited for, where its shell told. */
  exitCode: number | null;
}

export interface CheckReport {
  id: string;
  title: string;
  /** `asked`: it got its tick only when it was asked for. */
  met: 'by-itself' | 'asked' | 'no';
}

export interface QuizReport {
  id: string;
  /** Wrong answers were refused and the right one was taken. */
  passed: boolean;
  /** Why it was not answered, where nothing is wrong with it. */
  note: string | null;
}

/** An output block beside what its command printed this time. */
export interface OutputReport {
  block: string;
  /** Of its opening fence. */
  line: number;
  /** `empty`: never refreshed. `unfit`: what was seen cannot be shown. `written`: the lesson shows it from now on. */
  state: 'same' | 'empty' | 'stale' | 'unfit' | 'written';
  shown: string;
  seen: string;
}

export interface Failure {
  kind: /** A check was met before anything was done for it. */
    | 'met-first'
    /** All blocks were carried out, and checks are not met. */
    | 'not-met'
    /** A command was still running at the end of its time. */
    | 'not-ended'
    /** A setup block ended with an error. */
    | 'setup'
    /** A quiz that takes a wrong answer, or not the right one. */
    | 'quiz'
    /** An output block that does not show what its command prints. */
    | 'output.stale'
    /** An output that cannot be shown: none, too long, or of this machine alone. */
    | 'output.unfit'
    /** A command with an output block that printed more than is kept of it. */
    | 'output.too-long'
    /** Who starts over from the last step does not get what the steps before it make. */
    | 'start-over'
    /** The lab refused or could not do what was asked of it. */
    | 'refused';
  /** null: it failed before the first step. */
  step: { id: string; title: string } | null;
  block: { id: string; kind: string; line: number; text: string } | null;
  message: string;
  conditions: UnmetCondition[];
  transcripts: Transcript[];
}

export interface UnmetCondition {
  check: string;
  title: string;
  line: number;
  /** The check's own words. */
  message: string;
  hint: string | null;
}
