import { nearestWord } from '../../checks/nearest-word.ts';
import type { LoadedCourse, LoadedLesson } from '../library/load-courses.ts';
import { type Problem, ProblemList } from '../problem.ts';
import type { CheatSheet } from '../reference/cheat-sheet.ts';
import { isUsedOption } from '../reference/cheat-sheet-view.ts';
import type { Glossary, GlossaryLink } from '../reference/glossary.ts';
import { mentionsOf } from '../reference/lesson-mentions.ts';
import type { ReferenceFiles } from '../reference/reference-files.ts';

/** What lessons of one directory may refer to. */
export interface KnownReference {
  /** Ids of terms, of its own glossary and of the shipped one. */
  terms: ReadonlySet<string>;
  /** Commands with a sentence, in its own cheat sheet or the shipped one; null: there is no cheat sheet. */
  explained: ReadonlySet<string> | null;
  /** These lessons come with Drydock: all their commands have to be explained. */
  isShipped: boolean;
}

export function knownReference(own: ReferenceFiles, shipped: ReferenceFiles, isShipped: boolean): KnownReference {
  const all = own === shipped ? [own] : [own, shipped];
  const sheets = all.flatMap(({ cheatSheet }) => cheatSheet ?? []);
  return {
    terms: new Set(all.flatMap(({ glossary }) => glossary?.terms.map(({ id }) => id) ?? [])),
    // A sheet that cannot be read explains nothing: its own problem says so.
    explained: sheets.length === 0 || sheets.some(({ groups }) => groups.length === 0) ? null : explainedIn(sheets),
    isShipped,
  };
}

function explainedIn(sheets: readonly CheatSheet[]): Set<string> {
  const entries = sheets.flatMap(({ groups }) => groups.flatMap((group) => group.entries));
  return new Set(entries.flatMap(({ name, also }) => [name, ...(also ?? [])]));
}

/** Commands of a lesson that no cheat sheet explains, each once. */
export function lintCommands({ lesson, file }: LoadedLesson, known: KnownReference): Problem[] {
  if (lesson === null || known.explained === null) return [];
  const problems = new ProblemList(file);
  const told = new Set<string>();
  for (const { name, spot } of mentionsOf(lesson).commands) {
    if (known.explained.has(name) || told.has(name)) continue;
    told.add(name);
    const words = {
      message: `The cheat sheet has no sentence for \`${name}\`. Write into cheat-sheet.yaml what it does.`,
      found: name,
    };
    if (known.isShipped) problems.error('cheat-sheet.no-sentence', spot, words);
    else problems.warning('cheat-sheet.no-sentence', spot, words);
  }
  return problems.items;
}

/** What is wrong with the glossary and the cheat sheet beside some courses. */
export function lintReference(
  own: ReferenceFiles,
  known: KnownReference,
  courses: readonly LoadedCourse[],
  elsewhere: readonly LoadedCourse[] = [],
): Problem[] {
  const lessons = courses.flatMap((course) => course.lessons);
  const steps = new Map(
    [...elsewhere.flatMap((course) => course.lessons), ...lessons].map(({ id, lesson }) => [
      id,
      lesson?.steps.map((step) => step.id) ?? [],
    ]),
  );
  return [
    ...(own.glossary === null ? [] : lintGlossary(own.glossary, known, lessons, steps)),
    ...(own.cheatSheet === null ? [] : lintCheatSheet(own.cheatSheet, lessons)),
  ];
}

function lintGlossary(
  { file, terms, problems: found }: Glossary,
  known: KnownReference,
  lessons: readonly LoadedLesson[],
  steps: ReadonlyMap<string, readonly string[]>,
): Problem[] {
  const problems = new ProblemList(file);
  const linked = new Set(lessons.flatMap(({ lesson }) => (lesson === null ? [] : [...mentionsOf(lesson).terms])));
  for (const term of terms) {
    for (const link of term.links) lintLink(link, false, known, steps, problems);
    for (const link of term.seeAlso) lintLink(link, true, known, steps, problems);
    const isExplained = term.seeAlso.some(({ target }) => target.kind === 'lesson');
    if (linked.has(term.id) || isExplained) continue;
    problems.warning('glossary.unused', term.at, {
      message: `No lesson links to “${term.title}”, and it names none that explains it. Link to it with \`(../../glossary.md#${term.id})\`, or add a lesson to “See also:”.`,
      found: term.id,
    });
  }
  return [...found, ...problems.items];
}

