import type { CourseView, LessonLink, TermView } from '../../../protocol/lesson-view.ts';
import type { GlossaryEntry, GlossaryView, Meaning } from '../../../protocol/reference.ts';
import type { Lesson } from '../lesson.ts';
import type { Highlight } from '../render/highlight.ts';
import { renderProse } from '../render/render-prose.ts';
import { compareTerms, type Term } from './glossary.ts';
import { mentionsOf } from './lesson-mentions.ts';
import type { ReferenceFiles } from './reference-files.ts';

/** What the reference pages are made from. */
export interface ReferenceSource {
  /** Of each directory, the shipped one first. */
  reference: readonly ReferenceFiles[];
  /** By the id of a course: the directory it lies in. */
  directoryOf: ReadonlyMap<string, number>;
}

export interface ReferencedLessons extends ReferenceSource {
  catalogue: readonly CourseView[];
  lessons: ReadonlyMap<string, { lesson: Lesson | null }>;
}

/** A term as a lesson of this directory means it: its own glossary goes before the shipped one. */
function findTerm({ reference }: ReferenceSource, directory: number, id: string): { term: Term; from: number } | null {
  for (const from of new Set([directory, 0])) {
    const term = reference[from]?.glossary?.terms.find((candidate) => candidate.id === id);
    if (term !== undefined) return { term, from };
  }
  return null;
}

/** The terms a lesson links to, for its page; those that are nowhere explained are left out. */
export function termsOfLesson(source: ReferenceSource, lesson: Lesson): TermView[] {
  const directory = source.directoryOf.get(courseOf(lesson.id)) ?? 0;
  return [...mentionsOf(lesson).terms].flatMap((id) => {
    const found = findTerm(source, directory, id);
    if (found === null) return [];
    const { title, definition, more } = found.term;
    return [{ id, title, definition, more }];
  });
}

/** Lessons of the catalogue, in its order. */
export function* listedLessons({
  catalogue,
  lessons,
}: ReferencedLessons): Generator<{ link: LessonLink; lesson: Lesson }> {
  for (const { id, title } of catalogue.flatMap((course) => course.lessons)) {
    const lesson = lessons.get(id)?.lesson;
    if (lesson) yield { link: { id, title }, lesson };
  }
}

/** All glossaries in one. */
export function viewGlossary(source: ReferencedLessons): GlossaryView {
  const { reference, directoryOf, catalogue } = source;
  const links = new Map<Term, LessonLink[]>();
  for (const { link, lesson } of listedLessons(source)) {
    const directory = directoryOf.get(courseOf(lesson.id)) ?? 0;
    for (const id of mentionsOf(lesson).terms) {
      const term = findTerm(source, directory, id)?.term;
      if (term !== undefined) links.set(term, [...(links.get(term) ?? []), link]);
    }
  }
  const titles = new Map([...listedLessons(source)].map(({ link }) => [link.id, link.title]));
  const entries = new Map<string, GlossaryEntry>();
  for (const [directory, { glossary }] of reference.entries()) {
    const courses = catalogue
      .filter((course) => directoryOf.get(course.id) === directory)
      .map((course) => course.title);
    for (const term of glossary?.terms ?? []) {
      const named = (id: string): string | null => findTerm(source, directory, id)?.term.title ?? null;
      const meaning: Meaning = {
        of: entries.has(term.id) ? courses : null,
        html: renderProse(term.nodes, [], 'course/lesson', plainCode),
        seeAlso: term.seeAlso.flatMap(({ target }) => {
          if (target.kind !== 'anchor') return [];
          const title = named(target.id);
          return title === null ? [] : [{ id: target.id, title }];
        }),
        lessons: lessonsOf(term, titles, links.get(term) ?? []),
      };
      const text = `${term.title} ${term.definition} ${term.more}`;
      const before = entries.get(term.id);
      if (before === undefined) entries.set(term.id, { id: term.id, title: term.title, text, meanings: [meaning] });
      else {
        before.text += ` ${text}`;
        before.meanings.push(meaning);
      }
    }
  }
  return { entries: [...entries.values()].sort(compareTerms) };
}

/** Those that the term names, then those that link to it. */
function lessonsOf(term: Term, titles: ReadonlyMap<string, string>, linking: readonly LessonLink[]): LessonLink[] {
  const named = term.seeAlso.flatMap(({ target }) => {
    const title = target.kind === 'lesson' ? titles.get(target.id) : undefined;
    return target.kind === 'lesson' && title !== undefined ? [{ id: target.id, title }] : [];
  });
  return [...named, ...linking.filter(({ id }) => named.every((link) => link.id !== id))];
}

function courseOf(lesson: string): string {
  return lesson.split('/')[0] ?? '';
}

/** A glossary holds no listings. */
const plainCode: Highlight = (code) => ({
  type: 'element',
  tagName: 'pre',
  properties: {},
  children: [{ type: 'text', value: code }],
});
