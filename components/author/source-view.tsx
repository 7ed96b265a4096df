'use client';

import { useEffect, useMemo, useRef } from 'react';
import type { LessonProblem } from '../../protocol/authoring.ts';
import { classNames } from '../ui/class-names.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { InlineCode } from '../ui/inline-code.tsx';
import { problemsByLine } from './author-places.ts';
import { ProblemSign } from './problem-sign.tsx';

/** Lines are drawn in chunks of this many: those out of sight cost the browser no layout, and can still be searched. */
const chunkSize = 60;

interface SourceViewProps {
  file: string;
  source: string;
  problems: readonly LessonProblem[];
  /** The line to bring into view; a new object asks again. */
  shown: { line: number } | null;
}

/** A lesson's source with its line numbers, to read: writing is done in the author's own editor. */
export function SourceView({ file, source, problems, shown }: SourceViewProps) {
  const scroller = useRef<HTMLElement>(null);
  const lines = useMemo(() => source.split(/\r?\n/), [source]);
  const marked = useMemo(() => problemsByLine(file, problems), [file, problems]);
  const chunks = useMemo(
    () => Array.from({ length: Math.ceil(lines.length / chunkSize) }, (_, index) => index * chunkSize),
    [lines],
  );
  useEffect(() => {
    if (shown === null) return;
    const box = scroller.current;
    const line = box?.querySelector(`[data-line="${shown.line}"]`);
    if (box === null || line === null || line === undefined) return;
    // Not `scrollIntoView`: the page around it stays where it is.
    const { top, height } = box.getBoundingClientRect();
    box.scrollTop += line.getBoundingClientRect().top - top - height / 3;
    box.scrollLeft = 0;
  }, [shown]);
  return (
    <div className="flex h-full min-h-0 flex-col bg-code text-code-ink">
      <div className="flex h-9 shrink-0 items-center gap-3 border-b border-line bg-surface pr-2 pl-4 text-ui text-ink-soft">
        <span className="min-w-0 truncate font-mono text-caption" title={file}>
          {file}
        </span>
        <span className="flex-1" />
        <CopyButton text={shown === null ? file : `${file}:${shown.line}`} what="this place, as file:line" />
      </div>
      <section
        ref={scroller}
        aria-label="Source"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
        tabIndex={0}
        className="@container min-h-0 flex-1 overflow-auto overscroll-contain py-2 font-mono text-caption leading-5 outline-offset-[-2px]"
      >
        <ol className="w-max min-w-full">
          {chunks.map((from) => (
            <li key={from} className="source-chunk">
              <ol>
                {lines.slice(from, from + chunkSize).map((text, index) => (
                  <SourceLine
                    // biome-ignore lint/suspicious/noArrayIndexKey: a line is its number
                    key={from + index}
                    number={from + index + 1}
                    text={text}
                    problems={marked.get(from + index + 1)}
                    shown={shown?.line === from + index + 1}
                  />
                ))}
              </ol>
            </li>
          ))}
        </ol>
      </section>
    </div>
  );
}

interface SourceLineProps {
  number: number;
  text: string;
  problems: readonly LessonProblem[] | undefined;
  shown: boolean;
}

function SourceLine({ number, text, problems, shown }: SourceLineProps) {
  const worst = problems?.find(({ severity }) => severity === 'error') ?? problems?.[0];
  return (
    <li
      data-line={number}
      aria-current={shown ? 'location' : undefined}
      className={classNames(
        'border-l-2',
        shown ? 'border-accent bg-accent-soft' : 'border-transparent',
        worst !== undefined && !shown && (worst.severity === 'error' ? 'bg-failed-soft' : 'bg-warning-soft'),
      )}
    >
      <div className="flex">
        <span className="sticky left-0 flex w-16 shrink-0 items-center justify-end gap-1.5 pr-3 text-ink-faint tabular-nums select-none">
          {worst !== undefined && <ProblemSign severity={worst.severity} />}
          {number}
        </span>
        <code className="pr-6 whitespace-pre">{text === '' ? ' ' : text}</code>
      </div>
      {problems?.map((problem) => (
        <p
          key={`${problem.column}:${problem.code}:${problem.message}`}
          className={classNames(
            'sticky left-0 w-[100cqw] pr-4 pb-0.5 pl-16 font-sans',
            problem.severity === 'error' ? 'text-failed' : 'text-warning',
          )}
        >
          <InlineCode text={problem.message} />
        </p>
      ))}
    </li>
  );
}
