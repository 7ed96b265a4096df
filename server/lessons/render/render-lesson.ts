import type { RootContent } from 'mdast';
import type { Quiz } from '../../../protocol/lesson-schema.ts';
import type { AskedQuestion, Block, LessonView } from '../../../protocol/lesson-view.ts';
import { blocksOfLesson, type Lesson, type LessonBlock } from '../lesson.ts';
import { outlineOf } from '../lesson-outline.ts';
import { type VariableValues, variableViews } from '../parse/variables.ts';
import type { Highlight } from './highlight.ts';
import { renderCode, renderCommand, renderProse } from './render-prose.ts';

interface Surroundings {
  lesson: string;
  definitions: readonly RootContent[];
  highlight: Highlight;
}

/**
 * The lesson as a page shows it. Variables are to be filled in before, with the same `answers`. What the machine lacks
 * is not known here: `missing` is for the reader to fill, and `terms` for the library.
 */
export function renderLesson(
  lesson: Lesson,
  about: { course: LessonView['course']; hasFiles: boolean; answers?: VariableValues | undefined },
  highlight: Highlight,
): LessonView {
  const { title, summary, minutes, level, objectives, images } = lesson.frontMatter;
  const outline = outlineOf(lesson).steps;
  const surroundings = { lesson: lesson.id, definitions: lesson.definitions, highlight };
  return {
    id: lesson.id,
    title,
    summary,
    minutes,
    level,
    objectives,
    images,
    course: about.course,
    usesFiles: about.hasFiles || [...blocksOfLesson(lesson)].some(writesFile),
    variables: variableViews(lesson.frontMatter, about.answers ?? {}),
    missing: [],
    terms: [],
    introduction: renderBlocks(lesson.introduction, surroundings),
    steps: lesson.steps.map((step, index) => ({
      title: step.title,
      blocks: renderBlocks(step.blocks, surroundings),
      ...(outline[index] ?? { id: step.id, checks: [], quizzes: [] }),
    })),
  };
}

function writesFile(block: LessonBlock): boolean {
  return block.kind === 'file' || (block.kind === 'solution' && block.of.kind === 'file');
}

function renderBlocks(blocks: readonly LessonBlock[], surroundings: Surroundings): Block[] {
  return blocks.flatMap((block) => renderBlock(block, surroundings) ?? []);
}

/** Set-up stays on the server: a learner has no use for it. */
function renderBlock(block: LessonBlock, surroundings: Surroundings): Block | null {
  const { lesson, definitions, highlight } = surroundings;
  switch (block.kind) {
    case 'prose': {
      const html = renderProse(block.nodes, definitions, lesson, highlight);
      return html === '' ? null : { kind: 'prose', html };
    }
    case 'listing':
      return {
        kind: 'listing',
        id: block.id,
        language: block.language,
        code: block.code,
        html: renderCode(block.code, block.language, highlight),
      };
    case 'output': {
      const { id, of, code } = block;
      return { kind: 'output', id, of, code: code.trim() === '' ? '' : code };
    }
    case 'run': {
      const { id, command, terminal, background, interrupt } = block;
      return { kind: 'run', id, command, html: renderCommand(command, highlight), terminal, background, interrupt };
    }
    case 'file': {
      const { id, path, mode, language, code } = block;
      return {
        kind: 'file',
        id,
        path,
        mode,
        language,
        code,
        html: renderCode(code.replace(/\n$/, ''), language, highlight),
      };
    }
    case 'solution': {
      const of = renderBlock(block.of, surroundings);
      return of === null ? null : { kind: 'solution', id: block.id, of };
    }
    case 'setup':
      return null;
    case 'check':
      return { kind: 'check', id: block.id, title: block.check.title };
    case 'quiz':
      return { kind: 'quiz', id: block.id, ...questionOf(block.quiz) };
    case 'diagram':
      return { kind: 'diagram', id: block.id, source: block.source };
    case 'hint':
      return { kind: 'hint', summary: block.summary, blocks: renderBlocks(block.blocks, surroundings) };
    case 'callout':
      return { kind: 'callout', tone: block.tone, blocks: renderBlocks(block.blocks, surroundings) };
  }
}

/** What is asked, without anything that gives the answer away. @param order in which a learner sees the choices */
export function questionOf(quiz: Quiz, order = [...(quiz.choices ?? []).keys()]): AskedQuestion {
  const { question, choices = [] } = quiz;
  return {
    question,
    choices: choices.map((choice) => String(choice.text)),
    order,
    several: choices.filter((choice) => choice.correct === true).length > 1,
    freeText: choices.length === 0,
  };
}
