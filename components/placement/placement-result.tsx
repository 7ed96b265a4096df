import { ArrowRight, Check } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode, RefObject } from 'react';
import type { PlacementMiss, PlacementOutcome } from '../../protocol/placement.ts';
import { formatMinutes } from '../catalogue/road.ts';
import { listWords } from '../images/image-words.ts';
import { buttonClass } from '../ui/button.tsx';
import { InlineCode } from '../ui/inline-code.tsx';

interface PlacementResultProps {
  outcome: PlacementOutcome;
  heading: RefObject<HTMLHeadingElement | null>;
}

/** Where to begin, and why. */
export function PlacementResult({ outcome, heading }: PlacementResultProps) {
  const { start, known, later, unknown, misses } = outcome;
  const others = unknown.filter(({ id }) => id !== start?.id);
  return (
    <>
      <div className="flex flex-col gap-5 border-y border-line py-7 pair:flex-row pair:items-end pair:justify-between">
        <div className="min-w-0">
          <h2
            ref={heading}
            tabIndex={-1}
            className="text-heading font-semibold tracking-[-0.014em] break-words outline-none"
          >
            {start === null ? 'You know what these courses teach' : `Begin with ${start.title}`}
          </h2>
          <p className="mt-1.5 text-control break-words text-ink-soft">
            {start === null ? (
              'Each course ends with a challenge. Try the last lessons, and see what is new to you.'
            ) : (
              <>
                First lesson: <InlineCode text={start.lesson.title} /> · {formatMinutes(start.lesson.minutes)}
              </>
            )}
          </p>
        </div>
        <Link
          href={start === null ? '/map' : `/learn/${start.lesson.id}`}
          className={`${buttonClass('primary')} h-10! self-start px-5! pair:self-auto`}
        >
          {start === null ? 'See the map' : 'Start the lesson'}
          <ArrowRight size={16} strokeWidth={2} aria-hidden="true" />
        </Link>
      </div>
      <p className="mt-5 max-w-[62ch] text-control leading-relaxed text-ink-soft">
        This is advice. Nothing is locked, and nothing counts as done that you have not done: open any lesson when you
        like.
      </p>
      {known.length > 0 && (
        <Part heading="You may skip">
          <ul className="space-y-1.5">
            {known.map(({ id, title, done, asked }) => (
              <li key={id} className="flex gap-2">
                <Check size={15} strokeWidth={2.5} aria-hidden="true" className="mt-[0.25em] shrink-0 text-running" />
                <span className="min-w-0">
                  <CourseLink id={id} title={title} />, because{' '}
                  {done ? 'you have done its lessons' : `you answered ${askedWords(asked)} about it rightly`}.
                </span>
              </li>
            ))}
          </ul>
        </Part>
      )}
      {(others.length > 0 || later.length > 0) && (
        <Part heading={start === null ? 'And later' : `After ${start.title}`}>
          <ul className="space-y-1.5">
            {others.map(({ id, title }) => (
              <li key={id}>
                <CourseLink id={id} title={title} />, because a question about it was open to you.
              </li>
            ))}
            {later.map(({ id, title, needs }) => (
              <li key={id}>
                <CourseLink id={id} title={title} />, which builds on {listWords(needs.map((need) => need.title))}. It
                was not asked about.
              </li>
            ))}
          </ul>
        </Part>
      )}
      {misses.length > 0 && (
        <Part heading="What there is to learn from your answers">
          <ul className="space-y-6">
            {misses.map((miss) => (
              <Miss key={miss.question} miss={miss} />
            ))}
          </ul>
        </Part>
      )}
    </>
  );
}

function Part({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <section className="mt-9 max-w-[68ch] text-control leading-relaxed text-ink-soft">
      <h3 className="mb-2 font-semibold text-ink">{heading}</h3>
      {children}
    </section>
  );
}

function CourseLink({ id, title }: { id: string; title: string }) {
  return (
    <Link
      href={`/#${id}`}
      className="font-medium text-ink underline decoration-accent-line underline-offset-4 hover:text-accent hover:decoration-current"
    >
      <InlineCode text={title} />
    </Link>
  );
}

function Miss({ miss }: { miss: PlacementMiss }) {
  const { courseTitle, question, given, why, explanation } = miss;
  return (
    <li>
      <p className="text-ink break-words">
        <InlineCode text={question} />
      </p>
      <p className="mt-1 break-words">
        <span className="font-medium">{courseTitle}</span> ·{' '}
        {given.length === 0 ? (
          'You said that you do not know.'
        ) : (
          <>
            Your answer:{' '}
            {given.map((each, index) => (
              <span key={each}>
                {index > 0 && ', '}
                <InlineCode text={each} />
              </span>
            ))}
            .
          </>
        )}
      </p>
      {why.map((each) => (
        <p key={each} className="mt-1 break-words">
          <strong className="font-medium text-warning">Not this.</strong> <InlineCode text={each} />
        </p>
      ))}
      <p className="mt-1 break-words">
        <InlineCode text={explanation} />
      </p>
    </li>
  );
}

function askedWords(asked: number): string {
  if (asked === 1) return 'the question';
  return asked === 2 ? 'both questions' : `all ${asked} questions`;
}
