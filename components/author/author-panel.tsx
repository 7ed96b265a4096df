'use client';

import { useEffect, useRef, useState } from 'react';
import type { LessonProblem } from '../../protocol/authoring.ts';
import type { LessonProgress, LessonView } from '../../protocol/lesson-view.ts';
import { TabList } from '../ui/tab-list.tsx';
import { AuthorChecks } from './author-checks.tsx';
import { countWords, placeOf } from './author-places.ts';
import { ProblemList } from './problem-list.tsx';
import { SourceView } from './source-view.tsx';
import type { AuthorTab, AuthorView } from './use-author-view.ts';

/** From this width on the source stands beside the lists; pixels. */
const wideFrom = 620;

interface AuthorPanelProps {
  author: AuthorView;
  lesson: LessonView;
  progress: LessonProgress;
  /** The text can be seen beside this panel: what is chosen here shows there too. */
  besideText: boolean;
  /** Brings this block or step of the text into view; null: its beginning. */
  onFind(place: string | null): void;
}

/** For who writes the lesson: the linter's problems, every check as it is now, and the source they stand in. */
export function AuthorPanel({ author, lesson, progress, besideText, onFind }: AuthorPanelProps) {
  const { source, refused, tab, setTab, shown, showLine } = author;
  const root = useRef<HTMLElement>(null);
  const [isWide, setWide] = useState(false);
  useEffect(() => {
    const element = root.current;
    if (element === null) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined && entry.contentRect.width > 0) setWide(entry.contentRect.width >= wideFrom);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const reveal = (line: number) => {
    showLine(line);
    if (!isWide) setTab('source');
  };
  const find = ({ line }: LessonProblem) => onFind(source === null ? null : placeOf(line, source.lines));
  const show = (problem: LessonProblem) => {
    reveal(problem.line);
    if (besideText) find(problem);
  };
  const active: AuthorTab = isWide && tab === 'source' ? 'problems' : tab;
  const tabs: { name: AuthorTab; label: string; controls: string }[] = [
    {
      name: 'problems',
      label: `Problems${source === null ? '' : ` ${source.problems.length}`}`,
      controls: 'author-list',
    },
    { name: 'checks', label: 'Checks and quizzes', controls: 'author-list' },
    ...(isWide ? [] : [{ name: 'source' as const, label: 'Source', controls: 'author-source' }]),
  ];
  return (
    <section ref={root} aria-label="Author view" className="flex h-full min-h-0 flex-col bg-surface text-ink">
      {refused !== null && (
        <p role="alert" className="shrink-0 border-b border-line px-4 py-2 text-ui text-failed">
          {refused}
        </p>
      )}
      {source === null ? (
        refused === null && <p className="p-4 text-control text-ink-soft">Reading the source …</p>
      ) : (
        <div className="flex min-h-0 flex-1">
          <div className={`flex min-h-0 min-w-0 flex-1 flex-col ${isWide ? 'border-r border-line' : ''}`}>
            <TabList<AuthorTab>
              label="Author view"
              tabs={tabs}
              active={active}
              onActivate={setTab}
              className="shrink-0 overflow-x-auto border-b border-line px-1"
            />
            <p role="status" className="sr-only">
              The linter finds {countWords(source.problems)}.
            </p>
            {active === 'source' ? (
              <div id="author-source" className="min-h-0 flex-1">
                <SourceView {...source} shown={shown} />
              </div>
            ) : (
              <div
                id="author-list"
                role="tabpanel"
                aria-label="What is found"
                className="min-h-0 flex-1 overflow-y-auto outline-offset-[-2px]"
              >
                {active === 'problems' ? (
                  <ProblemList
                    problems={source.problems}
                    file={source.file}
                    onShow={show}
                    onFind={besideText ? undefined : find}
                  />
                ) : (
                  <AuthorChecks
                    file={source.file}
                    lesson={lesson}
                    checks={source.checks}
                    lines={source.lines}
                    progress={progress}
                    onShowLine={reveal}
                  />
                )}
              </div>
            )}
          </div>
          {isWide && (
            <div id="author-source" className="min-h-0 min-w-0 flex-1">
              <SourceView {...source} shown={shown} />
            </div>
          )}
        </div>
      )}
    </section>
  );
}
