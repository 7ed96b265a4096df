import type { LessonStep } from '../lessons/lesson.ts';
import { shorten } from '../lessons/problem.ts';
import type { SetupFailure } from './run-setup.ts';

/** Lines of what a program said that are quoted. */
const quotedLines = 6;

/** What names a command to a person. */
export function firstLine(command: string): string {
  return shorten(command.trim().split('\n', 1)[0] ?? '', 100);
}

export function placeOf(step: LessonStep | null): string {
  return step === null ? 'the introduction' : `the step “${step.title}”`;
}

export function setupFailed(step: LessonStep | null, command: string, { how, output }: SetupFailure): string {
  return `What the lab prepares for ${placeOf(step)} did not work: its command \`${firstLine(command)}\` ${how}.${said(output)}`;
}

export function notEnded(step: LessonStep | null, command: string, terminal: string, timeoutMs: number): string {
  return `In ${placeOf(step)} the command \`${firstLine(command)}\` was still running in terminal ${terminal} after ${Math.round(timeoutMs / 1000)} s.`;
}

export function endedBadly(step: LessonStep | null, command: string, exitCode: number): string {
  return `In ${placeOf(step)} the command \`${firstLine(command)}\` ended with exit status ${exitCode}, and the step’s checks are not met.`;
}

export function notDone(step: LessonStep | null, what: string, why: string): string {
  return `In ${placeOf(step)} the lab could not do \`${what}\`. ${why}`;
}

export const advice = {
  setup:
    'Try again. If it fails again, reset the sandbox; if that does not help either, whoever wrote this lesson should know.',
  'start-over': 'Try again, which begins anew in a fresh sandbox, or go on by hand from where it stopped.',
} as const;

function said(output: string): string {
  const lines = output
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
  if (lines.length === 0) return ' It said nothing.';
  const quoted = lines.slice(0, quotedLines).map((line) => shorten(line, 160));
  return [' It said:', ...quoted, ...(lines.length > quotedLines ? ['…'] : [])].join('\n');
}
