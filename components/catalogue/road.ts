import { firstToDo, standingOfCourse } from '../../protocol/course-standing.ts';
import type { CourseView, LessonCard, LessonProgress } from '../../protocol/lesson-view.ts';
import type { PlacementAdvice } from '../../protocol/placement.ts';
import { type LessonStanding, standingOf } from './lesson-standing.ts';

/** A lesson another one builds on. `title` null: it is not in this catalogue. */
export interface Prerequisite {
  id: string;
  title: string | null;
  done: boolean;
  /** It is in a course that may be skipped. */
  known: boolean;
}

/** A lesson on its course's way, and how far the learner is with it. */
export interface Station {
  course: CourseView;
  card: LessonCard;
  standing: LessonStanding;
  after: Prerequisite[];
}

export interface Road {
  course: CourseView;
  stations: Station[];
  /** Courses of this catalogue to do first. */
  after: CourseView[];
  /** The placement quiz found that it may be skipped. */
  known: boolean;
  /** All lessons are done that can be done on this machine. */
  finished: boolean;
  done: number;
  /** Lessons that this machine cannot do, and that are not done. */
  leftOut: LessonCard[];
  minutes: number;
  /** Of what is not done and can be done here; of a lesson that is begun, the share of its open steps. */
  minutesLeft: number;
}

/**
 * The courses as the ways this learner goes. Courses without lessons are left out.
 * @param known courses that may be skipped
 */
export function layRoads(
  courses: readonly CourseView[],
  progress: readonly LessonProgress[],
  known: readonly string[] = [],
): Road[] {
  const own = new Map(progress.map((entry) => [entry.lesson, entry]));
  const cards = new Map(courses.flatMap((course) => course.lessons.map((card) => [card.id, card] as const)));
  const standings = new Map([...cards].map(([id, card]) => [id, standingOf(card, own.get(id))]));
  return courses
    .filter((course) => course.lessons.length > 0)
    .map((course) => {
      const stations = course.lessons.map((card): Station => {
        const after = card.after.map((id) => ({
          id,
          title: cards.get(id)?.title ?? null,
          done: standings.get(id)?.state === 'done',
          known: known.includes(id.split('/')[0] ?? ''),
        }));
        return { course, card, standing: standings.get(card.id) ?? standingOf(card, undefined), after };
      });
      const { finished, leftOut, done } = standingOfCourse(
        course.lessons,
        ({ id }) => standings.get(id)?.state === 'done',
      );
      return {
        course,
        stations,
        after: course.after.flatMap((id) => courses.find((each) => each.id === id && each !== course) ?? []),
        known: known.includes(course.id) && !finished,
        finished,
        done: done.length,
        leftOut,
        minutes: stations.reduce((sum, { card }) => sum + card.minutes, 0),
        minutesLeft: Math.ceil(stations.reduce((sum, station) => sum + leftOf(station), 0)),
      };
    });
}

function leftOf({ card, standing }: Station): number {
  if (standing.state === 'done' || card.missing.length > 0) return 0;
  return standing.steps === 0 ? card.minutes : card.minutes * (1 - standing.stepsDone / standing.steps);
}

/** Nothing stands in the way of it: what it builds on is done (or not here to do), and this machine can do it. */
function isOpen({ card, standing, after }: Station): boolean {
  return (
    standing.state !== 'done' &&
    card.missing.length === 0 &&
    after.every(({ title, done, known }) => title === null || done || known)
  );
}

/**
 * The lesson to go on with: the one the learner left, unless it is done; then what comes after it in its course. Who left
 * none, or took the placement quiz since, begins where the quiz says. Then the first one anywhere that nothing stands in
 * the way of, those that are begun first; courses that may be skipped come last. null: all is done, or the quiz has found
 * just now that all may be skipped.
 */
export function nextStation(
  roads: readonly Road[],
  left: string | null,
  placement: Pick<PlacementAdvice, 'decidedAt' | 'start'> | null = null,
): Station | null {
  const all = roads.flatMap(({ stations }) => stations);
  const from = all.find(({ card }) => card.id === left);
  if (from !== undefined && from.standing.state !== 'done') return from;
  const course = roads.find((road) => road.course === from?.course)?.stations ?? [];
  const wanted = roads.filter(({ known }) => !known).flatMap(({ stations }) => stations);
  if (from === undefined && placement?.decidedAt != null) {
    const advised = roads.find(({ course: { id }, finished }) => id === placement.start && !finished);
    const first = advised === undefined ? undefined : firstOf(advised);
    if (first !== undefined) return first;
    if (wanted.every(({ standing }) => standing.state === 'done')) return null;
  }
  const begun = (station: Station) => station.standing.state === 'begun' && isOpen(station);
  const later = from === undefined ? [] : course.slice(course.indexOf(from) + 1);
  return (
    later.find(isOpen) ??
    wanted.find(begun) ??
    course.find(isOpen) ??
    wanted.find(isOpen) ??
    all.find(begun) ??
    all.find(isOpen) ??
    all.find(({ standing }) => standing.state !== 'done') ??
    null
  );
}

/** Where to begin in a course. The same rule as of the placement quiz's result, so that both name one lesson. */
function firstOf({ course, stations }: Road): Station | undefined {
  const done = new Set(stations.filter(({ standing }) => standing.state === 'done').map(({ card }) => card));
  const first = firstToDo(course.lessons, (card) => done.has(card));
  return stations.find(({ card }) => card === first);
}

/**
 * Whether a course is shown as an outline, one line for each lesson, until the learner says otherwise: when it is done,
 * long, or one of many and not the one the learner is in.
 */
export function isOutlineFirst(road: Road, roads: readonly Road[], next: Station | null): boolean {
  if (road.finished || road.stations.length > 8) return true;
  const lessons = roads.reduce((sum, { stations }) => sum + stations.length, 0);
  return lessons > 20 && road.course !== next?.course;
}

/** `45 min`, `2 h`, `3 h 10 min`. */
export function formatMinutes(minutes: number): string {
  if (minutes < 90) return `${minutes} min`;
  const rest = minutes % 60;
  return rest === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}
