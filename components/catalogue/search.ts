import type { CourseView, LessonCard } from '../../protocol/lesson-view.ts';
import { noSearchWords, type SearchWords } from '../../protocol/reference.ts';
import { type FoldedText, foldText, type Stretch, stretchesOf } from './folded-text.ts';
import { type AlsoFound, alsoOf, holdsWishes, termsOfWishes, type Wish, wishesOf } from './synonyms.ts';

/** A text and where it matches. */
export interface MarkedWords {
  text: string;
  marks: Stretch[];
}

/** Why a lesson was found: where in its title and summary, and those of its other lines that match. */
export interface LessonMatch {
  title: Stretch[];
  summary: Stretch[];
  objectives: MarkedWords[];
  steps: (MarkedWords & { id: string; number: number })[];
  /** Commands it carries out, with what they do. `id`: in the cheat sheet. */
  commands: { id: string; name: MarkedWords; does: MarkedWords }[];
  /** Terms it explains. `id`: in the glossary. */
  terms: (MarkedWords & { id: string })[];
}

export interface SearchOutcome {
  /** By lesson id; whatever is not here does not match. */
  lessons: ReadonlyMap<string, LessonMatch>;
  /** By course id: where its title matches. */
  courses: ReadonlyMap<string, Stretch[]>;
  /** Words that were looked for in the place of what was typed, and found something. */
  also: AlsoFound[];
}

interface IndexedLesson {
  card: LessonCard;
  course: string;
  title: FoldedText;
  summary: FoldedText;
  objectives: FoldedText[];
  steps: FoldedText[];
  commands: IndexedCommand[];
  terms: IndexedTerm[];
  /** All of the above and the course's title: a word may be in any of them. */
  all: string;
}

interface IndexedCommand {
  id: string;
  name: FoldedText;
  does: FoldedText;
}

interface IndexedTerm {
  id: string;
  title: FoldedText;
}

export interface SearchIndex {
  lessons: IndexedLesson[];
  courses: Map<string, FoldedText>;
}

/** Made once for a catalogue; a search is then a few passes over strings. */
export function indexCourses(courses: readonly CourseView[], words: SearchWords = noSearchWords): SearchIndex {
  const commands = byLesson(words.commands, ({ id, name, does }) => ({
    id,
    name: foldText(name),
    does: foldText(does),
  }));
  const terms = byLesson(words.terms, ({ id, title }) => ({ id, title: foldText(title) }));
  const titles = new Map(courses.map((course) => [course.id, foldText(course.title)]));
  const lessons = courses.flatMap((course) =>
    course.lessons.map((card): IndexedLesson => {
      const title = foldText(card.title);
      const summary = foldText(card.summary);
      const objectives = card.objectives.map(foldText);
      const steps = card.steps.map((step) => foldText(step.title));
      const own = { commands: commands.get(card.id) ?? [], terms: terms.get(card.id) ?? [] };
      const parts = [
        title,
        summary,
        ...objectives,
        ...steps,
        ...own.commands.flatMap(({ name, does }) => [name, does]),
        ...own.terms.map((term) => term.title),
      ].map(({ folded }) => folded);
      const all = [titles.get(course.id)?.folded ?? '', ...parts].join(' ');
      return { card, course: course.id, title, summary, objectives, steps, ...own, all };
    }),
  );
  return { lessons, courses: titles };
}

function byLesson<From extends { lessons: readonly string[] }, To>(all: readonly From[], made: (from: From) => To) {
  const found = new Map<string, To[]>();
  for (const each of all) {
    const folded = made(each);
    for (const lesson of each.lessons) found.set(lesson, [...(found.get(lesson) ?? []), folded]);
  }
  return found;
}

/**
 * Lessons in which every word of `text` stands, in any order, as the beginning of a word, or another word for it;
 * accents and case do not count, nor words such as "how to". Without words in it, every lesson. `admits`: what else a lesson has to be.
 */
export function searchLessons(index: SearchIndex, text: string, admits: (card: LessonCard) => boolean): SearchOutcome {
  const wishes = wishesOf(text);
  const terms = termsOfWishes(wishes);
  const found: string[] = [];
  const lessons = new Map<string, LessonMatch>();
  const courses = new Map<string, Stretch[]>();
  for (const lesson of index.lessons) {
    if (!holdsWishes(lesson.all, wishes) || !admits(lesson.card)) continue;
    found.push(lesson.all);
    lessons.set(lesson.card.id, matchOf(lesson, wishes));
    const title = index.courses.get(lesson.course);
    if (title !== undefined && !courses.has(lesson.course)) courses.set(lesson.course, stretchesOf(title, terms));
  }
  return { lessons, courses, also: alsoOf(wishes, found) };
}

function matchOf(lesson: IndexedLesson, wishes: readonly Wish[]): LessonMatch {
  const terms = termsOfWishes(wishes);
  const own = [lesson.title, lesson.summary, ...lesson.objectives, ...lesson.steps]
    .map(({ folded }) => folded)
    .join('');
  // Commands and terms stand here for what nothing else of the lesson says; else each would be named for "container".
  const unsaid = wishes.filter((wish) => !holdsWishes(own, [wish]));
  const isTelling = (folded: string): boolean =>
    unsaid.some((wish) => holdsWishes(folded, [wish])) || (wishes.length > 1 && holdsWishes(folded, wishes));
  return {
    title: stretchesOf(lesson.title, terms),
    summary: stretchesOf(lesson.summary, terms),
    objectives: lesson.objectives
      .map((objective) => markedIn(objective, terms))
      .filter(({ marks }) => marks.length > 0),
    steps: lesson.steps.flatMap((step, index) => {
      const marks = stretchesOf(step, terms);
      const id = lesson.card.steps[index]?.id;
      return id === undefined || marks.length === 0 ? [] : [{ id, number: index + 1, text: step.text, marks }];
    }),
    commands: lesson.commands
      .filter(({ name, does }) => isTelling(name.folded + does.folded))
      .map(({ id, name, does }) => ({ id, name: markedIn(name, terms), does: markedIn(does, terms) })),
    terms: lesson.terms
      .filter(({ title }) => isTelling(title.folded))
      .map(({ id, title }) => ({ id, ...markedIn(title, terms) })),
  };
}

function markedIn(folded: FoldedText, terms: readonly string[]): MarkedWords {
  return { text: folded.text, marks: stretchesOf(folded, terms) };
}
