import { Award, Check } from 'lucide-react';
import Link from 'next/link';
import type { CSSProperties } from 'react';
import { leftOutWords } from '../../protocol/course-standing.ts';
import { formatMinutes, type Road, type Station } from '../catalogue/road.ts';
import { listWords } from '../images/image-words.ts';
import { classNames } from '../ui/class-names.ts';
import { InlineCode } from '../ui/inline-code.tsx';
import { layMap, type MapLayout, pathOf } from './map-layout.ts';

/** More lanes than this do not stand beside each other on a phone. */
const lanesOnPhone = 3;

interface CourseMapProps {
  roads: readonly Road[];
  /** The lesson to go on with. */
  next: Station | null;
}

/**
 * The courses, and lines from each to those that need it: from left to right where there is room, else downwards. What
 * the lines say stands in words in each course, so the map is a list for who cannot see it.
 */
export function CourseMap({ roads, next }: CourseMapProps) {
  const layout = layMap(roads.map(({ course, after }) => ({ id: course.id, after: after.map(({ id }) => id) })));
  const isNarrowMap = layout.lanes <= lanesOnPhone;
  const settled = new Set(roads.filter(({ finished, known }) => finished || known).map(({ course }) => course.id));
  const size = { '--depths': layout.depths, '--lanes': layout.lanes } as CSSProperties;
  return (
    <div style={size} className={classNames('course-map', isNarrowMap && 'course-map-narrow')}>
      <Ways layout={layout} settled={settled} across />
      {isNarrowMap && <Ways layout={layout} settled={settled} across={false} />}
      <ol aria-label="Courses, each after those it needs" className="course-map-nodes">
        {roads.map((road, index) => {
          const node = layout.nodes[index];
          const place = { '--depth': (node?.depth ?? 0) + 1, '--lane': Math.round((node?.lane ?? 0) * 2) + 1 };
          return (
            <li key={road.course.id} data-course={road.course.id} style={place as CSSProperties}>
              <CourseCard road={road} isNext={next?.course === road.course} />
            </li>
          );
        })}
      </ol>
    </div>
  );
}

/** `across`: from left to right. Lines run behind the courses, from middle to middle. */
function Ways({ layout, settled, across }: { layout: MapLayout; settled: ReadonlySet<string>; across: boolean }) {
  const { depths, lanes, edges } = layout;
  // Those that are done lie above the others.
  const sorted = [...edges].sort((a, b) => Number(settled.has(a.from)) - Number(settled.has(b.from)));
  return (
    <svg
      aria-hidden="true"
      viewBox={across ? `0 0 ${depths} ${lanes}` : `0 0 ${lanes} ${depths}`}
      preserveAspectRatio="none"
      className={across ? 'course-map-across' : 'course-map-down'}
    >
      {sorted.map((edge) => (
        <path
          key={`${edge.from} ${edge.to}`}
          d={pathOf(edge, across)}
          fill="none"
          vectorEffect="non-scaling-stroke"
          strokeWidth="2"
          stroke={settled.has(edge.from) ? 'var(--running)' : 'var(--line-strong)'}
        />
      ))}
    </svg>
  );
}

function CourseCard({ road, isNext }: { road: Road; isNext: boolean }) {
  const { course, stations, done, minutes, after, known, finished, leftOut } = road;
  const begun = stations.some(({ standing }) => standing.state !== 'new');
  return (
    <div
      className={classNames(
        'course-map-card relative rounded-md border bg-raised px-3 py-2.5 max-pair:px-2',
        isNext ? 'border-accent' : finished ? 'border-running' : 'border-line-strong',
      )}
    >
      <h2 className="text-control leading-snug font-semibold tracking-[-0.006em] break-words hyphens-auto max-pair:text-ui">
        <Link href={`/#${course.id}`} className="underline-offset-4 hover:text-accent hover:underline">
          <InlineCode text={course.title} />
        </Link>
        {finished && (
          <Check
            size={14}
            strokeWidth={2.5}
            role="img"
            aria-label="Done"
            className="ml-1 inline align-[-0.15em] text-running"
          />
        )}
      </h2>
      <p className="mt-0.5 text-caption text-ink-faint tabular-nums">
        <span className="inline-block whitespace-nowrap">
          {stations.length} {stations.length === 1 ? 'lesson' : 'lessons'},
        </span>{' '}
        <span className="inline-block whitespace-nowrap">{formatMinutes(minutes)}</span>
      </p>
      {after.length > 0 && (
        <p className="course-map-after text-caption text-ink-faint">
          After {listWords(after.map(({ title }) => title))}
        </p>
      )}
      <span aria-hidden="true" className="mt-1.5 block h-1 overflow-hidden rounded-full bg-line">
        <span
          className="block h-full rounded-full bg-running"
          style={{ width: `${(100 * done) / Math.max(1, stations.length)}%` }}
        />
      </span>
      <p className="mt-1 text-caption text-ink-soft">
        {finished ? (
          <Link
            href={`/certificate/${course.id}`}
            className="inline-flex items-center gap-1 font-medium text-running underline-offset-2 hover:underline"
          >
            <Award size={13} strokeWidth={2} aria-hidden="true" />
            Certificate<span className="sr-only"> of {course.title}</span>
          </Link>
        ) : isNext ? (
          <span className="font-medium text-accent">
            Next for you
            {done > 0 && (
              <span className="sr-only">
                , {done} of {stations.length} done
              </span>
            )}
          </span>
        ) : begun ? (
          `${done} of ${stations.length} done`
        ) : known ? (
          'You may skip it'
        ) : (
          'Not begun'
        )}
      </p>
      {finished && leftOut.length > 0 && <LeftOut done={done} of={stations.length} lessons={leftOut} />}
    </div>
  );
}

/** Why a course is finished with fewer lessons than it has. */
function LeftOut({ done, of, lessons }: { done: number; of: number; lessons: Road['leftOut'] }) {
  const why = leftOutWords(lessons).replaceAll('`', '');
  return (
    <p className="text-caption text-ink-soft tabular-nums" title={`${why}.`}>
      {done} of {of} done<span className="sr-only">; {why}</span>
    </p>
  );
}
