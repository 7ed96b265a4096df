import { type CourseView, type LessonCard, type LessonProgress, noProgress } from '../../protocol/lesson-view.ts';

/** For tests: a lesson with whatever matters to it. */
export function card(id: string, own: Partial<LessonCard> = {}): LessonCard {
  return {
    id,
    title: id,
    summary: '',
    minutes: 10,
    level: 'beginner',
    objectives: [],
    after: [],
    steps: [],
    missing: [],
    ...own,
  };
}

export function course(id: string, lessons: LessonCard[], own: Partial<CourseView> = {}): CourseView {
  return { id, title: id, summary: '', audience: '', after: [], lessons, ...own };
}

export function progressOf(lesson: string, own: Partial<LessonProgress> = {}): LessonProgress {
  return { ...noProgress(lesson), openedAt: 1, ...own };
}

export function doneWith(lesson: string): LessonProgress {
  return progressOf(lesson, { completedAt: 2 });
}
