'use client';

import { Check } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { LessonProgress } from '../../protocol/lesson-view.ts';

/** What was earned while the lesson was out of sight; null: nothing. */
export type StepNews = 'step' | 'check' | null;

/** Notes what is earned while `away`, until one is back. */
export function useStepNews(progress: LessonProgress, away: boolean): StepNews {
  const [news, setNews] = useState<StepNews>(null);
  const known = useRef(progress);
  useEffect(() => {
    const before = known.current;
    known.current = progress;
    if (!away) setNews(null);
    else if (progress.stepsDone.length > before.stepsDone.length) setNews('step');
    else if (Object.keys(progress.passed).length > Object.keys(before.passed).length)
      setNews((now) => (now === 'step' ? now : 'check'));
  }, [progress, away]);
  return news;
}

/** Stands at the end of the panes' tabs on a narrow screen. */
export function StepNewsButton({ news, onBack }: { news: StepNews; onBack(): void }) {
  return (
    <span role="status" className="ml-auto flex min-w-0 items-center pr-1">
      {news !== null && (
        <button
          type="button"
          onClick={onBack}
          className="appear flex h-7 min-w-0 items-center gap-1.5 rounded-md bg-running-soft px-2 text-ui font-medium whitespace-nowrap text-running"
        >
          <Check size={14} strokeWidth={2.5} aria-hidden="true" className="shrink-0" />
          {news === 'step' ? 'Step done' : 'Check done'}
          <span className="max-[419px]:sr-only"> · back to the lesson</span>
        </button>
      )}
    </span>
  );
}