function lintLink(
  { url, target, at }: GlossaryLink,
  isSeeAlso: boolean,
  known: KnownReference,
  steps: ReadonlyMap<string, readonly string[]>,
  problems: ProblemList,
): void {
  const dead = (message: string, expected?: string): void =>
    problems.error('link.dead', at, { message, found: url, expected });
  switch (target.kind) {
    case 'anchor': {
      if (known.terms.has(target.id)) return;
      const near = nearestWord(target.id, [...known.terms]);
      dead(`There is no term \`${target.id}\`.${near ? ` Did you mean \`#${near}\`?` : ''}`, near && `#${near}`);
      return;
    }
    case 'lesson': {
      const found = steps.get(target.id);
      const near = nearestWord(target.id, [...steps.keys()]);
      if (found === undefined)
        dead(`There is no lesson \`${target.id}\`.${near ? ` Did you mean \`${near}\`?` : ''}`, near);
      else if (target.anchor !== '' && !found.includes(target.anchor))
        dead(`The lesson \`${target.id}\` has no step \`${target.anchor}\`.`);
      return;
    }
    case 'external':
      if (!isSeeAlso) return;
      break;
    case 'glossary':
    case 'media':
    case 'source':
    case 'outside':
    case 'unsafe':
      break;
  }
  problems.error('link.unsafe', at, {
    message:
      'A link of a glossary leads to a term (#volume) or to a lesson (course/lesson/lesson.md); in the text, it may also lead to https://…',
    found: url,
  });
}

function lintCheatSheet({ file, groups, problems: found }: CheatSheet, lessons: readonly LoadedLesson[]): Problem[] {
  const problems = new ProblemList(file);
  const commands = lessons.flatMap(({ id, lesson }) =>
    lesson === null ? [] : mentionsOf(lesson).commands.map((command) => ({ ...command, lesson: id })),
  );
  const present = [...new Set(commands.map(({ name }) => name))];
  for (const entry of groups.flatMap((group) => group.entries)) {
    const start = entry.at;
    for (const name of [entry.name, ...(entry.also ?? [])]) {
      if (present.includes(name)) continue;
      const near = nearestWord(name, present);
      problems.error('cheat-sheet.unused', start, {
        message: `No lesson carries out \`${name}\`.${near ? ` Did you mean \`${near}\`?` : ' The sheet shows what lessons do; take it out.'}`,
        found: name,
        expected: near,
      });
    }
    const uses = commands.filter(({ name }) => name === entry.name || entry.also?.includes(name));
    if (uses.length === 0) continue;
    const options = new Set(uses.flatMap((use) => use.options));
    for (const names of Object.keys(entry.options ?? {})) {
      if (isUsedOption(names, options)) continue;
      problems.error('cheat-sheet.unused', entry.spots[names] ?? start, {
        message: `No lesson uses \`${entry.name}\` with \`${names}\`. They use: ${[...options].sort().join(', ') || 'no option'}.`,
        found: names,
      });
    }
    if (entry.example !== undefined && uses.every(({ line }) => line !== entry.example)) {
      const near = nearestWord(entry.example, [...new Set(uses.map(({ line }) => line))]);
      problems.error('cheat-sheet.example', entry.spots.example ?? start, {
        message: `This line stands in no \`sh run\` block and no solution.${near ? ` This one does: \`${near}\`` : ' Without `example` the shortest one is shown.'}`,
        found: entry.example,
        expected: near,
      });
    }
    if (entry.explained !== undefined && uses.every(({ lesson }) => lesson !== entry.explained)) {
      problems.error('cheat-sheet.example', entry.spots.explained ?? start, {
        message: `The lesson \`${entry.explained}\` does not carry out \`${entry.name}\`.`,
        found: entry.explained,
        expected: uses[0]?.lesson,
      });
    }
  }
  return [...found, ...problems.items];
}
