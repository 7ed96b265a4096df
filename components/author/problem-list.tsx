'use client';

import { BookOpen } from 'lucide-react';
import type { LessonProblem } from '../../protocol/authoring.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { InlineCode } from '../ui/inline-code.tsx';
import { ProblemSign } from './problem-sign.tsx';

interface ProblemListProps {
  problems: readonly LessonProblem[];
  /** Shows its line; given for problems of this file alone. */
  file: string | null;
  onShow(problem: LessonProblem): void;
  /** Shows its place in the text. */
  onFind?: ((problem: LessonProblem) => void) | undefined;
}

/** What the linter finds, each with the way to its line. */
export function ProblemList({ problems, file, onShow, onFind }: ProblemListProps) {
  if (problems.length === 0) {
    return <p className="p-4 text-control text-ink-soft">The linter finds nothing to mend in this lesson.</p>;
  }
  return (
    <ul aria-label="Problems" className="divide-y divide-line">
      {problems.map((problem) => {
        const isHere = problem.file === file;
        return (
          <li key={keyOf(problem)} className="flex items-start gap-1 py-1.5 pr-2 pl-4">
            <span className="mt-2 mr-2">
              <ProblemSign severity={problem.severity} />
            </span>
            <button
              type="button"
              disabled={!isHere}
              onClick={() => onShow(problem)}
              className="group/problem min-w-0 flex-1 rounded-sm py-1 text-left"
            >
              <span className="flex flex-wrap items-baseline gap-x-2 text-ui">
                <span className="sr-only">{problem.severity}, </span>
                <span
                  className={`font-mono text-caption tabular-nums ${isHere ? 'text-accent group-hover/problem:underline' : 'text-ink-faint'}`}
                >
                  {isHere ? '' : `${problem.file}:`}
                  {problem.line}:{problem.column}
                </span>
                <span className="font-mono text-caption text-ink-faint">{problem.code}</span>
              </span>
              <span className="mt-0.5 block text-control [overflow-wrap:anywhere] text-ink">
                <InlineCode text={problem.message} />
              </span>
              <Found problem={problem} />
            </button>
            {onFind !== undefined && isHere && (
              <IconButton
                icon={BookOpen}
                name={`Show line ${problem.line} in the lesson`}
                onClick={() => onFind(problem)}
              />
            )}
            <CopyButton
              text={`${problem.file}:${problem.line}`}
              what={`${problem.file}:${problem.line}`}
              className="mt-0.5"
            />
          </li>
        );
      })}
    </ul>
  );
}

/** What stands there, and what was probably meant. */
function Found({ problem: { found, expected } }: { problem: LessonProblem }) {
  if (found === undefined && expected === undefined) return null;
  return (
    <span className="mt-0.5 flex flex-wrap gap-x-4 text-ui [overflow-wrap:anywhere] text-ink-soft">
      {found !== undefined && (
        <span>
          found <code className="inline-code">{found}</code>
        </span>
      )}
      {expected !== undefined && (
        <span>
          expected <code className="inline-code">{expected}</code>
        </span>
      )}
    </span>
  );
}

function keyOf({ file, line, column, code, message }: LessonProblem): string {
  return `${file}:${line}:${column}:${code}:${message}`;
}
