import type { PlayRequest } from '../../lesson-player/play-request.ts';
import type { PlayReport } from '../../lesson-player/report.ts';
import type { TargetIo } from './cli-targets.ts';
import type { Git } from './turn.ts';

/** Plays lessons and shows how it goes. */
export type Play = (request: PlayRequest) => Promise<PlayReport>;

/** What is to be shown, and where. */
export interface PreviewRequest {
  /** The folder of courses; the shipped one when it is that. */
  directory: string;
  /** Course or lesson of it to begin with, as an address; '' is the catalogue. */
  address: string;
  /** null: one that is free. */
  port: number | null;
  /** Opens the page in a browser where there is one. */
  open: boolean;
}

/** Shows lessons until it is told to stop. */
export type Preview = (request: PreviewRequest) => Promise<void>;

export interface LessonsCliIo extends TargetIo {
  env?: Readonly<Record<string, string | undefined>>;
  /** About the folder that relative arguments begin at. */
  git?: Git;
  out: (text: string) => void;
  /** Without it there is no `test`. */
  play?: Play;
  /** Without it there is no `preview`. */
  preview?: Preview;
}

/** One word after `npm run lessons --`. */
export interface LessonsCommand {
  name: string;
  /** What may stand after the name, line by line, for the head of the help. */
  synopsis: readonly string[];
  /** What it does, in sentences; wrapped for the help. */
  summary: string;
  /**
   * @param usage the whole help, to be shown when it was asked wrongly
   * @returns the exit status: 0 all is well, 1 something is wrong, 2 asked wrongly
   */
  run(argv: readonly string[], io: LessonsCliIo, usage: string): Promise<number>;
}

const width = 80;

/**
 * The help: a line for each command, then what each does.
 * @param start what stands before the name of a command
 * @param ending what the exit status says
 */
export function renderUsage(
  commands: readonly Pick<LessonsCommand, 'name' | 'synopsis' | 'summary'>[],
  start = 'npm run lessons -- ',
  ending = 'Ends with 0 when all is well, 1 when something is wrong with a lesson, 2 when it was asked wrongly.',
): string {
  const column = Math.max(...commands.map(({ name }) => name.length)) + 4;
  const heads = commands.flatMap(({ name, synopsis: [first = '', ...more] }) => [
    `${start}${name} ${first}`.trimEnd(),
    ...more.map((line) => `${' '.repeat(start.length + name.length + 1)}${line}`),
  ]);
  const texts = commands.flatMap(({ name, summary }) =>
    wrap(summary, width - column).map((line, index) => `${(index === 0 ? `  ${name}` : '').padEnd(column)}${line}`),
  );
  return [`Usage: ${heads.join('\n       ')}`, '', ...texts, '', ...wrap(ending, width), ''].join('\n');
}

export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= columns) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
