import type { RootContent } from 'mdast';
import { visit } from 'unist-util-visit';
import { type Check, slashed } from '../../../protocol/check-schema.ts';
import type { FrontMatter, Quiz } from '../../../protocol/lesson-schema.ts';
import type { VariableView } from '../../../protocol/lesson-view.ts';
import { testPattern } from '../../checks/bounded-pattern.ts';
import { DrydockError } from '../../errors.ts';
import { blocksOfLesson, type Lesson, type LessonBlock } from '../lesson.ts';
import { ProblemList } from '../problem.ts';
import { readCheck, readQuiz } from './read-check.ts';
import type { Replace } from './yaml-source.ts';

export type VariableValues = Readonly<Record<string, string>>;

/** `$$name$$` */
export const variableUse = /\$\$([a-zA-Z][a-zA-Z0-9_-]{0,39})\$\$/g;

/** What stands for a variable until the learner has answered: its default, else something its pattern takes. */
export function standInValues(frontMatter: FrontMatter): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, variable] of Object.entries(frontMatter.variables)) {
    const accepts = (value: string): boolean => matchesPattern(variable.pattern, value);
    values[name] =
      variable.default !== undefined
        ? String(variable.default)
        : (['1', name.toLowerCase(), 'a'].find(accepts) ?? name);
  }
  return values;
}

/** Characters of an answer; the protocol has the same limit. */
const longestAnswer = 200;

/**
 * Whether an answer fits the pattern of its variable, from its first to its last character. A pattern that cannot be
 * read, or takes too long, takes nothing.
 */
export function matchesPattern(pattern: string | undefined, value: string): boolean {
  if (pattern === undefined) return true;
  const matches = () => testPattern(`^(?:${pattern})$`, [value.slice(0, longestAnswer)], '')[0] === true;
  try {
    return matches();
  } catch (error) {
    if (!(error instanceof DrydockError)) return false;
  }
  try {
    return matches(); // a machine that stood still for a moment is no reason to refuse an answer
  } catch {
    return false;
  }
}

/** What the learner is asked, with the answer or what stands for it. */
export function variableViews(frontMatter: FrontMatter, answers: VariableValues): VariableView[] {
  const values = valuesOf(frontMatter, answers);
  return Object.entries(frontMatter.variables).map(([name, { prompt, pattern }]) => ({
    name,
    prompt,
    value: values[name] ?? '',
    answered: Object.hasOwn(answers, name) && values[name] === answers[name],
    pattern: pattern ?? null,
  }));
}

/** Stand-ins, and in their place the answers that fit: a pattern may have changed since. */
function valuesOf(frontMatter: FrontMatter, answers: VariableValues): Record<string, string> {
  const values = standInValues(frontMatter);
  for (const [name, { pattern }] of Object.entries(frontMatter.variables)) {
    const answer = Object.hasOwn(answers, name) ? answers[name] : undefined;
    if (answer !== undefined && matchesPattern(pattern, answer)) values[name] = answer;
  }
  return values;
}

/** For the YAML of checks and quizzes, which is read before: an answer is never YAML. Inside a pattern it stands for itself. */
export function fillYaml(values: VariableValues): Replace {
  const literal = mapValues(values, escapePattern);
  return (text, key) => {
    if (key === 'ran' || key === 'matches') return fillText(text, literal);
    if (key !== 'answer' && key !== 'stdout') return fillText(text, values);
    // These two are patterns when they stand between slashes.
    if (slashed(text) !== null) return fillText(text, literal);
    const filled = fillText(text, values);
    return slashed(filled) === null ? filled : asLiteral(filled, key);
  };
}

/** The lesson wrote a plain text, and the slashes are the learner's: a pattern that takes what the text would have. */
function asLiteral(text: string, key: 'answer' | 'stdout'): string {
  // Capitals and the amount of white space in a learner's answer do not matter (see judgeQuiz).
  if (key === 'answer') return `/${escapePattern(text.normalize('NFC').replace(/\s+/g, ' ').trim())}/i`;
  return `/${escapePattern(text)}/`;
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

/** In the source of a diagram an answer is words: what the diagram's language could misread becomes character codes. */
function fillDiagram(source: string, values: VariableValues): string {
  return fillText(
    source,
    mapValues(values, (value) =>
      value.replace(/[^\p{L}\p{N} _./:-]/gu, (character) => `#${character.codePointAt(0)};`),
    ),
  );
}

function mapValues(values: VariableValues, map: (value: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]));
}

function fillText(text: string, values: VariableValues): string {
  return text.replace(variableUse, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? whole) : whole,
  );
}

