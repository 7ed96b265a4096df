'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useRef, useState } from 'react';
import type { BrokenLesson } from '../../protocol/authoring.ts';
import { SiteBar } from '../lesson/site-bar.tsx';
import { LabProvider, useLab } from '../realtime/lab-provider.tsx';
import { countWords } from './author-places.ts';
import { ProblemList } from './problem-list.tsx';
import { SourceView } from './source-view.tsx';
import { useAuthorLesson } from './use-author-lesson.ts';

/** In place of a lesson nothing of which can be shown, for who may mend it. */
export function BrokenLessonPage({ broken }: { broken: BrokenLesson }) {
  return (
    <LabProvider>
      <BrokenLessonRoom broken={broken} />
    </LabProvider>
  );
}

function BrokenLessonRoom({ broken }: { broken: BrokenLesson }) {
  const { source } = useAuthorLesson(broken.id, true);
  const [shown, setShown] = useState<{ line: number } | null>(null);
  const place = useRef<HTMLDivElement>(null);
  const lab = useLab();
  const router = useRouter();
  useEffect(
    () => lab?.on('lesson:changed', (fact) => fact.lesson === broken.id && router.refresh()),
    [lab, router, broken.id],
  );
  // It was mended between this page and its connection.
  useEffect(() => {
    if (source?.problems.every(({ severity }) => severity === 'warning')) router.refresh();
  }, [source, router]);
  const show = (line: number) => {
    setShown({ line });
    place.current?.scrollIntoView({ block: 'nearest', behavior: 'instant' }); // on a narrow screen it stands below
  };
  const problems = source?.problems ?? broken.problems;
  return (
    <div className="on-paper min-h-dvh bg-surface text-ink">
      <SiteBar />
      <main id="page:main" className="mx-auto w-full max-w-300 px-5 pt-10 pb-16 sm:px-8">
        <p className="font-mono text-ui text-ink-faint">{broken.id}</p>
        <h1 className="mt-1 text-title font-semibold tracking-tight">{broken.title ?? 'A lesson without a title'}</h1>
        <p className="mt-3 max-w-[64ch] text-body text-ink-soft">
          This lesson is broken: {countWords(problems)}. Learners do not see it. As soon as its source is mended and
          saved, it appears here.
        </p>
        <div className="on-steel mt-8 grid gap-px overflow-hidden rounded-lg border border-line-strong bg-line text-ink pair:grid-cols-2">
          <section aria-label="What the linter finds" className="bg-surface">
            <ProblemList problems={problems} file={source?.file ?? null} onShow={({ line }) => show(line)} />
          </section>
          <div ref={place} className="h-[70dvh] bg-code">
            {source === null ? (
              <p className="p-4 text-control text-ink-soft">Reading the source …</p>
            ) : (
              <SourceView {...source} shown={shown} />
            )}
          </div>
        </div>
      </main>
    </div>
  );
}
