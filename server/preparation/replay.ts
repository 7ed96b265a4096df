import {
  type CheckBlock,
  checksOfStep,
  everyBlock,
  type FileBlock,
  type Lesson,
  type LessonBlock,
  type LessonStep,
  type RunBlock,
  type SetupBlock,
} from '../lessons/lesson.ts';

/** What the lab does by itself of one part of a lesson. */
export interface ReplayPart {
  /** null: the introduction */
  step: LessonStep | null;
  blocks: (SetupBlock | RunBlock | FileBlock)[];
  /** What is to hold afterwards. */
  checks: CheckBlock[];
}

/**
 * All that the introduction and the steps before `target` (an index) would have a learner do, in order, and what is
 * set up for the target itself.
 */
export function replayUpTo(lesson: Lesson, target: number): ReplayPart[] {
  const earlier = lesson.steps.slice(0, target);
  const at = lesson.steps[target];
  return [
    { step: null, blocks: doneIn(lesson.introduction), checks: [] },
    ...earlier.map((step) => ({ step, blocks: doneIn(step.blocks), checks: checksOfStep(step) })),
    ...(at === undefined ? [] : [{ step: at, blocks: setupsIn(at.blocks), checks: [] }]),
  ];
}

/** Setup comes first, as it does when a step opens, wherever it stands. */
function doneIn(blocks: readonly LessonBlock[]): ReplayPart['blocks'] {
  const pressed = [...everyBlock(blocks)].flatMap((outer) => {
    const block = outer.kind === 'solution' ? outer.of : outer;
    return block.kind === 'run' || block.kind === 'file' ? [block] : [];
  });
  return [...setupsIn(blocks), ...pressed];
}

function setupsIn(blocks: readonly LessonBlock[]): SetupBlock[] {
  return [...everyBlock(blocks)].filter((block) => block.kind === 'setup');
}
