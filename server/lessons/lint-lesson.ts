import { join } from 'node:path';
import { type Check, conditionKeys } from '../../protocol/check-schema.ts';
import { unsupportedConditions } from '../checks/unsupported.ts';
import { listFiles } from './bounded-files.ts';
import {
  blocksOfLesson,
  type CheckBlock,
  checksOfStep,
  everyBlock,
  type Lesson,
  type LessonStep,
  type QuizBlock,
  quizzesOfStep,
} from './lesson.ts';
import { lintImages } from './lint-images.ts';
import { lintLinks } from './lint-links.ts';
import type { LoadedLesson } from './load-courses.ts';
import { type Problem, ProblemList, type SourceSpot } from './problem.ts';

export interface LintSurroundings {
  /** Ids of all lessons there are, with the ids of their steps. */
  lessons: ReadonlyMap<string, readonly string[]>;
}

/** What is wrong with a lesson that can be shown, and ought not to be shipped. */
export async function lintLesson(loaded: LoadedLesson, surroundings: LintSurroundings): Promise<Problem[]> {
  const problems = new ProblemList(loaded.file);
  const { lesson } = loaded;
  if (lesson === null) return [];
  // A block that could not be read is missing: what a step lacks is then only guessed.
  const whole = !loaded.problems.some((problem) => problem.severity === 'error');
  if (whole) lintSteps(lesson, problems);
  for (const block of blocksOfLesson(lesson)) {
    if (block.kind === 'check') lintCheck(block, problems);
    if (block.kind === 'quiz') lintQuiz(block, problems);
  }
  await lintLinks(loaded, lesson, surroundings, problems);
  if (whole) await lintImages(loaded, lesson, problems);
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

/** These have a condition of their own: exit status 0. */
const conditioned: readonly Check['subject'][] = ['ran', 'run'];

function lintCheck(block: CheckBlock, problems: ProblemList): void {
  const { check } = block;
  const keys = conditionKeys[check.subject];
  const has = (conditions: object): boolean => Object.keys(conditions).some((key) => keys.includes(key));
  const counted =
    check.subject === 'container' && typeof check.container === 'object' && check.container.count !== undefined;
  if (!has(check) && !conditioned.includes(check.subject) && !counted) {
    problems.error('check.no-condition', lineOf(block, check.subject), {
      message: `This check says nothing about its ${check.subject}. Add a condition: ${keys.join(', ')}.`,
      found: check.subject,
    });
  }
  if (check.subject === 'compose' && check.services && Object.keys(check.services).length === 0) {
    problems.error('check.no-condition', lineOf(block, 'services'), { message: 'This check names no service.' });
  }
  for (const hint of check.hints ?? []) {
    if (has(hint.when)) continue;
    problems.error('check.no-condition', lineOf(block, 'hints'), {
      message: 'A hint says in `when` which state it is for; this one has no condition.',
    });
  }
  for (const { path, message } of unsupportedConditions(check)) {
    problems.error('check.unsupported', lineOf(block, String(path.at(-1))), { message });
  }
}

function lintQuiz(block: QuizBlock, problems: ProblemList): void {
  const { choices } = block.quiz;
  if (!choices) return;
  const right = choices.filter((choice) => choice.correct === true).length;
  if (right === 0) {
    problems.error('quiz.no-right-choice', lineOf(block, 'choices'), {
      message: 'No choice of this quiz is right. Give at least one `correct: true`.',
      expected: 'correct: true',
    });
  }
  if (right === choices.length) {
    problems.error('quiz.no-wrong-choice', lineOf(block, 'choices'), {
      message: 'Every choice of this quiz is right, so it asks nothing.',
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

/** The line of a key in the YAML of a block. */
function lineOf(block: CheckBlock | QuizBlock, key: string): SourceSpot {
  const lines = block.source.split('\n');
  const index = lines.findIndex((line) => new RegExp(`^[\\s-]*${key}\\s*:`).test(line));
  if (index === -1) return block.at;
  return { line: block.at.line + 1 + index, column: block.at.column + (lines[index] ?? '').search(/[^\s-]/) };
}
