import type { AuthorLesson } from '../../protocol/authoring.ts';
import { DrydockError } from '../errors.ts';
import { checksOfStep, everyBlock, hasId, type Lesson } from '../lessons/lesson.ts';
import type { CheckToWatch } from './author-pages.ts';
import type { Handlers } from './dispatch.ts';
import type { LabServices } from './lab-services.ts';

/** What authors see beside a lesson. Who may ask is said in `required-access.ts`. */
export function authorHandlers({
  library,
  reader,
  authors,
}: Pick<LabServices, 'library' | 'reader' | 'authors'>): Pick<Handlers, 'author:read'> {
  return {
    'author:read': async ({ actor, page }, { lesson }): Promise<AuthorLesson> => {
      const text = library.sourceOf(lesson);
      if (text === null) {
        throw new DrydockError('lesson.not-found', 'There is no such lesson here any more.');
      }
      // Before anything that takes time: a page that goes away meanwhile is then known to have left.
      if (!authors.shows(page, lesson)) await authors.show(actor, page, lesson, null);
      const readable = library.has(lesson, { broken: true }) ? await reader.lesson(actor, lesson) : null;
      const checks = readable === null ? null : checksIn(readable);
      const problems = await library.problemsOf(lesson);
      if (authors.shows(page, lesson)) await authors.show(actor, page, lesson, checks);
      return {
        lesson,
        ...text,
        problems,
        lines: readable === null ? {} : linesOf(readable),
        checks: (checks ?? []).map((check) => ({
          ...check,
          state: 'waiting',
          message: 'Nobody has looked yet.',
          hint: null,
        })),
      };
    },
  };
}

function checksIn(lesson: Lesson): CheckToWatch[] {
  return lesson.steps.flatMap((step) =>
    checksOfStep(step).map(({ id, check, at, source }) => ({
      id,
      title: check.title,
      step: step.id,
      line: at.line,
      source,
    })),
  );
}

function linesOf(lesson: Lesson): Record<string, number> {
  const lines: Record<string, number> = {};
  const add = (blocks: Lesson['introduction']): void => {
    for (const block of everyBlock(blocks)) if (hasId(block)) lines[block.id] = block.at.line;
  };
  add(lesson.introduction);
  for (const step of lesson.steps) {
    lines[step.id] = step.at.line;
    add(step.blocks);
  }
  return lines;
}
