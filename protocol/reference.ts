import type { LessonLink } from './lesson-view.ts';

/** Name of the browser's tab in which every word of a lesson opens the glossary. */
export const glossaryTab = 'drydock-glossary';

/** What a term means in one glossary. */
export interface Meaning {
  /** Of a term that a further directory explains anew: the titles of its courses. null: everywhere. */
  of: string[] | null;
  /** Sanitised by the server. */
  html: string;
  seeAlso: { id: string; title: string }[];
  /** Those that explain it first, then those that link to it, in the order in which a learner meets them. */
  lessons: LessonLink[];
}

export interface GlossaryEntry {
  /** Anchor on the page. */
  id: string;
  /** Plain words with `code`. */
  title: string;
  /** All words of it, for the search. */
  text: string;
  meanings: Meaning[];
}

/** All glossaries in one, alphabetically. */
export interface GlossaryView {
  entries: GlossaryEntry[];
}

export interface SheetOption {
  /** `-d, --detach` */
  names: string;
  /** Plain words with `code`. */
  does: string;
}

export interface SheetCommand {
  /** Anchor on the page: `docker-volume-create`. */
  id: string;
  name: string;
  /** Other spellings that do the same. */
  also: string[];
  /** Plain words with `code`; null: nobody wrote a sentence for it. */
  does: string | null;
  /** As it stands in a lesson; null: no lesson has it on a line of its own words. */
  example: string | null;
  options: SheetOption[];
  /** The one that explains it first. */
  lessons: LessonLink[];
}

export interface SheetGroup {
  id: string;
  title: string;
  commands: SheetCommand[];
}

/** What a lesson is found by beside its own words: commands it carries out, terms it explains. Made of the two pages. */
export interface SearchWords {
  /** `lessons`: the first few that carry it out, the one that explains it in front. A command of every lesson says nothing of one. */
  commands: { id: string; name: string; does: string; lessons: string[] }[];
  terms: { id: string; title: string; lessons: string[] }[];
}

export const noSearchWords: SearchWords = { commands: [], terms: [] };

/** Every docker command that lessons carry out. */
export interface CheatSheetView {
  groups: SheetGroup[];
}
