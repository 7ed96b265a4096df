import { Check, TriangleAlert } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { InlineCode } from '../ui/inline-code.tsx';
import { MarkedText } from './marked-text.tsx';
import { formatMinutes, type Prerequisite, type Station } from './road.ts';
import type { LessonMatch } from './search.ts';
import { StandingSign } from './standing-sign.tsx';

const linkClass = 'underline decoration-accent-line underline-offset-4 hover:text-accent hover:decoration-current';

interface StationItemProps {
  station: Station;
  /** What a search found in it; null: nobody searches. */
  match: LessonMatch | null;
  /** One line, without what it is about. */
  outline: boolean;
  /** The lesson to go on with. */
  next: boolean;
  last: boolean;
}

/** A lesson on its course's way. */
export function StationItem({ station, match, outline, next, last }: StationItemProps) {
  const { card, standing } = station;
  const brief = outline && !next;
  return (
    <li
      data-lesson={card.id}
      className={`group relative pl-11 ${last ? '' : brief ? 'pb-4' : 'pb-11'} ${brief ? 'break-inside-avoid' : ''}`}
    >
      {!last && (
        <span
          aria-hidden="true"
          className={`absolute top-7 -bottom-0.5 left-2.5 w-0.5 ${standing.state === 'done' ? 'bg-running' : 'bg-line'}`}
        />
      )}
      <span className="absolute top-0.5 left-0">
        <StandingSign standing={standing} />
      </span>
      <div className="flex flex-col gap-x-6 gap-y-0.5 pair:flex-row pair:items-baseline pair:justify-between">
        <h3
          className={
            brief
              ? 'min-w-0 text-control leading-6 font-medium'
              : 'min-w-0 text-lead leading-snug font-semibold tracking-[-0.01em]'
          }
        >
          <Link
            href={`/learn/${card.id}`}
            className="break-words decoration-accent-line underline-offset-4 hover:text-accent hover:underline"
          >
            <MarkedText text={card.title} marks={match?.title ?? []} />
          </Link>
        </h3>
        <p className="shrink-0 text-ui text-ink-faint tabular-nums">
          {formatMinutes(card.minutes)} · {card.level}
          {standing.state !== 'new' && (
            <span className={standing.state === 'done' ? 'text-running' : 'text-accent'}> · {standing.words}</span>
          )}
          {next && standing.state === 'new' && <span className="font-medium text-accent"> · Next for you</span>}
          {brief && card.missing.length > 0 && <span className="text-warning"> · Does not fully work here</span>}
        </p>
      </div>
      {!brief && <About station={station} match={match} />}
    </li>
  );
}

function About({ station, match }: Pick<StationItemProps, 'station' | 'match'>) {
  const { card, standing, after } = station;
  return (
    <>
      <p className="mt-1.5 max-w-[62ch] text-control leading-relaxed break-words text-ink-soft">
        <MarkedText text={card.summary} marks={match?.summary ?? []} />
      </p>
      {match === null ? (
        card.objectives.length > 0 && (
          <Lines heading="Afterwards you can">
            {card.objectives.map((objective) => (
              <Line key={objective}>
                <InlineCode text={objective} />
              </Line>
            ))}
          </Lines>
        )
      ) : (
        <Matches card={card.id} match={match} />
      )}
      {card.missing.map(({ need, words }) => (
        <p key={need} className="mt-3 flex max-w-[62ch] gap-2 text-ui leading-relaxed text-ink-soft">
          <TriangleAlert size={15} strokeWidth={2} aria-hidden="true" className="mt-[0.2em] shrink-0 text-warning" />
          <span>
            <strong className="font-medium text-warning">This machine lacks something it needs.</strong>{' '}
            <InlineCode text={words} />
          </span>
        </p>
      ))}
      {after.length > 0 && standing.state !== 'done' && <BuildsOn after={after} />}
    </>
  );
}

function Matches({ card, match }: { card: string; match: LessonMatch }) {
  return (
    <>
      {match.objectives.length > 0 && (
        <Lines heading="Afterwards you can">
          {match.objectives.map(({ text, marks }) => (
            <Line key={text}>
              <MarkedText text={text} marks={marks} />
            </Line>
          ))}
        </Lines>
      )}
      {match.steps.length > 0 && (
        <Lines heading={match.steps.length === 1 ? 'In its step' : 'In its steps'}>
          {match.steps.map(({ id, number, text, marks }) => (
            <Line key={id}>
              <Link href={`/learn/${card}?step=${encodeURIComponent(id)}`} className={linkClass}>
                {number}. <MarkedText text={text} marks={marks} />
              </Link>
            </Line>
          ))}
        </Lines>
      )}
      {match.commands.length > 0 && (
        <Lines heading="Commands you type in it">
          {match.commands.map(({ id, name, does }) => (
            <Line key={id}>
              <Link href={`/cheat-sheet#${id}`} className={linkClass}>
                <code>
                  <MarkedText text={name.text} marks={name.marks} />
                </code>
              </Link>
              {does.text !== '' && (
                <>
                  {': '}
                  <MarkedText text={does.text} marks={does.marks} />
                </>
              )}
            </Line>
          ))}
        </Lines>
      )}
      {match.terms.length > 0 && (
        <Lines heading={match.terms.length === 1 ? 'A word it uses' : 'Words it uses'}>
          {match.terms.map(({ id, text, marks }) => (
            <Line key={id}>
              <Link href={`/glossary#${id}`} className={linkClass}>
                <MarkedText text={text} marks={marks} />
              </Link>
            </Line>
          ))}
        </Lines>
      )}
    </>
  );
}

function Lines({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <div className="mt-3 max-w-[62ch] text-ui leading-relaxed">
      <p className="font-medium text-ink-soft">{heading}</p>
      <ul className="mt-0.5 text-ink-soft">{children}</ul>
    </div>
  );
}

function Line({ children }: { children: ReactNode }) {
  return (
    <li className="relative pl-4 break-words before:absolute before:top-[0.8em] before:left-0 before:h-px before:w-2 before:bg-ink-faint">
      {children}
    </li>
  );
}

/** What is open of it stands out; what is done, or not in this catalogue, is said quietly. */
function BuildsOn({ after }: { after: readonly Prerequisite[] }) {
  return (
    <p className="mt-3 max-w-[62ch] text-ui leading-relaxed text-ink-faint">
      Builds on{' '}
      {after.map(({ id, title, done }, index) => (
        <span key={id}>
          {index > 0 && (index === after.length - 1 ? ' and ' : ', ')}
          {title === null ? (
            <>
              <code className="inline-code">{id}</code> (not in this catalogue)
            </>
          ) : (
            <>
              <Link href={`/learn/${id}`} className={done ? 'hover:underline' : `text-ink-soft ${linkClass}`}>
                <InlineCode text={title} />
              </Link>
              {done && (
                <>
                  <Check size={13} strokeWidth={2.5} aria-hidden="true" className="ml-1 inline text-running" />
                  <span className="sr-only"> (done)</span>
                </>
              )}
            </>
          )}
        </span>
      ))}
      .
    </p>
  );
}
