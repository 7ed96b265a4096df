import type { RootContent } from 'mdast';
import type { Check } from '../../protocol/check-schema.ts';
import type { FrontMatter, Quiz } from '../../protocol/lesson-schema.ts';
import type { FileMode } from '../../protocol/lesson-view.ts';
import type { SourceSpot } from './problem.ts';

/**
 * A lesson as it was written, everything of the format, each block with its place in the file. Texts may still
 * hold `$$name$$`; `fillVariables` replaces them.
 */
export interface Lesson {
  /** course/lesson */
  id: string;
  frontMatter: FrontMatter;
  /** Where its values stand, by path: `after`, `after[0]`, `variables.name` (the key). */
  frontMatterSpots: Readonly<Record<string, SourceSpot>>;
  introduction: LessonBlock[];
  steps: LessonStep[];
  /** Link and footnote definitions, which Markdown allows anywhere in the file. */
  definitions: RootContent[];
}

export interface LessonStep {
  id: string;
  title: string;
  at: SourceSpot;
  blocks: LessonBlock[];
}

interface Placed {
  at: SourceSpot;
}

interface ProseBlock extends Placed {
  kind: 'prose';
  nodes: RootContent[];
}

interface ListingBlock extends Placed {
  kind: 'listing';
  id: string;
  language: string;
  code: string;
}

/** What the nearest `run` block before it in its step prints, as `npm run lessons -- refresh` wrote it. */
export interface OutputBlock extends Placed {
  kind: 'output';
  id: string;
  /** Id of that block. */
  of: string;
  /** Empty until it was refreshed. */
  code: string;
  /** Lines that are shown, from the beginning and from the end; both null: all. */
  first: number | null;
  last: number | null;
  /** Another one each time, beyond ids, times and sizes: a test does not compare it. */
  varies: boolean;
}

export interface RunBlock extends Placed {
  kind: 'run';
  id: string;
  command: string;
  terminal: string;
  /** Do not wait for the prompt before what comes next. */
  background: boolean;
  /** Press Ctrl-C first. */
  interrupt: boolean;
  /** How long a lesson test waits for the prompt, in milliseconds; null: its usual limit. */
  timeoutMs: number | null;
}

export interface FileBlock extends Placed {
  kind: 'file';
  id: string;
  path: string;
  mode: FileMode;
  language: string;
  /** Ends with a line end, as a file does. */
  code: string;
}

interface SolutionBlock extends Placed {
  kind: 'solution';
  id: string;
  /** Has the same id. */
  of: RunBlock | FileBlock;
}

export interface SetupBlock extends Placed {
  kind: 'setup';
  id: string;
  command: string;
  timeoutMs: number | null;
}

export interface CheckBlock extends Placed {
  kind: 'check';
  id: string;
  check: Check;
  /** The YAML, so that variables can be filled in before it is read. */
  source: string;
}

export interface QuizBlock extends Placed {
  kind: 'quiz';
  id: string;
  quiz: Quiz;
  source: string;
}

interface DiagramBlock extends Placed {
  kind: 'diagram';
  id: string;
  source: string;
}

export interface HintBlock extends Placed {
  kind: 'hint';
  summary: string;
  blocks: LessonBlock[];
}

export interface CalloutBlock extends Placed {
  kind: 'callout';
  tone: 'note' | 'tip' | 'warning' | 'important';
  blocks: LessonBlock[];
}

export type LessonBlock =
  | ProseBlock
  | ListingBlock
  | OutputBlock
  | RunBlock
  | FileBlock
  | SolutionBlock
  | SetupBlock
  | CheckBlock
  | QuizBlock
  | DiagramBlock
  | HintBlock
  | CalloutBlock;

export type NamedBlock = Extract<LessonBlock, { id: string }>;

/** Where a terminal is not named, this is its name. */
export const mainTerminal = 'main';

/** All blocks in reading order, those inside hints and call-outs too. */
export function* everyBlock(blocks: readonly LessonBlock[]): Generator<LessonBlock> {
  for (const block of blocks) {
    yield block;
    if (block.kind === 'hint' || block.kind === 'callout') yield* everyBlock(block.blocks);
  }
}

export function* blocksOfLesson(lesson: Lesson): Generator<LessonBlock> {
  yield* everyBlock(lesson.introduction);
  for (const step of lesson.steps) yield* everyBlock(step.blocks);
}

export function hasId(block: LessonBlock): block is NamedBlock {
  return 'id' in block;
}

export function checksOfStep(step: LessonStep): CheckBlock[] {
  return [...everyBlock(step.blocks)].filter((block) => block.kind === 'check');
}

export function quizzesOfStep(step: LessonStep): QuizBlock[] {
  return [...everyBlock(step.blocks)].filter((block) => block.kind === 'quiz');
}

export function setupsOfStep(step: LessonStep): SetupBlock[] {
  return [...everyBlock(step.blocks)].filter((block) => block.kind === 'setup');
}
