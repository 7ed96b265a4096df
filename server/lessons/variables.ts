import type { RootContent } from 'mdast';
import { visit } from 'unist-util-visit';
import type { FrontMatter } from '../../protocol/lesson-schema.ts';
import type { Lesson, LessonBlock } from './lesson.ts';
import { ProblemList } from './problem.ts';
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

/** Whether an answer fits the pattern of its variable, from its first to its last character. */
export function matchesPattern(pattern: string | undefined, value: string): boolean {
  if (pattern === undefined) return true;
  try {
    return new RegExp(`^(?:${pattern})$`).test(value.slice(0, 200));
  } catch {
    return false;
  }
}

/** For the YAML of checks and quizzes: inside a pattern, an answer stands for itself. */
export function fillYaml(values: VariableValues): Replace {
  const literal = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, value.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')]),
  );
  return (text, key) => fillText(text, key === 'ran' || key === 'matches' ? literal : values);
}

function fillText(text: string, values: VariableValues): string {
  return text.replace(variableUse, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? whole) : whole,
  );
}

/** The lesson with the learner's answers in every text, command, file, check and quiz. */
export function fillVariables(lesson: Lesson, answers: VariableValues): Lesson {
  if (Object.keys(lesson.frontMatter.variables).length === 0) return lesson;
  const values = { ...standInValues(lesson.frontMatter) };
  for (const [name, answer] of Object.entries(answers)) {
    const variable = lesson.frontMatter.variables[name];
    if (variable && matchesPattern(variable.pattern, answer)) values[name] = answer;
  }
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

function fillBlock<T extends LessonBlock>(block: T, values: VariableValues): T;
function fillBlock(block: LessonBlock, values: VariableValues): LessonBlock {
  const fill = (text: string): string => fillText(text, values);
  switch (block.kind) {
    case 'prose':
      return { ...block, nodes: block.nodes.map((node) => fillNode(node, fill)) };
    case 'listing':
    case 'file':
      return { ...block, code: fill(block.code) };
    case 'run':
    case 'setup':
      return { ...block, command: fill(block.command) };
    case 'solution':
      return { ...block, of: fillBlock(block.of, values) };
    case 'check': {
      const check = readCheck(block.source, nowhere, new ProblemList(''), fillYaml(values));
      return check === null ? block : { ...block, check };
    }
    case 'quiz': {
      const quiz = readQuiz(block.source, nowhere, new ProblemList(''), fillYaml(values));
      return quiz === null ? block : { ...block, quiz };
    }
    case 'diagram':
      return { ...block, source: fill(block.source) };
    case 'hint':
      return { ...block, summary: fill(block.summary), blocks: block.blocks.map((inner) => fillBlock(inner, values)) };
    case 'callout':
      return { ...block, blocks: block.blocks.map((inner) => fillBlock(inner, values)) };
  }
}

function fillNode<T extends RootContent>(node: T, fill: (text: string) => string): T {
  const copy = structuredClone(node);
  visit(copy, (inner) => {
    if (inner.type === 'text' || inner.type === 'inlineCode' || inner.type === 'code') inner.value = fill(inner.value);
    else if (inner.type === 'link' || inner.type === 'definition') inner.url = fill(inner.url);
  });
  return copy;
}

const nowhere = () => ({ line: 1, column: 1 });
