import type { LessonLink } from '../../../protocol/lesson-view.ts';
import type { CheatSheetView, SheetCommand, SheetGroup } from '../../../protocol/reference.ts';
import type { SheetEntry } from './cheat-sheet.ts';
import { listedLessons, type ReferencedLessons } from './glossary-view.ts';
import { type CarriedOut, mentionsOf } from './lesson-mentions.ts';

/** A command and all that lessons do with it. */
export interface UsedCommand {
  lessons: LessonLink[];
  commands: CarriedOut[];
}

/** By name, in the order in which lessons use them first. */
export function usedCommands(source: ReferencedLessons): Map<string, UsedCommand> {
  const used = new Map<string, UsedCommand>();
  for (const { link, lesson } of listedLessons(source)) {
    for (const command of mentionsOf(lesson).commands) {
      const found = used.get(command.name) ?? { lessons: [], commands: [] };
      used.set(command.name, found);
      found.commands.push(command);
      if (found.lessons.at(-1)?.id !== link.id) found.lessons.push(link);
    }
  }
  return used;
}

/** The sheet of the lessons that are listed now: what none uses is not on it. */
export function viewCheatSheet(source: ReferencedLessons): CheatSheetView {
  const used = usedCommands(source);
  const titles = new Map([...listedLessons(source)].map(({ link }) => [link.id, link]));
  const order = new Map([...titles.keys()].map((id, index) => [id, index]));
  const told = new Set<string>();
  const groups: SheetGroup[] = [];
  for (const group of source.reference.flatMap(({ cheatSheet }) => cheatSheet?.groups ?? [])) {
    const commands = group.entries.flatMap((entry) => {
      const names = [entry.name, ...(entry.also ?? [])];
      if (names.some((name) => told.has(name))) return [];
      const uses = names.flatMap((name) => used.get(name) ?? []);
      if (uses.length === 0) return [];
      for (const name of names) told.add(name);
      const whole = merge(uses, order);
      return [
        commandView(
          entry,
          names.filter((name, index) => index > 0 && used.has(name)),
          whole,
          titles,
        ),
      ];
    });
    // A further directory may add to a group of the shipped sheet.
    const before = groups.find(({ title }) => title === group.title);
    if (before !== undefined) before.commands.push(...commands);
    else if (commands.length > 0) groups.push({ id: anchorOf(group.title), title: group.title, commands });
  }
  const others = [...used].filter(([name]) => !told.has(name));
  if (others.length > 0) {
    const commands = others.map(([name, whole]) => ({
      id: anchorOf(name),
      name,
      also: [],
      does: null,
      example: shortestExample(name, whole.commands),
      options: [],
      lessons: whole.lessons,
    }));
    const more = groups.find(({ id }) => id === 'more');
    if (more !== undefined) more.commands.push(...commands);
    else groups.push({ id: 'more', title: 'More', commands });
  }
  return { groups };
}

function merge(uses: readonly UsedCommand[], order: ReadonlyMap<string, number>): UsedCommand {
  const lessons = new Map(uses.flatMap((use) => use.lessons.map((link) => [link.id, link])));
  return {
    lessons: [...lessons.values()].sort((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0)),
    commands: uses.flatMap((use) => use.commands),
  };
}

function commandView(
  { name, does, example, explained, options }: SheetEntry,
  also: string[],
  { lessons, commands }: UsedCommand,
  titles: ReadonlyMap<string, LessonLink>,
): SheetCommand {
  const first = explained === undefined ? undefined : titles.get(explained);
  const lines = commands.map(({ line }) => line);
  const present = new Set(commands.flatMap((command) => command.options));
  return {
    id: anchorOf(name),
    name,
    also,
    does,
    example: example !== undefined && lines.includes(example) ? example : shortestExample(name, commands),
    options: Object.entries(options ?? {})
      .filter(([names]) => isUsedOption(names, present))
      .map(([names, words]) => ({ names, does: words })),
    lessons: first === undefined ? lessons : [first, ...lessons.filter(({ id }) => id !== first.id)],
  };
}

/** @param names `-d, --detach`: one spelling is enough */
export function isUsedOption(names: string, used: ReadonlySet<string>): boolean {
  return names.split(', ').some((name) => used.has(name));
}

/**
 * The shortest line in which the command stands alone; where it never does, the shortest that begins with it (`docker
 * rename $(docker ps -lq) web`), else the shortest that holds it. One without words that a page fills in.
 */
function shortestExample(name: string, commands: readonly CarriedOut[]): string | null {
  const whole = commands.filter(({ line }) => !line.includes('$$') && !line.includes('\n'));
  for (const fits of [
    ({ isAlone }: CarriedOut) => isAlone,
    ({ line }: CarriedOut) => line.startsWith(`${name} `),
    () => true,
  ]) {
    const lines = whole.filter(fits).map(({ line }) => line);
    if (lines.length > 0) return lines.reduce((best, line) => (line.length < best.length ? line : best));
  }
  return null;
}

function anchorOf(words: string): string {
  return words
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}
