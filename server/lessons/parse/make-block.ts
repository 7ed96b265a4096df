import type { Code } from 'mdast';
import type { FileBlock, LessonBlock, RunBlock } from '../lesson.ts';
import type { ProblemList, SourceSpot } from '../problem.ts';
import type { Fence } from './fence-options.ts';
import { readCheck, readQuiz } from './read-check.ts';
import type { Locate, Replace } from './yaml-source.ts';

/** @returns null when its YAML cannot be used; the problems say why */
export function makeBlock(
  node: Code,
  {
    fence,
    at,
    id,
    of,
    locate,
    replace,
  }: {
    fence: Fence;
    at: SourceSpot;
    id: string;
    /** Id of the `run` block an output is of. */
    of: string;
    locate: Locate;
    replace: Replace;
  },
  problems: ProblemList,
): LessonBlock | null {
  const source = node.value;
  switch (fence.kind) {
    case 'listing':
      return { kind: 'listing', at, id, language: fence.language, code: source };
    case 'output': {
      const { first, last, varies } = fence;
      return { kind: 'output', at, id, of, code: source, first, last, varies };
    }
    case 'diagram':
      return { kind: 'diagram', at, id, source };
    case 'setup':
      return { kind: 'setup', at, id, command: source, timeoutMs: fence.timeoutMs };
    case 'check': {
      const check = readCheck(source, locate, problems, replace);
      return check === null ? null : { kind: 'check', at, id, check, source };
    }
    case 'quiz': {
      const quiz = readQuiz(source, locate, problems, replace);
      return quiz === null ? null : { kind: 'quiz', at, id, quiz, source };
    }
    case 'run': {
      const { terminal, background, interrupt, timeoutMs } = fence;
      return orSolution(fence, { kind: 'run', at, id, command: source, terminal, background, interrupt, timeoutMs });
    }
    case 'file': {
      const code = source === '' ? '' : `${source}\n`;
      return orSolution(fence, {
        kind: 'file',
        at,
        id,
        path: fence.path,
        mode: fence.mode,
        language: fence.language,
        code,
      });
    }
  }
}

function orSolution(fence: Fence, block: RunBlock | FileBlock): LessonBlock {
  return fence.solution ? { kind: 'solution', at: block.at, id: block.id, of: block } : block;
}
