'use client';

import { ArrowRight, Award, Check } from 'lucide-react';
import Link from 'next/link';
import type { CourseEnding } from '../../protocol/lab.ts';
import type { LessonView } from '../../protocol/lesson-view.ts';
import { longButtonClass } from '../ui/button.tsx';
import { InlineCode } from '../ui/inline-code.tsx';
import { useLessonActions } from './lesson-context.tsx';
import { lessonTally } from './lesson-tally.ts';
import { followStep, stepHref } from './step-dots.tsx';

interface LessonEndProps {
  lesson: LessonView;
  /** Of the last lesson of its course. */
  ending: CourseEnding | null;
  done: ReadonlySet<string>;
  onGo(step: string): void;
}

/** What stands after the last step: what the learner can do now, what is still open, what comes next. */
export function LessonEnd({ lesson, ending, done, onGo }: LessonEndProps) {
  const open = lesson.steps.filter((step) => step.checks.length + step.quizzes.length > 0 && !done.has(step.id));
  const finished = open.length === 0;
  const { progress } = useLessonActions();
  const tally = lessonTally(lesson.steps, progress);
  const position = lesson.course.lessons.findIndex((link) => link.id === lesson.id);
  const next = position === -1 ? undefined : lesson.course.lessons[position + 1];
  return (
    <section aria-labelledby="lesson-end" className="mt-16 border-t border-line pt-10 pl-(--gutter)">
      <h2 id="lesson-end" className="text-heading font-semibold tracking-[-0.015em]">
        {finished ? 'You can now' : 'At the end you can'}
      </h2>
      <ul className="prose mt-4 list-none">
        {lesson.objectives.map((objective) => (
          <li key={objective} className="relative pl-7">
            {finished ? (
              <Check
                size={17}
                strokeWidth={2.5}
                aria-hidden="true"
                className="absolute top-[0.32em] left-0 text-running"
              />
            ) : (
              <span aria-hidden="true" className="absolute top-[0.68em] left-1.5 size-1.5 rounded-full bg-ink-faint" />
            )}
            <InlineCode text={objective} />
          </li>
        ))}
      </ul>
      {tally.length > 0 && (
        <ul aria-label="How it went" className="mt-6 space-y-1 text-control leading-relaxed text-ink-soft">
          {tally.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      {!finished && (
        <p className="mt-6 text-control leading-relaxed text-ink-soft">
          Still open:{' '}
          {open.map((step, index) => (
            <span key={step.id}>
              {index > 0 && ', '}
              <a
                href={stepHref(step.id)}
                onClick={(event) => followStep(event, step.id, onGo)}
                className="text-accent underline decoration-accent-line underline-offset-3 hover:decoration-current"
              >
                {step.title}
              </a>
            </span>
          ))}
          .
        </p>
      )}
      <div className="mt-8 flex flex-wrap items-center gap-3">
        {next !== undefined && (
          <Link href={`/learn/${next.id}`} className={longButtonClass(finished ? 'primary' : 'plain')}>
            <span>
              Next lesson: <InlineCode text={next.title} />
            </span>
            <ArrowRight size={16} strokeWidth={2} aria-hidden="true" />
          </Link>
        )}
        {ending !== null && (
          <Link
            href={`/certificate/${ending.course.id}`}
            className={longButtonClass(finished && ending.othersDone ? 'primary' : 'plain')}
          >
            <Award size={16} strokeWidth={2} aria-hidden="true" />
            {!finished || ending.othersDone
              ? `Certificate of ${ending.course.title}`
              : `What is left of ${ending.course.title}`}
          </Link>
        )}
        {ending?.next != null && (
          <Link href={`/learn/${ending.next.lesson.id}`} className={longButtonClass('plain')}>
            Next course: {ending.next.title}
            <ArrowRight size={16} strokeWidth={2} aria-hidden="true" />
          </Link>
        )}
        <Link
          href="/"
          className={longButtonClass(finished && next === undefined && ending === null ? 'primary' : 'quiet')}
        >
          Go to the catalogue
        </Link>
      </div>
    </section>
  );
}
