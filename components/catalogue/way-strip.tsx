import { Map as MapIcon } from 'lucide-react';
import Link from 'next/link';
import type { CatalogueView } from '../../protocol/lab.ts';
import { buttonClass } from '../ui/button.tsx';
import { placementWords } from './placement-words.ts';
import { formatMinutes, type Road, type Station } from './road.ts';

interface WayStripProps {
  roads: readonly Road[];
  placement: CatalogueView['placement'];
  /** What the page proposes. */
  next: Station | null;
}

/** How long the whole way is, its map, and where else one may begin. */
export function WayStrip({ roads, placement, next }: WayStripProps) {
  const lessons = roads.reduce((sum, { stations }) => sum + stations.length, 0);
  const minutes = roads.reduce((sum, road) => sum + road.minutes, 0);
  if (roads.length < 2) return null;
  return (
    <section
      aria-label="The whole way"
      className="flex flex-col gap-4 border-b border-line py-5 pair:flex-row pair:items-center pair:justify-between"
    >
      <p className="max-w-[62ch] text-control leading-relaxed text-ink-soft">
        {roads.length} courses, {lessons} lessons, {formatMinutes(minutes)} in all. Most of them build on others.{' '}
        {placementWords(placement, roads, next)}
      </p>
      <div className="flex flex-wrap gap-2">
        <Link href="/map" className={buttonClass('plain')}>
          <MapIcon size={15} strokeWidth={1.75} aria-hidden="true" />
          Map of the courses
        </Link>
        {placement !== null && (
          <Link href="/placement" className={buttonClass('plain')}>
            {placement.begun ? 'Go on with the quiz' : placement.decidedAt === null ? 'Find your start' : 'Your result'}
          </Link>
        )}
      </div>
    </section>
  );
}
