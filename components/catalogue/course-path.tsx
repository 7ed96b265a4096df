'use client';

import { Award, ListTree, Rows3 } from 'lucide-react';
import Link from 'next/link';
import { type ReactNode, useId } from 'react';
import { standingWords } from '../../protocol/course-standing.ts';
import { Button } from '../ui/button.tsx';
import { InlineCode } from '../ui/inline-code.tsx';
import { MarkedText } from './marked-text.tsx';
import { formatMinutes, type Road, type Station } from './road.ts';
import type { SearchOutcome } from './search.ts';
import { StationItem } from './station-item.tsx';

const startsWithFor = /^for\b/i;

interface CoursePathProps {
  road: Road;
  /** null: nobody searches. */
  found: SearchOutcome | null;
  outline: boolean;
  onOutline(outline: boolean): void;
  next: Station | null;
  /** What stands below its lessons. */
  children?: ReactNode;
}

/** A course as a way to go: its lessons in order along one line. */
export function CoursePath({ road, found, outline, onOutline, next, children }: CoursePathProps) {
  const { course, stations } = road;
  const list = useId();
  const runs = runsOf(stations, found);
  return (
    <section
      id={course.id}
      aria-labelledby={`course-${course.id}`}
      className="grid scroll-mt-4 gap-x-16 gap-y-8 pt-16 pair:grid-cols-[minmax(0,17rem)_minmax(0,1fr)]"
    >
      <header className="min-w-0 self-start pair:sticky pair:top-8">
        <h2 id={`course-${course.id}`} className="text-heading font-semibold tracking-[-0.014em] break-words">
          <MarkedText text={course.title} marks={found?.courses.get(course.id) ?? []} />
        </h2>
        {(found === null || !outline) && (
          <>
            <p className="mt-2 text-control leading-relaxed break-words text-ink-soft">
              <InlineCode text={course.summary} />
            </p>
            {course.audience !== '' && (
              <p className="mt-3 text-ui leading-relaxed break-words text-ink-faint">
                {!startsWithFor.test(course.audience) && <span className="font-medium text-ink-soft">For: </span>}
                {course.audience}
              </p>
            )}
          </>
        )}
        <p className="mt-3 text-ui leading-relaxed break-words text-ink-faint">
          <InlineCode text={extentOf(road)} />
        </p>
        {found === null && <Surroundings road={road} />}
        {found === null && (
          <Button
            size="small"
            tone="quiet"
            aria-expanded={!outline}
            aria-controls={list}
            aria-label={`${outline ? 'Show details' : 'Show as outline'}: ${course.title}`}
            className="mt-3 -ml-2.5 noscript:hidden"
            onClick={() => onOutline(!outline)}
          >
            {outline ? (
              <Rows3 size={14} strokeWidth={1.75} aria-hidden="true" />
            ) : (
              <ListTree size={14} strokeWidth={1.75} aria-hidden="true" />
            )}
            {outline ? 'Show details' : 'Show as outline'}
          </Button>
        )}
      </header>
      <div className="min-w-0">
        <ol id={list} className="relative">
          {runs.map((run, index) =>
            run.kind === 'found' ? (
              <StationItem
                key={run.station.card.id}
                station={run.station}
                match={found?.lessons.get(run.station.card.id) ?? null}
                outline={outline && found === null}
                next={run.station === next}
                last={index === runs.length - 1}
              />
            ) : (
              <FoldedStations
                key={`folded ${run.stations[0]?.card.id ?? ''}`}
                stations={run.stations}
                last={index === runs.length - 1}
              />
            ),
          )}
        </ol>
        {children}
      </div>
    </section>
  );
}

/** What it comes after, whether it may be skipped, and where its certificate is. */
function Surroundings({ road }: { road: Road }) {
  const { course, after, known, finished, done } = road;
  return (
    <>
      {after.length > 0 && done === 0 && (
        <p className="mt-1 text-ui leading-relaxed break-words text-ink-faint">
          After{' '}
          {after.map(({ id, title }, index) => (
            <span key={id}>
              {index > 0 && (index === after.length - 1 ? ' and ' : ', ')}
              <a href={`#${id}`} className="hover:text-accent hover:underline">
                <InlineCode text={title} />
              </a>
            </span>
          ))}
        </p>
      )}
      {known && <p className="mt-1 text-ui leading-relaxed text-accent">You may skip it, your placement quiz says.</p>}
      {finished && (
        <Link
          href={`/certificate/${course.id}`}
          className="mt-2 flex w-fit items-center gap-1.5 text-ui font-medium text-running underline-offset-4 hover:underline"
        >
          <Award size={15} strokeWidth={2} aria-hidden="true" />
          Your certificate<span className="sr-only"> of {course.title}</span>
        </Link>
      )}
    </>
  );
}

type Run = { kind: 'found'; station: Station } | { kind: 'folded'; stations: Station[] };

/** What matches, and between it what does not, gathered. */
function runsOf(stations: readonly Station[], found: SearchOutcome | null): Run[] {
  const runs: Run[] = [];
  for (const station of stations) {
    const last = runs.at(-1);
    if (found === null || found.lessons.has(station.card.id)) runs.push({ kind: 'found', station });
    else if (last?.kind === 'folded') last.stations.push(station);
    else runs.push({ kind: 'folded', stations: [station] });
  }
  return runs;
}

/** Lessons between those that were found: their place is kept, their names are a press away. */
function FoldedStations({ stations, last }: { stations: Station[]; last: boolean }) {
  return (
    <li className={`relative pl-11 ${last ? '' : 'pb-9'}`}>
      <span
        aria-hidden="true"
        className={`absolute left-2.5 border-l-2 border-dotted border-line-strong ${last ? 'top-0 h-5' : 'top-0 -bottom-0.5'}`}
      />
      <details className="text-ui text-ink-faint">
        <summary className="hover:text-ink">
          {stations.length === 1 ? '1 lesson that does not match' : `${stations.length} lessons that do not match`}
        </summary>
        <ul className="mt-1.5 leading-relaxed">
          {stations.map(({ card, standing }) => (
            <li key={card.id}>
              <Link href={`/learn/${card.id}`} className="hover:text-accent hover:underline">
                <InlineCode text={card.title} />
              </Link>
              {standing.state !== 'new' && ` · ${standing.words}`}
            </li>
          ))}
        </ul>
      </details>
    </li>
  );
}

function extentOf({ stations, done, leftOut, finished, minutes, minutesLeft }: Road): string {
  const extent = `${standingWords({ done, of: stations.length, leftOut })} · ${formatMinutes(minutes)} in all`;
  return finished || done === 0 ? extent : `${extent}, ${formatMinutes(minutesLeft)} left`;
}
