import { checksOfStep, type Lesson } from './lesson.ts';

/** Steps and the checks in them: all that progress needs of a lesson. */
export function outlineOf(lesson: Lesson): { id: string; steps: { id: string; checks: string[] }[] } {
  return {
    id: lesson.id,
    steps: lesson.steps.map((step) => ({ id: step.id, checks: checksOfStep(step).map((check) => check.id) })),
  };
}
