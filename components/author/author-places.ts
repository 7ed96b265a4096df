import type { AuthorLesson, LessonProblem } from '../../protocol/authoring.ts';
import type { Block, LessonView } from '../../protocol/lesson-view.ts';

/** The block or step a line of the source belongs to: the last that begins at or before it; null: before all of them. */
export function placeOf(line: number, lines: AuthorLesson['lines']): string | null {
  let found: string | null = null;
  let best = 0;
  for (const [id, begins] of Object.entries(lines)) {
    if (begins > line || begins < best) continue;
    found = id;
    best = begins;
  }
  return found;
}

/** Problems of the lesson's own file, under the block or step each belongs to. */
export function problemsByPlace({ file, problems, lines }: AuthorLesson): ReadonlyMap<string, LessonProblem[]> {
  const places = new Map<string, LessonProblem[]>();
  for (const problem of problems) {
    const place = problem.file === file ? placeOf(problem.line, lines) : null;
    if (place !== null) places.set(place, [...(places.get(place) ?? []), problem]);
  }
  return places;
}

/** Problems of this file by their line. */
export function problemsByLine(file: string, problems: readonly LessonProblem[]): ReadonlyMap<number, LessonProblem[]> {
  const lines = new Map<number, LessonProblem[]>();
  for (const problem of problems) {
    if (problem.file === file) lines.set(problem.line, [...(lines.get(problem.line) ?? []), problem]);
  }
  return lines;
}

/** "2 errors, 1 warning" */
export function countWords(problems: readonly LessonProblem[]): string {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const warnings = problems.length - errors;
  const parts = [plural(errors, 'error'), plural(warnings, 'warning')].filter((part) => part !== null);
  return parts.length === 0 ? 'no problems' : parts.join(', ');
}

function plural(count: number, word: string): string | null {
  if (count === 0) return null;
  return count === 1 ? `1 ${word}` : `${count} ${word}s`;
}

export type QuizBlock = Extract<Block, { kind: 'quiz' }>;

/** Every quiz of a lesson in order, with the step it stands in. */
export function quizzesOf(lesson: LessonView): { step: string | null; quiz: QuizBlock }[] {
  const within = (step: string | null, blocks: readonly Block[]): { step: string | null; quiz: QuizBlock }[] =>
    blocks.flatMap((block) => {
      if (block.kind === 'quiz') return [{ step, quiz: block }];
      return block.kind === 'hint' || block.kind === 'callout' ? within(step, block.blocks) : [];
    });
  return [...within(null, lesson.introduction), ...lesson.steps.flatMap((step) => within(step.id, step.blocks))];
}
