import { ArrowRight } from 'lucide-react';
import Link from 'next/link';
import type { CatalogueView } from '../../protocol/lab.ts';
import { buttonClass } from '../ui/button.tsx';
import { InlineCode } from '../ui/inline-code.tsx';
import { formatMinutes, nextStation, type Road, type Station } from './road.ts';

interface ResumeStripProps {
  roads: readonly Road[];
  resume: CatalogueView['resume'];
  placement: CatalogueView['placement'];
}

/** What comes first: the place where the learner left off, or where to begin. */
export function ResumeStrip({ roads, resume, placement }: ResumeStripProps) {
  const chosen = nextStation(roads, resume?.lesson ?? null, placement);
  if (chosen === null && roads.some(({ finished }) => !finished)) return <AllKnown />;
  if (chosen === null) {
    return (
      <section aria-label="Where you are" className="border-y border-line py-6">
        <p className="text-body text-ink-soft">You have done every lesson here. Any of them can be opened again.</p>
      </section>
    );
  }
  const { card, standing } = chosen;
  const begun = standing.state === 'begun';
  const step = card.id === resume?.lesson ? card.steps.findIndex(({ id }) => id === resume.step) : -1;
  const isFresh = resume === null && roads.every(({ done }) => done === 0);
  const isAdvised = resume === null && placement?.start === chosen.course.id;
  return (
    <section aria-labelledby="resume-heading" className="border-y border-line py-7">
      <div className="flex flex-col gap-5 pair:flex-row pair:items-end pair:justify-between">
        <div className="min-w-0">
          <h2 id="resume-heading" className="text-ui font-medium text-accent">
            {begun ? 'Continue where you left off' : beginWords(isAdvised, isFresh)}
          </h2>
          <p className="mt-1.5 text-heading font-semibold tracking-[-0.014em] break-words">
            <InlineCode text={card.title} />
          </p>
          <p className="mt-1 text-control break-words text-ink-soft">
            <InlineCode text={whereWords(chosen, step)} />
          </p>
        </div>
        <Link href={hrefOf(chosen, step)} className={`${buttonClass('primary')} h-10! self-start px-5! pair:self-auto`}>
          {begun ? 'Continue' : 'Start the lesson'}
          <ArrowRight size={16} strokeWidth={2} aria-hidden="true" />
        </Link>
      </div>
      {begun && standing.steps > 0 && (
        <div
          role="progressbar"
          aria-label="Steps done"
          aria-valuemin={0}
          aria-valuemax={standing.steps}
          aria-valuenow={standing.stepsDone}
          aria-valuetext={standing.words}
          className="mt-6 flex gap-1"
        >
          {card.steps.map(({ id }, index) => (
            <span
              key={id}
              className={`h-1 flex-1 rounded-full ${index < standing.stepsDone ? 'bg-running' : 'bg-line'}`}
            />
          ))}
        </div>
      )}
    </section>
  );
}

/** The quiz found nothing to begin with: the same words as on the page of its result. */
function AllKnown() {
  return (
    <section aria-labelledby="resume-heading" className="border-y border-line py-7">
      <div className="flex flex-col gap-5 pair:flex-row pair:items-end pair:justify-between">
        <div className="min-w-0">
          <h2 id="resume-heading" className="text-heading font-semibold tracking-[-0.014em]">
            You know what these courses teach
          </h2>
          <p className="mt-1 max-w-[58ch] text-control text-ink-soft">
            So your placement quiz says. Each course ends with a challenge: try the last lessons, and see what is new to
            you.
          </p>
        </div>
        <Link href="/map" className={`${buttonClass('primary')} h-10! self-start px-5! pair:self-auto`}>
          See the map
          <ArrowRight size={16} strokeWidth={2} aria-hidden="true" />
        </Link>
      </div>
    </section>
  );
}

function beginWords(isAdvised: boolean, isFresh: boolean): string {
  if (isAdvised) return 'Begin here, says your placement quiz';
  return isFresh ? 'Begin here' : 'Next on your path';
}

function whereWords({ course, card }: Station, step: number): string {
  const title = card.steps[step]?.title;
  return title === undefined
    ? `${course.title} · ${formatMinutes(card.minutes)} · ${card.level}`
    : `${course.title} · step ${step + 1} of ${card.steps.length}: ${title}`;
}

function hrefOf({ card }: Station, step: number): string {
  const id = card.steps[step]?.id;
  return id === undefined ? `/learn/${card.id}` : `/learn/${card.id}?step=${encodeURIComponent(id)}`;
}
