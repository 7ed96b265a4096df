import { join } from 'node:path';
import { limits } from '../../protocol/limits.ts';
import { readPlainFile } from './bounded-files.ts';
import { type CheatSheet, parseCheatSheet } from './cheat-sheet.ts';
import { type Glossary, parseGlossary } from './glossary.ts';
import { glossaryFile } from './lesson-links.ts';
import { ProblemList } from './problem.ts';

export const cheatSheetFile = 'cheat-sheet.yaml';

/** What lies beside the courses of a directory. null: there is none. */
export interface ReferenceFiles {
  glossary: Glossary | null;
  cheatSheet: CheatSheet | null;
  /** Another one when a text is another one. */
  mark: string;
}

export const noReference: ReferenceFiles = { glossary: null, cheatSheet: null, mark: '' };

/**
 * @param shown prefix of file names in problems
 * @param known what was read before: what is unchanged is taken from it, the same objects
 */
export async function loadReference(
  directory: string,
  shown = '',
  known: ReferenceFiles = noReference,
): Promise<ReferenceFiles> {
  const read = (name: string): Promise<Buffer | 'too-large' | null> =>
    readPlainFile(join(directory, name), limits.lessonSource);
  const [glossary, sheet] = await Promise.all([read(glossaryFile), read(cheatSheetFile)]);
  const mark = JSON.stringify([glossary, sheet].map((text) => (Buffer.isBuffer(text) ? text.toString('utf8') : text)));
  if (mark === known.mark) return known;
  return {
    glossary: parse(glossary, `${shown}${glossaryFile}`, parseGlossary, (file, { items: problems }) => ({
      file,
      terms: [],
      problems,
    })),
    cheatSheet: parse(sheet, `${shown}${cheatSheetFile}`, parseCheatSheet, (file, { items: problems }) => ({
      file,
      groups: [],
      problems,
    })),
    mark,
  };
}

function parse<T>(
  content: Buffer | 'too-large' | null,
  file: string,
  read: (text: string, file: string) => T,
  empty: (file: string, problems: ProblemList) => T,
): T | null {
  if (content === null) return null;
  if (content !== 'too-large') return read(content.toString('utf8'), file);
  const problems = new ProblemList(file);
  problems.error(
    'source.too-large',
    { line: 1, column: 1 },
    { message: `This file is larger than ${limits.lessonSource / 1024} kB.` },
  );
  return empty(file, problems);
}
