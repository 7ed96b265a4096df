import type { LessonProgress, StepView } from '../../protocol/lesson-view.ts';
import type { Preparation } from '../../protocol/preparation.ts';

/** What the lab is doing, as a heading. */
export function preparationHeading({ kind, step, state, of }: Preparation, steps: readonly StepView[]): string {
  const named = nameOf(step, steps);
  if (state === 'failed') {
    return kind === 'setup' ? `${capital(named)} could not be prepared` : `The lab could not get you to ${named}`;
  }
  if (kind === 'setup') return `Preparing ${named}`;
  return of === 0 ? `Making a fresh sandbox for ${named}` : `Doing what comes before ${named} for you`;
}

/** "2 of 5", counting what is being done now; null: there is nothing to count yet. */
export function preparationCount({ done, of }: Preparation): string | null {
  return of === 0 ? null : `${Math.min(done + 1, of)} of ${of}`;
}

/** Steps that are done, and in which the lab met a check in the learner's place. */
export function stepsDoneForYou(steps: readonly StepView[], progress: LessonProgress): ReadonlySet<string> {
  const byLab = new Set(progress.caughtUp);
  const done = new Set(progress.stepsDone);
  return new Set(steps.filter(({ id, checks }) => done.has(id) && checks.some((check) => byLab.has(check))).map(idOf));
}

/** How many steps before this one ask for something and are not done. */
export function openStepsBefore(step: string, steps: readonly StepView[], done: ReadonlySet<string>): number {
  const at = steps.findIndex(({ id }) => id === step);
  return steps.slice(0, Math.max(at, 0)).filter((each) => asksForSomething(each) && !done.has(each.id)).length;
}

function asksForSomething({ checks, quizzes }: StepView): boolean {
  return checks.length + quizzes.length > 0;
}

function nameOf(step: string | null, steps: readonly StepView[]): string {
  const at = steps.findIndex(({ id }) => id === step);
  return at === -1 ? 'the lesson' : `step ${at + 1}`;
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function idOf({ id }: StepView): string {
  return id;
}
