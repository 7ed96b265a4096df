import type { Metadata } from 'next';
import Link from 'next/link';
import { ResumeStrip } from '../../components/catalogue/resume-strip.tsx';
import { formatMinutes, layRoads, nextStation } from '../../components/catalogue/road.ts';
import { SitePage } from '../../components/lesson/site-page.tsx';
import { CourseMap } from '../../components/map/course-map.tsx';
import type { PlacementAdvice } from '../../protocol/placement.ts';
import { openLab } from '../lab.ts';

export const metadata: Metadata = { title: 'Map of the courses', description: 'All courses, and what each builds on.' };

export default async function MapPage() {
  const { lab, learner } = await openLab();
  const { courses, progress, resume, placement } = await lab.catalogue(learner);
  const roads = layRoads(courses, progress, placement?.known);
  const lessons = roads.reduce((sum, { stations }) => sum + stations.length, 0);
  const minutes = roads.reduce((sum, road) => sum + road.minutes, 0);
  return (
    <SitePage
      title="Map of the courses"
      words={
        roads.length === 0
          ? 'Courses will stand here. This server has none yet.'
          : `${roads.length} courses, ${lessons} lessons, ${formatMinutes(minutes)} in all. A line leads from a course to those that build on it. Nothing is locked: open any lesson when you like.`
      }
      head={placement !== null && <PlacementHint placement={placement} />}
    >
      {roads.length > 0 && (
        <>
          <ResumeStrip roads={roads} resume={resume} placement={placement} />
          <CourseMap roads={roads} next={nextStation(roads, resume?.lesson ?? null, placement)} />
        </>
      )}
    </SitePage>
  );
}

function PlacementHint({ placement: { decidedAt } }: { placement: PlacementAdvice }) {
  return (
    <p className="mt-3 text-control text-ink-soft">
      Are you not new to Docker?{' '}
      <Link
        href="/placement"
        className="underline decoration-accent-line underline-offset-4 hover:text-accent hover:decoration-current"
      >
        {decidedAt === null ? 'The placement quiz finds your start' : 'See what your placement quiz found'}
      </Link>
      .
    </p>
  );
}
