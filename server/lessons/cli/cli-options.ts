import { nearestWord } from '../../checks/nearest-word.ts';
import { DrydockError, describeError } from '../../errors.ts';
import type { PlayReport } from '../../lesson-player/report.ts';

/** @param known with their hyphens. @returns words about the first option the command does not have, or null */
export function unknownOption(command: string, argv: readonly string[], known: readonly string[]): string | null {
  const unknown = argv.find((argument) => argument.startsWith('-') && !known.includes(argument.split('=', 1)[0] ?? ''));
  if (unknown === undefined) return null;
  const near = nearestWord(unknown, known);
  return `${command} has no option \`${unknown}\`.${near ? ` Did you mean \`${near}\`?` : ''}`;
}

/** @param text what stands behind --jobs @returns null: not said; words when it is no number of jobs */
export function readJobs(text: string | undefined): number | null | { wrong: string } {
  if (text === undefined) return null;
  return /^[1-9]\d?$/.test(text) ? Number(text) : { wrong: `--jobs ${text}: allowed is a whole number from 1 to 99.` };
}

/** The exit status of what was played: 0 all passed, 1 one failed, 130 interrupted. */
export function playedStatus({ interrupted, failed }: Pick<PlayReport, 'interrupted' | 'failed'>): number {
  if (interrupted) return 130;
  return failed > 0 ? 1 : 0;
}

/** What went wrong, in words where it was foreseen, else with what helps to mend it. */
export function failureText(error: unknown): string {
  const foreseen = error instanceof DrydockError || !(error instanceof Error);
  return `${foreseen ? describeError(error) : (error.stack ?? error.message)}\n`;
}
