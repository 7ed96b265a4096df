import { ArrowRight } from 'lucide-react';
import Link from 'next/link';
import type { CatalogueView } from '../../protocol/lab.ts';
import type { CourseView, LessonCard } from '../../protocol/lesson-view.ts';
import { buttonClass } from '../ui/button.tsx';
import { standingOf } from './lesson-standing.ts';

/** What comes first: the place where the learner left off, or where to begin. */
export function ResumeStrip({ courses, progress, resume }: Omit<CatalogueView, 'sandbox'>) {
  const all = courses.flatMap((course) => course.lessons.map((card) => ({ course, card })));
  const left = all.find(({ card }) => card.id === resume?.lesson);
  const unfinished = all.find(({ card }) => standingOf(card, progress).state !== 'done');
  const leftIsDone = left !== undefined && standingOf(left.card, progress).state === 'done';
  const chosen = left !== undefined && !leftIsDone ? left : unfinished;
  if (chosen === undefined) {
    return (
      <section aria-label="Where you are" className="border-y border-line py-6">
        <p className="text-body text-ink-soft">You have done every lesson here. Any of them can be opened again.</p>
      </section>
    );
  }
  const standing = standingOf(chosen.card, progress);
  const begun = standing.state === 'begun';
  const step = begun && chosen === left ? chosen.card.steps.findIndex(({ id }) => id === resume?.step) : -1;
  const heading = begun
    ? 'Continue where you left off'
    : all.length > 0 && leftIsDone
      ? 'Next on your path'
      : 'Begin here';
  return (
    <section aria-labelledby="resume-heading" className="border-y border-line py-7">
      <div className="flex flex-col gap-5 pair:flex-row pair:items-end pair:justify-between">
        <div className="min-w-0">
          <h2 id="resume-heading" className="text-ui font-medium text-accent">
            {heading}
          </h2>
          <p className="mt-1.5 text-heading font-semibold tracking-[-0.014em]">{chosen.card.title}</p>
          <p className="mt-1 text-control text-ink-soft">{whereWords(chosen.course, chosen.card, step)}</p>
        </div>
        <Link
          href={hrefOf(chosen.card, step)}
          className={`${buttonClass('primary')} h-10! self-start px-5! pair:self-auto`}
        >
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
          {chosen.card.steps.map(({ id }, index) => (
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

function whereWords(course: CourseView, card: LessonCard, step: number): string {
  const title = card.steps[step]?.title;
  return title === undefined
    ? `${course.title} · ${card.minutes} min · ${card.level}`
    : `${course.title} · step ${step + 1} of ${card.steps.length}: ${title}`;
}

function hrefOf(card: LessonCard, step: number): string {
  const id = card.steps[step]?.id;
  return id === undefined ? `/learn/${card.id}` : `/learn/${card.id}?step=${encodeURIComponent(id)}`;
}
