import type { Metadata } from 'next';
import Link from 'next/link';
import { ResumeStrip } from '../../components/catalogue/resume-strip.tsx';
import { formatMinutes, layRoads, nextStation } from '../../components/catalogue/road.ts';
import { SiteBar } from '../../components/lesson/site-bar.tsx';
import { CourseMap } from '../../components/map/course-map.tsx';
import { openLab } from '../lab.ts';

export const metadata: Metadata = { title: 'Map of the courses', description: 'All courses, and what each builds on.' };

export default async function MapPage() {
  const { lab, learner } = await openLab();
  const { courses, progress, resume, placement } = await lab.catalogue(learner);
  const roads = layRoads(courses, progress, placement?.known);
  const lessons = roads.reduce((sum, { stations }) => sum + stations.length, 0);
  const minutes = roads.reduce((sum, road) => sum + road.minutes, 0);
  return (
    <div className="on-paper min-h-dvh bg-surface text-ink">
      <SiteBar />
      <main id="page:main" className="mx-auto max-w-260 px-5 pb-32 sm:px-8">
        <header className="pt-14 pb-10 pair:pt-20">
          <h1 className="text-title font-semibold tracking-[-0.022em] text-balance pair:text-display">
            Map of the courses
          </h1>
          <p className="mt-4 max-w-[62ch] text-body text-ink-soft">
            {roads.length === 0
              ? 'Courses will stand here. This server has none yet.'
              : `${roads.length} courses, ${lessons} lessons, ${formatMinutes(minutes)} in all. A line leads from a course to those that build on it. Nothing is locked: open any lesson when you like.`}
          </p>
          {placement !== null && (
            <p className="mt-3 text-control text-ink-soft">
              Are you not new to Docker?{' '}
              <Link
                href="/placement"
                className="underline decoration-accent-line underline-offset-4 hover:text-accent hover:decoration-current"
              >
                {placement.decidedAt === null
                  ? 'The placement quiz finds your start'
                  : 'See what your placement quiz found'}
              </Link>
              .
            </p>
          )}
        </header>
        {roads.length > 0 && (
          <>
            <ResumeStrip roads={roads} resume={resume} placement={placement} />
            <CourseMap roads={roads} next={nextStation(roads, resume?.lesson ?? null)} />
          </>
        )}
      </main>
    </div>
  );
}
