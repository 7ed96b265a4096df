import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { SiteBar } from '../../components/lesson/site-bar.tsx';
import { PlacementQuiz } from '../../components/placement/placement-quiz.tsx';
import { openLab } from '../lab.ts';

export const metadata: Metadata = { title: 'Find your start', description: 'A short quiz that finds where to begin.' };

export default async function PlacementPage() {
  const { lab, learner } = await openLab();
  const view = await lab.placement(learner);
  if (view === null) notFound();
  return (
    <div className="on-paper min-h-dvh bg-surface text-ink">
      <SiteBar />
      <main id="page:main" className="mx-auto max-w-260 px-5 pb-32 sm:px-8">
        <header className="pt-14 pb-10 pair:pt-20">
          <h1 className="text-title font-semibold tracking-[-0.022em] text-balance pair:text-display">
            Find your start
          </h1>
          <p className="mt-4 max-w-[62ch] text-body text-ink-soft">
            Each course has some questions about what really happens. Whoever answers all of them rightly may skip the
            course. Where you do not know, say so: that finds your start best.
          </p>
          <noscript>
            <p className="mt-4 text-control text-warning">The quiz needs JavaScript, which is turned off here.</p>
          </noscript>
        </header>
        <PlacementQuiz view={view} />
      </main>
    </div>
  );
}
