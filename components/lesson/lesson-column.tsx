'use client';

import type { RefObject } from 'react';
import type { LessonView } from '../../protocol/lesson-view.ts';
import { BlockList } from './block-view.tsx';
import { LessonEnd } from './lesson-end.tsx';
import { StepSection } from './step-section.tsx';

interface LessonColumnProps {
  lesson: LessonView;
  scroller: RefObject<HTMLElement | null>;
  current: string | null;
  done: ReadonlySet<string>;
  onGo(step: string): void;
}

/** The text of a lesson in one column. Rendered on the server: it can be read before any script has come. */
export function LessonColumn({ lesson, scroller, current, done, onGo }: LessonColumnProps) {
  return (
    <section
      id="main"
      ref={scroller}
      tabIndex={-1}
      aria-label="Lesson"
      data-pane="lesson"
      className="on-paper @container h-full overflow-y-auto overscroll-contain bg-surface text-ink outline-none"
    >
      <article className="mx-auto max-w-[calc(var(--measure)*1.06+var(--gutter)+48px)] px-4 pt-10 pb-24 [--gutter:36px] @lg:[--gutter:42px] @2xl:px-7 @2xl:[--gutter:46px]">
        <header className="pl-(--gutter)">
          <h1 className="text-title font-semibold tracking-[-0.022em] text-balance">{lesson.title}</h1>
          <p className="mt-3 text-lead leading-normal text-ink-soft text-pretty">{lesson.summary}</p>
          <p className="mt-4 text-ui text-ink-faint">
            {lesson.minutes} min · {lesson.level} · {lesson.steps.length} {lesson.steps.length === 1 ? 'step' : 'steps'}
          </p>
        </header>
        {lesson.introduction.length > 0 && (
          <div className="mt-8 pl-(--gutter)">
            <BlockList blocks={lesson.introduction} />
          </div>
        )}
        {lesson.steps.map((step, index) => (
          <StepSection
            key={step.id}
            step={step}
            number={index + 1}
            current={step.id === current}
            done={done.has(step.id)}
            last={index === lesson.steps.length - 1}
          />
        ))}
        <LessonEnd lesson={lesson} done={done} onGo={onGo} />
      </article>
    </section>
  );
}
