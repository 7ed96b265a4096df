import { nearestWord } from '../checks/nearest-word.ts';
import { DrydockError, describeError } from '../errors.ts';

/** @param known with their hyphens. @returns words about the first option the command does not have, or null */
export function unknownOption(command: string, argv: readonly string[], known: readonly string[]): string | null {
  const unknown = argv.find((argument) => argument.startsWith('-') && !known.includes(argument.split('=', 1)[0] ?? ''));
  if (unknown === undefined) return null;
  const near = nearestWord(unknown, known);
  return `${command} has no option \`${unknown}\`.${near ? ` Did you mean \`${near}\`?` : ''}`;
}

/** What went wrong, in words where it was foreseen, else with what helps to mend it. */
export function failureText(error: unknown): string {
  const foreseen = error instanceof DrydockError || !(error instanceof Error);
  return `${foreseen ? describeError(error) : (error.stack ?? error.message)}\n`;
}
