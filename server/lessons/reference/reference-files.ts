import { join } from 'node:path';
import { limits } from '../../../protocol/limits.ts';
import { readPlainFile } from '../library/bounded-files.ts';
import { parsePlacement, placementFile } from '../placement/placement-file.ts';
import { type Problem, ProblemList } from '../problem.ts';
import { type CheatSheet, parseCheatSheet } from './cheat-sheet.ts';
import { type Glossary, parseGlossary } from './glossary.ts';
import { glossaryFile } from './lesson-links.ts';

export const cheatSheetFile = 'cheat-sheet.yaml';

/** What lies beside the courses of a directory. null: there is none. */
export interface ReferenceFiles {
  glossary: Glossary | null;
  cheatSheet: CheatSheet | null;
  /** What is wrong with the questions of the placement quiz; they are read anew whenever they are asked. */
  placement: { file: string; problems: Problem[] } | null;
  /** Another one when a text is another one. */
  mark: string;
}

export const noReference: ReferenceFiles = { glossary: null, cheatSheet: null, placement: null, mark: '' };

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
  const [glossary, sheet, placement] = await Promise.all([glossaryFile, cheatSheetFile, placementFile].map(read));
  const mark = JSON.stringify(
    [glossary, sheet, placement].map((text) => (Buffer.isBuffer(text) ? text.toString('utf8') : text)),
  );
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
    placement: parse(
      placement,
      `${shown}${placementFile}`,
      (text, file) => ({ file, problems: parsePlacement(text, file, null).problems }),
      (file, { items: problems }) => ({ file, problems }),
    ),
    mark,
  };
}

function parse<T>(
  content: Buffer | 'too-large' | null | undefined,
  file: string,
  read: (text: string, file: string) => T,
  empty: (file: string, problems: ProblemList) => T,
): T | null {
  if (content == null) return null;
  if (content !== 'too-large') return read(content.toString('utf8'), file);
  const problems = new ProblemList(file);
  problems.error(
    'source.too-large',
    { line: 1, column: 1 },
    { message: `This file is larger than ${limits.lessonSource / 1024} kB.` },
  );
  return empty(file, problems);
}
