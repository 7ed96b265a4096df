import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { SitePage } from '../../components/lesson/site-page.tsx';
import { PlacementQuiz } from '../../components/placement/placement-quiz.tsx';
import { openLab } from '../lab.ts';

export const metadata: Metadata = { title: 'Find your start', description: 'A short quiz that finds where to begin.' };

export default async function PlacementPage() {
  const { lab, learner } = await openLab();
  const view = await lab.placement(learner);
  if (view === null) notFound();
  return (
    <SitePage
      title="Find your start"
      words="Each course has some questions about what really happens. Whoever answers all of them rightly may skip the course. Where you do not know, say so: that finds your start best."
      head={
        <noscript>
          <p className="mt-4 text-control text-warning">The quiz needs JavaScript, which is turned off here.</p>
        </noscript>
      }
    >
      <PlacementQuiz view={view} />
    </SitePage>
  );
}
