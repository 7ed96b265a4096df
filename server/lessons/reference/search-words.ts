import type { CheatSheetView, GlossaryView, SearchWords } from '../../../protocol/reference.ts';

/** Of each command and each term: more would find half of the catalogue, and be half of its page. */
const lessonsOfEach = 3;

/** What the search of the catalogue knows of lessons beside their titles and objectives. */
export function searchWordsOf({ groups }: CheatSheetView, { entries }: GlossaryView): SearchWords {
  return {
    commands: groups
      .flatMap(({ commands }) => commands)
      .map(({ id, name, does, lessons }) => ({ id, name, does: does ?? '', lessons: first(lessons) })),
    terms: entries
      .map(({ id, title, meanings }) => ({ id, title, lessons: first(meanings.flatMap(({ lessons }) => lessons)) }))
      .filter(({ lessons }) => lessons.length > 0),
  };
}

function first(lessons: readonly { id: string }[]): string[] {
  return [...new Set(lessons.map(({ id }) => id))].slice(0, lessonsOfEach);
}
