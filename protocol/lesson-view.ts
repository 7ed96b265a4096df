/**
 * A lesson as a page shows it. All `html` was made by the server from Markdown, sanitised and highlighted;
 * it holds no script, no style element and no event handler. Block ids are unique in their lesson and are all
 * a page ever sends back: never shell text.
 */
export interface LessonView {
  /** course/lesson */
  id: string;
  title: string;
  summary: string;
  minutes: number;
  level: LessonLevel;
  objectives: string[];
  images: string[];
  course: { id: string; title: string; lessons: LessonLink[] };
  /** It comes with files, or has some written: the editor has something to show. */
  usesFiles: boolean;
  /** What the learner is asked; the texts below hold the answers (or the defaults) already. */
  variables: VariableView[];
  /** What it needs and this machine lacks; mostly empty. */
  missing: MissingNeed[];
  /** Terms of the glossary that it links to. */
  terms: TermView[];
  /** What stands before the first step. */
  introduction: Block[];
  steps: StepView[];
}

/** A term of the glossary, beside a link to it. Plain words, in which `code` stands between backticks. */
export interface TermView {
  id: string;
  title: string;
  /** One sentence. */
  definition: string;
  /** What follows it; may be empty. */
  more: string;
}

export type LessonLevel = 'beginner' | 'intermediate' | 'advanced';

export interface LessonLink {
  id: string;
  title: string;
}

export interface VariableView {
  name: string;
  prompt: string;
  value: string;
  /** The learner has answered; else `value` is the default. */
  answered: boolean;
  /** What the whole answer has to match. */
  pattern: string | null;
}

/** A host feature a lesson cannot do without. `words`: what it is, why it is missing here, what would help. */
export interface MissingNeed {
  need: string;
  words: string;
}

export interface StepView {
  id: string;
  title: string;
  blocks: Block[];
  /** Ids of the checks in this step, in order, those inside hints and call-outs too. */
  checks: string[];
  /** Ids of its quizzes, in order. */
  quizzes: string[];
}

export type Block =
  | { kind: 'prose'; html: string }
  | { kind: 'listing'; id: string; language: string; code: string; html: string }
  /** What the `run` block with the id `of` printed when it was last played; plain text. Empty: not played yet, and nothing to show to a learner. */
  | { kind: 'output'; id: string; of: string; code: string }
  | {
      kind: 'run';
      id: string;
      command: string;
      html: string;
      terminal: string;
      background: boolean;
      interrupt: boolean;
    }
  | { kind: 'file'; id: string; path: string; mode: FileMode; language: string; code: string; html: string }
  /** Hidden until asked for; `of` is a `run` or `file` block. */
  | { kind: 'solution'; id: string; of: Block }
  | { kind: 'check'; id: string; title: string }
  | ({ kind: 'quiz'; id: string } & AskedQuestion)
  | { kind: 'diagram'; id: string; source: string }
  | { kind: 'hint'; summary: string; blocks: Block[] }
  | { kind: 'callout'; tone: 'note' | 'tip' | 'warning' | 'important'; blocks: Block[] };

/** A question as a learner gets it: nothing in it says what is right. */
export interface AskedQuestion {
  question: string;
  /** In the order of the source: an answer and a verdict name a choice by its place here. */
  choices: string[];
  /** Places of the choices in the order in which this learner sees them. */
  order: number[];
  several: boolean;
  freeText: boolean;
}

export type FileMode = { type: 'write' } | { type: 'append' } | { type: 'lines'; from: number; to: number };

export interface CourseView {
  id: string;
  title: string;
  summary: string;
  audience: string;
  /** Courses to do first; some may not be in this catalogue. */
  after: string[];
  lessons: LessonCard[];
}

export interface LessonCard {
  id: string;
  title: string;
  summary: string;
  minutes: number;
  level: LessonLevel;
  objectives: string[];
  /** course/lesson; some may not be in this catalogue. */
  after: string[];
  steps: { id: string; title: string }[];
  missing: MissingNeed[];
}

/** The state of one check, with words for the learner. */
export interface CheckResult {
  id: string;
  state: 'met' | 'unmet' | 'waiting' | 'failed';
  /** met: what was seen; unmet: which condition, what was expected, what was found. One or two sentences. */
  message: string;
  /** The lesson's own hint for the state the learner is in. */
  hint: string | null;
}

export interface LessonProgress {
  lesson: string;
  /** Checks that were met once, with the time (unix milliseconds). A tick is never taken back. */
  passed: Record<string, number>;
  /** Those of `passed` that the lab's own work met, when the learner started over from a later step. */
  caughtUp: string[];
  /** Quizzes that were answered. `attempts`: up to the first right one. `passedAt`: when that was; unix milliseconds. */
  quizzes: Record<string, { attempts: number; passedAt: number | null }>;
  /** Solutions the learner asked to see before their step was done, with the time (unix milliseconds). */
  solutionsShown: Record<string, number>;
  /** Steps whose checks have all been met and whose quizzes are passed. */
  stepsDone: string[];
  /** The step the learner was at last. */
  currentStep: string | null;
  completedAt: number | null;
  openedAt: number | null;
}

/** Of somebody who has done nothing in it yet. */
export function noProgress(lesson: string): LessonProgress {
  return {
    lesson,
    passed: {},
    caughtUp: [],
    quizzes: {},
    solutionsShown: {},
    stepsDone: [],
    currentStep: null,
    completedAt: null,
    openedAt: null,
  };
}