/** Lessons that were filled, by the values in them: a page, its blocks and its checks ask for the same one. */
const filledBefore = new WeakMap<Lesson, Map<string, Lesson>>();
const filledKept = 32;

/** The lesson with the learner's answers in every text, command, file, check and quiz. The same answers, the same object. */
export function fillVariables(lesson: Lesson, answers: VariableValues): Lesson {
  if (Object.keys(lesson.frontMatter.variables).length === 0) return lesson;
  const values = valuesOf(lesson.frontMatter, answers);
  const known = filledBefore.get(lesson) ?? new Map<string, Lesson>();
  filledBefore.set(lesson, known);
  const key = JSON.stringify(values);
  const filled = known.get(key) ?? fillLesson(lesson, values);
  // The one that was not asked for longest goes first.
  known.delete(key);
  known.set(key, filled);
  for (const oldest of known.keys()) {
    if (known.size <= filledKept) break;
    known.delete(oldest);
  }
  return filled;
}

/** Names of variables of whose answers a check or quiz would make no sense, such as words where a port stands. */
export function misfits(lesson: Lesson, answers: VariableValues): string[] {
  const values = valuesOf(lesson.frontMatter, answers);
  return [...blocksOfLesson(lesson)].flatMap((block) => {
    if ((block.kind !== 'check' && block.kind !== 'quiz') || !usesVariable(block.source)) return [];
    const read = block.kind === 'check' ? readFilledCheck(block.source, values) : readFilledQuiz(block.source, values);
    return read === null ? [...block.source.matchAll(variableUse)].map(([, name = '']) => name) : [];
  });
}

function fillLesson(lesson: Lesson, values: VariableValues): Lesson {
  const fill = (text: string): string => fillText(text, values);
  return {
    ...lesson,
    introduction: lesson.introduction.map((block) => fillBlock(block, values)),
    steps: lesson.steps.map((step) => ({
      ...step,
      title: fill(step.title),
      blocks: step.blocks.map((block) => fillBlock(block, values)),
    })),
    definitions: lesson.definitions.map((node) => fillNode(node, fill)),
  };
}

function usesVariable(source: string): boolean {
  return source.search(variableUse) !== -1;
}

function readFilledCheck(source: string, values: VariableValues): Check | null {
  return readCheck(source, nowhere, new ProblemList(''), fillYaml(values));
}

function readFilledQuiz(source: string, values: VariableValues): Quiz | null {
  return readQuiz(source, nowhere, new ProblemList(''), fillYaml(values));
}

function fillBlock<T extends LessonBlock>(block: T, values: VariableValues): T;
function fillBlock(block: LessonBlock, values: VariableValues): LessonBlock {
  const fill = (text: string): string => fillText(text, values);
  switch (block.kind) {
    case 'prose':
      return { ...block, nodes: block.nodes.map((node) => fillNode(node, fill)) };
    case 'listing':
    case 'output':
    case 'file':
      return { ...block, code: fill(block.code) };
    case 'run':
    case 'setup':
      return { ...block, command: fill(block.command) };
    case 'solution':
      return { ...block, of: fillBlock(block.of, values) };
    case 'check': {
      const check = usesVariable(block.source) ? readFilledCheck(block.source, values) : null;
      return check === null ? block : { ...block, check };
    }
    case 'quiz': {
      const quiz = usesVariable(block.source) ? readFilledQuiz(block.source, values) : null;
      return quiz === null ? block : { ...block, quiz };
    }
    case 'diagram':
      return { ...block, source: fillDiagram(block.source, values) };
    case 'hint':
      return { ...block, summary: fill(block.summary), blocks: block.blocks.map((inner) => fillBlock(inner, values)) };
    case 'callout':
      return { ...block, blocks: block.blocks.map((inner) => fillBlock(inner, values)) };
  }
}

function fillNode<T extends RootContent>(node: T, fill: (text: string) => string): T {
  const copy = structuredClone(node);
  visit(copy, (inner) => {
    switch (inner.type) {
      case 'text':
      case 'inlineCode':
      case 'code':
        inner.value = fill(inner.value);
        break;
      case 'link':
      case 'definition':
      case 'image':
        inner.url = fill(inner.url);
        if (inner.title) inner.title = fill(inner.title);
        if (inner.type === 'image' && inner.alt) inner.alt = fill(inner.alt);
        break;
      case 'imageReference':
        if (inner.alt) inner.alt = fill(inner.alt);
        break;
    }
  });
  return copy;
}

const nowhere = () => ({ line: 1, column: 1 });
