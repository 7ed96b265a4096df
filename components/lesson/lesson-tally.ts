import type { Block, LessonProgress, StepView } from '../../protocol/lesson-view.ts';

/** How it went, in sentences: questions, solutions looked at, and what the lab did. Empty: nothing to tell yet. */
export function lessonTally(steps: readonly StepView[], progress: LessonProgress): string[] {
  return [quizLine(steps, progress), solutionLine(steps, progress), caughtUpLine(steps, progress)].filter(
    (line) => line !== null,
  );
}

function quizLine(steps: readonly StepView[], progress: LessonProgress): string | null {
  const quizzes = steps.flatMap((step) => step.quizzes);
  const passed = quizzes.filter((id) => (progress.quizzes[id]?.passedAt ?? null) !== null);
  if (passed.length === 0) return null;
  const atOnce = passed.filter((id) => progress.quizzes[id]?.attempts === 1).length;
  const answered =
    quizzes.length === 1
      ? 'You answered the question'
      : passed.length === quizzes.length
        ? `You answered all ${quizzes.length} questions`
        : `You answered ${passed.length} of ${quizzes.length} questions`;
  if (passed.length === 1)
    return `${answered}${atOnce === 1 ? ' at the first attempt' : ' after more than one attempt'}.`;
  if (atOnce === passed.length) return `${answered}, each at the first attempt.`;
  return `${answered}, ${atOnce === 0 ? 'none' : atOnce} of them at the first attempt.`;
}

function solutionLine(steps: readonly StepView[], progress: LessonProgress): string | null {
  const places = steps.flatMap((step, index) => {
    const shown = solutionsOf(step.blocks).filter((id) => progress.solutionsShown[id] !== undefined);
    return shown.map(() => index + 1);
  });
  if (places.length === 0) return null;
  const where = [...new Set(places)];
  const named = where.length === 1 ? `step ${where[0]}` : `steps ${where.slice(0, -1).join(', ')} and ${where.at(-1)}`;
  return `You looked at ${places.length === 1 ? 'one solution' : `${places.length} solutions`}, in ${named}.`;
}

function caughtUpLine(steps: readonly StepView[], progress: LessonProgress): string | null {
  const checks = new Set(steps.flatMap((step) => step.checks));
  const count = progress.caughtUp.filter((id) => checks.has(id)).length;
  if (count === 0) return null;
  return `The lab met ${count === 1 ? 'one check' : `${count} checks`} for you when you started over from a later step.`;
}

function solutionsOf(blocks: readonly Block[]): string[] {
  return blocks.flatMap((block) => {
    if (block.kind === 'solution') return [block.id];
    return block.kind === 'hint' || block.kind === 'callout' ? solutionsOf(block.blocks) : [];
  });
}
