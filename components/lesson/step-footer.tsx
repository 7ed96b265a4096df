import { ArrowLeft, ArrowRight, Check } from 'lucide-react';
import Link from 'next/link';
import type { MouseEvent } from 'react';
import type { LessonLink, StepView } from '../../protocol/lesson-view.ts';
import { buttonClass } from '../ui/button.tsx';
import { spokenText } from '../ui/inline-code.tsx';
import { followStep, stepHref } from './step-dots.tsx';

interface StepFooterProps {
  steps: readonly StepView[];
  current: string | null;
  done: ReadonlySet<string>;
  nextLesson: LessonLink | null;
  onGo(step: string | null): void;
}

/** The way back and the way on. */
export function StepFooter({ steps, current, done, nextLesson, onGo }: StepFooterProps) {
  const at = steps.findIndex((step) => step.id === current);
  const previous = steps[at - 1];
  const next = steps[at + 1];
  const ready = current !== null && done.has(current);
  const toTop = (event: MouseEvent) => {
    event.preventDefault();
    onGo(null);
  };
  return (
    <nav aria-label="Previous and next" className="flex min-w-0 flex-1 items-center gap-1">
      {at >= 0 && (
        <a
          href={previous === undefined ? '?#page:main' : stepHref(previous.id)}
          // The words that are seen are the beginning of the name: who speaks to the machine says those.
          aria-label={`Previous: ${previous === undefined ? 'the introduction' : spokenText(previous.title)}`}
          onClick={(event) => (previous === undefined ? toTop(event) : followStep(event, previous.id, onGo))}
          className={buttonClass('quiet', 'small')}
        >
          <ArrowLeft size={14} strokeWidth={2} aria-hidden="true" />
          Previous
        </a>
      )}
      {ready && (
        <span aria-hidden="true" className="appear flex shrink-0 items-center gap-1.5 px-1 font-medium text-running">
          <Check size={14} strokeWidth={2.5} />
          <span className="hidden sm:inline">Step done</span>
        </span>
      )}
      {next !== undefined && (
        <a
          href={stepHref(next.id)}
          onClick={(event) => followStep(event, next.id, onGo)}
          className={`${buttonClass(ready ? 'primary' : 'quiet', 'small')} min-w-0 shrink`}
        >
          <span className="truncate">Next: {next.title}</span>
          <ArrowRight size={14} strokeWidth={2} aria-hidden="true" className="shrink-0" />
        </a>
      )}
      {next === undefined && nextLesson !== null && (
        <Link
          href={`/learn/${nextLesson.id}`}
          className={`${buttonClass(ready ? 'primary' : 'quiet', 'small')} min-w-0 shrink`}
        >
          <span className="truncate">Next lesson: {nextLesson.title}</span>
          <ArrowRight size={14} strokeWidth={2} aria-hidden="true" className="shrink-0" />
        </Link>
      )}
    </nav>
  );
}
