import type { CourseView, LessonCard } from '../../protocol/lesson-view.ts';
import { type FoldedText, foldText, holdsTerm, type Stretch, stretchesOf, termsOf } from './folded-text.ts';

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
}

export interface SearchOutcome {
  /** By lesson id; whatever is not here does not match. */
  lessons: ReadonlyMap<string, LessonMatch>;
  /** By course id: where its title matches. */
  courses: ReadonlyMap<string, Stretch[]>;
}

interface IndexedLesson {
  card: LessonCard;
  course: string;
  title: FoldedText;
  summary: FoldedText;
  objectives: FoldedText[];
  steps: FoldedText[];
  /** All of the above and the course's title: a word may be in any of them. */
  all: string;
}

export interface SearchIndex {
  lessons: IndexedLesson[];
  courses: Map<string, FoldedText>;
}

/** Made once for a catalogue; a search is then a few passes over strings. */
export function indexCourses(courses: readonly CourseView[]): SearchIndex {
  const titles = new Map(courses.map((course) => [course.id, foldText(course.title)]));
  const lessons = courses.flatMap((course) =>
    course.lessons.map((card): IndexedLesson => {
      const title = foldText(card.title);
      const summary = foldText(card.summary);
      const objectives = card.objectives.map(foldText);
      const steps = card.steps.map((step) => foldText(step.title));
      const parts = [title, summary, ...objectives, ...steps].map(({ folded }) => folded);
      const all = [titles.get(course.id)?.folded ?? '', ...parts].join(' ');
      return { card, course: course.id, title, summary, objectives, steps, all };
    }),
  );
  return { lessons, courses: titles };
}

/**
 * Lessons in which every word of `text` stands, in any order, as the beginning of a word; accents and case do not
 * count. Without words in it, every lesson. `admits`: what else a lesson has to be.
 */
export function searchLessons(index: SearchIndex, text: string, admits: (card: LessonCard) => boolean): SearchOutcome {
  const terms = termsOf(text);
  const lessons = new Map<string, LessonMatch>();
  const courses = new Map<string, Stretch[]>();
  for (const lesson of index.lessons) {
    if (!terms.every((term) => holdsTerm(lesson.all, term)) || !admits(lesson.card)) continue;
    lessons.set(lesson.card.id, matchOf(lesson, terms));
    const title = index.courses.get(lesson.course);
    if (title !== undefined && !courses.has(lesson.course)) courses.set(lesson.course, stretchesOf(title, terms));
  }
  return { lessons, courses };
}

function matchOf(lesson: IndexedLesson, terms: readonly string[]): LessonMatch {
  return {
    title: stretchesOf(lesson.title, terms),
    summary: stretchesOf(lesson.summary, terms),
    objectives: lesson.objectives
      .map((objective) => ({ text: objective.text, marks: stretchesOf(objective, terms) }))
      .filter(({ marks }) => marks.length > 0),
    steps: lesson.steps.flatMap((step, index) => {
      const marks = stretchesOf(step, terms);
      const id = lesson.card.steps[index]?.id;
      return id === undefined || marks.length === 0 ? [] : [{ id, number: index + 1, text: step.text, marks }];
    }),
  };
}
