import { join } from 'node:path';
import { blocksOfLesson, checksOfStep, everyBlock, type Lesson, type LessonStep, quizzesOfStep } from '../lesson.ts';
import { listFiles } from '../library/bounded-files.ts';
import type { LoadedLesson } from '../library/load-courses.ts';
import { type Problem, ProblemList } from '../problem.ts';
import { lintCheck } from './lint-check.ts';
import { lintImages, lintServedImages, type ServedImages } from './lint-images.ts';
import { lintLinks } from './lint-links.ts';
import { lintQuiz } from './lint-quiz.ts';
import { lintSequence } from './lint-sequence.ts';
import { findSlowPatterns, type IsSlow } from './slow-pattern.ts';

export interface LintSurroundings {
  /** Ids of all lessons there are, with the ids of their steps. */
  lessons: ReadonlyMap<string, readonly string[]>;
  /** What labs serve to sandboxes; null: nothing is said about that. */
  images?: ServedImages | null;
  /** Ids of the terms of a glossary that links may lead to; null: nothing is said about that. */
  terms?: ReadonlySet<string> | null;
}

/** What is wrong with a lesson that can be shown, and ought not to be shipped. */
export async function lintLesson(loaded: LoadedLesson, surroundings: LintSurroundings): Promise<Problem[]> {
  const problems = new ProblemList(loaded.file);
  const { lesson } = loaded;
  if (lesson === null) return [];
  // A block that could not be read is missing: what a step lacks is then only guessed.
  const whole = !loaded.problems.some((problem) => problem.severity === 'error');
  if (whole) lintSteps(lesson, problems);
  const isSlow = findSlowPatterns();
  for (const block of blocksOfLesson(lesson)) {
    if (block.kind === 'check') lintCheck(block, problems, isSlow);
    if (block.kind === 'quiz') lintQuiz(block, problems, isSlow);
  }
  lintVariables(lesson, problems, isSlow);
  await lintLinks(loaded, lesson, surroundings, problems);
  if (whole) await lintImages(loaded, lesson, problems);
  if (surroundings.images) lintServedImages(lesson, surroundings.images, problems);
  if (whole) await lintSequence(loaded, lesson, problems);
  await lintFiles(loaded, problems);
  return problems.items;
}

function lintSteps(lesson: Lesson, problems: ProblemList): void {
  if (lesson.steps.length === 0) {
    problems.error(
      'lesson.no-steps',
      { line: 1, column: 1 },
      {
        message: 'This lesson has no step. A step begins with a ## heading.',
        expected: '## …',
      },
    );
  }
  for (const block of everyBlock(lesson.introduction)) {
    if (block.kind !== 'check' && block.kind !== 'quiz') continue;
    problems.error('step.no-way-to-pass', block.at, {
      message: `A ${block.kind} stands before the first ## heading, so it belongs to no step. Put it below a heading.`,
    });
  }
  for (const step of lesson.steps) lintStep(step, problems);
}

function lintStep(step: LessonStep, problems: ProblemList): void {
  const checks = checksOfStep(step);
  if (checks.length === 0 && quizzesOfStep(step).length === 0) {
    problems.error('step.no-check', step.at, {
      message: `Nothing tells when the step “${step.title}” is done. Add a check or a quiz, or join it to the step before with ### in place of ##.`,
      found: `## ${step.title}`,
    });
  }
  const toPass = checks.filter((block) => block.check.initially !== 'met');
  const deeds = [...everyBlock(step.blocks)].some((block) => ['run', 'file', 'solution'].includes(block.kind));
  if (toPass.length > 0 && !deeds) {
    problems.error('step.no-way-to-pass', step.at, {
      message: `The step “${step.title}” has a check, and no run, file or solution block that makes it pass. Where the learner is to find out, add a hidden \`sh solution\`.`,
      found: `## ${step.title}`,
      expected: '```sh solution',
    });
  }
}

function lintVariables(lesson: Lesson, problems: ProblemList, isSlow: IsSlow): void {
  for (const [name, { pattern }] of Object.entries(lesson.frontMatter.variables)) {
    if (pattern === undefined || !isSlow(pattern)) continue;
    problems.error('pattern.slow', lesson.frontMatterSpots[`variables.${name}.pattern`] ?? { line: 1, column: 1 }, {
      message:
        'Comparing an answer with this pattern can take longer than anybody waits: a group that is repeated holds something that is repeated, too.',
      found: pattern,
    });
  }
}

async function lintFiles(loaded: LoadedLesson, problems: ProblemList): Promise<void> {
  for (const folder of ['files', 'solution', 'media']) {
    const { refused } = await listFiles(join(loaded.folder, folder));
    for (const { path, reason } of refused) {
      problems.error(
        'files.refused',
        { line: 1, column: 1 },
        { message: `${folder}/${path} is refused: ${reason}.`, found: `${folder}/${path}` },
      );
    }
  }
}
