import { type CheatSheetWords, cheatSheetSchema, type SheetWords } from '../../../protocol/cheat-sheet-schema.ts';
import { normaliseSource } from '../parse/markdown.ts';
import { keysAtPath } from '../parse/schema-keys.ts';
import { locateIn, readYaml } from '../parse/yaml-source.ts';
import { reportIssues } from '../parse/zod-problems.ts';
import { comparePlaces, type Problem, ProblemList, type SourceSpot } from '../problem.ts';

/** The words for one command, and where they stand. */
export interface SheetEntry extends SheetWords {
  name: string;
  at: SourceSpot;
  /** Of `example`, `explained` and each of the options. */
  spots: Readonly<Record<string, SourceSpot>>;
}

export interface CheatSheet {
  /** Name of the file in problems. */
  file: string;
  groups: { title: string; entries: SheetEntry[] }[];
  problems: Problem[];
}

/**
 * Reads a cheat-sheet.yaml. Never throws: whatever is wrong is in `problems`; with an error in it there are no groups.
 * @param file name of the file in problems
 */
export function parseCheatSheet(text: string, file: string): CheatSheet {
  const problems = new ProblemList(file);
  const groups = readGroups(normaliseSource(text), problems);
  return { file, groups, problems: problems.items.sort(comparePlaces) };
}

function readGroups(text: string, problems: ProblemList): CheatSheet['groups'] {
  const yaml = readYaml(text, locateIn(text), problems);
  if (yaml === null) return [];
  const parsed = cheatSheetSchema.safeParse(yaml.value ?? {});
  if (!parsed.success) {
    reportIssues(parsed.error.issues, yaml, problems, 'a cheat-sheet.yaml', (path) =>
      keysAtPath(cheatSheetSchema, path),
    );
    return [];
  }
  const sheet: CheatSheetWords = parsed.data;
  const seen = new Map<string, string>();
  const take = (spelling: string, name: string, at: SourceSpot): boolean => {
    const first = seen.get(spelling);
    if (first === undefined) {
      seen.set(spelling, name);
      return true;
    }
    problems.error('cheat-sheet.duplicate', at, {
      message: `\`${spelling}\` is explained already, at \`${first}\`. Keep one of the two.`,
      found: spelling,
    });
    return false;
  };
  return sheet.groups.map(({ title, commands }, index) => ({
    title,
    entries: Object.entries(commands).flatMap(([name, words]) => {
      const path = ['groups', index, 'commands', name];
      const at = yaml.at(path, 'key');
      const isNew = take(name, name, at);
      const also = (words.also ?? []).filter((other, place) => take(other, name, yaml.at([...path, 'also', place])));
      if (!isNew) return [];
      const spots: Record<string, SourceSpot> = {};
      for (const key of ['example', 'explained'] as const) spots[key] = yaml.at([...path, key]);
      for (const option of Object.keys(words.options ?? {}))
        spots[option] = yaml.at([...path, 'options', option], 'key');
      return [{ ...words, also, name, at, spots }];
    }),
  }));
}
