'use client';

import { classNames } from '../ui/class-names.ts';
import { InlineCode } from '../ui/inline-code.tsx';
import { useAuthorMarks } from './author-marks.tsx';
import { ProblemSign } from './problem-sign.tsx';

/** Above a block or step with problems, for its author: what they are, and the way to their lines. */
export function ProblemMark({ id }: { id: string }) {
  const { marks, onShow } = useAuthorMarks();
  const problems = marks.get(id);
  if (problems === undefined) return null;
  return (
    <ul className="appear mb-2 flex flex-col gap-1">
      {problems.map((problem) => (
        <li key={`${problem.line}:${problem.column}:${problem.code}`}>
          <button
            type="button"
            onClick={() => onShow(problem)}
            className={classNames(
              'flex w-full items-start gap-2 rounded-md px-2.5 py-1.5 text-left text-ui text-ink hover:underline',
              problem.severity === 'error' ? 'bg-failed-soft' : 'bg-warning-soft',
            )}
          >
            <span className="mt-[3px]">
              <ProblemSign severity={problem.severity} />
            </span>
            <span className="min-w-0 [overflow-wrap:anywhere]">
              <span className="font-medium">
                {problem.severity === 'error' ? 'Error' : 'Warning'} in line {problem.line}:
              </span>{' '}
              <InlineCode text={problem.message} />
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
