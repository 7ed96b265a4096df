import type { LessonOutline } from '../store/progress-store.ts';
import { checksOfStep, type Lesson, quizzesOfStep } from './lesson.ts';

/** Steps with the checks and quizzes in them: all that progress needs of a lesson. */
export function outlineOf(lesson: Lesson): LessonOutline {
  return {
    id: lesson.id,
    steps: lesson.steps.map((step) => ({
      id: step.id,
      checks: checksOfStep(step).map(idOf),
      quizzes: quizzesOfStep(step).map(idOf),
    })),
  };
}

function idOf({ id }: { id: string }): string {
  return id;
}
