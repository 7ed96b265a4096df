'use client';

import { useDeferredValue, useMemo, useState } from 'react';
import type { BrokenLesson } from '../../protocol/authoring.ts';
import type { CatalogueView } from '../../protocol/lab.ts';
import type { LessonCard } from '../../protocol/lesson-view.ts';
import { AlsoFoundWords } from './also-found.tsx';
import { BrokenLessons } from './broken-lessons.tsx';
import { type CatalogueQuery, isNarrowed } from './catalogue-query.ts';
import { CourseJumps } from './course-jumps.tsx';
import { CoursePath } from './course-path.tsx';
import { foldText, holdsTerm, termsOf } from './folded-text.ts';
import { type Folds, foldsCookieText, withFold } from './folds.ts';
import { nearestQuery } from './nearest-words.ts';
import { NothingFound } from './nothing-found.tsx';
import { isOutlineFirst, layRoads, nextStation, type Road } from './road.ts';
import { indexCourses, type SearchIndex, searchLessons } from './search.ts';
import { SearchCount } from './search-count.tsx';
import { SearchForm } from './search-form.tsx';
import { useCatalogueQuery } from './use-catalogue-query.ts';

/** Fewer courses are seen at a glance. */
const manyCourses = 4;

interface CatalogueProps extends Pick<CatalogueView, 'courses' | 'progress' | 'broken' | 'searchWords'> {
  /** The lesson the learner left. */
  left: string | null;
  placement: CatalogueView['placement'];
  folds: Folds;
}

/** All courses, and the search that narrows them. */
export function Catalogue({
  courses,
  progress,
  broken,
  left,
  placement,
  searchWords,
  folds: initialFolds,
}: CatalogueProps) {
  const { query, change, settle } = useCatalogueQuery();
  const shown = useDeferredValue(query);
  const [folds, setFolds] = useState(initialFolds);
  const roads = useMemo(() => layRoads(courses, progress, placement?.known), [courses, progress, placement]);
  const index = useMemo(
    () =>
      indexCourses(
        roads.map(({ course }) => course),
        searchWords,
      ),
    [roads, searchWords],
  );
  const next = nextStation(roads, left, placement);
  const levels = new Set(index.lessons.map(({ card }) => card.level));
  const narrowed = isNarrowed(shown);

  const done = useMemo(() => doneOf(roads), [roads]);
  const { found, unfiltered, near } = useMemo(() => askedFor(index, done, shown), [index, done, shown]);

  const brokenFound = narrowed ? broken.filter((each) => isMatch(each, shown)) : broken;
  const listed = roads.filter(({ course }) => found === null || found.courses.has(course.id));
  const homeless = brokenFound.filter(({ id }) => !listed.some(({ course }) => id.startsWith(`${course.id}/`)));
  const fold = (course: string, outline: boolean) => {
    const changed = withFold(folds, course, outline);
    setFolds(changed);
    // biome-ignore lint/suspicious/noDocumentCookie: the cookie store's API is not in every browser
    document.cookie = foldsCookieText(changed);
  };
  return (
    <>
      <SearchForm query={query} present={levels} onChange={change} onSettle={settle} />
      <SearchCount words={countWords(found?.lessons.size ?? index.lessons.length, listed.length)} narrowed={narrowed} />
      {found !== null && <AlsoFoundWords also={found.also} />}
      {found === null && roads.length >= manyCourses && <CourseJumps roads={roads} />}
      {found !== null && found.lessons.size === 0 && (
        <NothingFound query={shown} near={near} unfiltered={unfiltered} onChange={change} />
      )}
      {listed.map((road) => {
        const own = brokenFound.filter(({ id }) => id.startsWith(`${road.course.id}/`));
        return (
          <CoursePath
            key={road.course.id}
            road={road}
            found={found}
            outline={folds[road.course.id] ?? isOutlineFirst(road, roads, next)}
            onOutline={(outline) => fold(road.course.id, outline)}
            next={next}
          >
            {own.length > 0 && <BrokenLessons broken={own} course={road.course.title} />}
          </CoursePath>
        );
      })}
      {homeless.length > 0 && <BrokenLessons broken={homeless} course={null} />}
    </>
  );
}

function doneOf(roads: readonly Road[]): Set<string> {
  const done = roads.flatMap(({ stations }) => stations.filter(({ standing }) => standing.state === 'done'));
  return new Set(done.map(({ card }) => card.id));
}

/** `found` null: everything is shown. The others are for when nothing was found: see `NothingFound`. */
function askedFor(index: SearchIndex, done: ReadonlySet<string>, query: CatalogueQuery) {
  if (!isNarrowed(query)) return { found: null, unfiltered: 0, near: null };
  const admits = ({ id, level }: LessonCard) =>
    (query.level === null || level === query.level) && !(query.todo && done.has(id));
  const found = searchLessons(index, query.text, admits);
  if (found.lessons.size > 0) return { found, unfiltered: 0, near: null };
  const near = nearestQuery(index, query.text);
  return {
    found,
    unfiltered: query.text.trim() === '' ? 0 : searchLessons(index, query.text, () => true).lessons.size,
    near: near !== null && searchLessons(index, near, admits).lessons.size > 0 ? near : null,
  };
}

/** A broken lesson has no level and is not done; it is found by its name. */
function isMatch({ id, title }: BrokenLesson, { text }: CatalogueQuery): boolean {
  const { folded } = foldText(`${title ?? ''} ${id}`);
  return termsOf(text).every((term) => holdsTerm(folded, term));
}

function countWords(lessons: number, courses: number): string {
  if (lessons === 0) return 'No lessons';
  return `${lessons === 1 ? '1 lesson' : `${lessons} lessons`} in ${courses === 1 ? '1 course' : `${courses} courses`}`;
}
