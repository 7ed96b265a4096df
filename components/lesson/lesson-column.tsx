'use client';

import Link from 'next/link';
import { type ReactNode, type RefObject, useMemo } from 'react';
import type { CourseEnding } from '../../protocol/lab.ts';
import type { LessonView } from '../../protocol/lesson-view.ts';
import { TermCards } from '../glossary/term-cards.tsx';
import { listWords, typedName } from '../images/image-words.ts';
import { BlockList } from './block-view.tsx';
import { KeepPlace } from './keep-place.tsx';
import { StepPlaceProvider, useLessonActions } from './lesson-context.tsx';
import { LessonEnd } from './lesson-end.tsx';
import { MissingNeeds } from './missing-needs.tsx';
import { StepSection } from './step-section.tsx';
import { VariablesForm } from './variables-form.tsx';

interface LessonColumnProps {
  lesson: LessonView;
  ending: CourseEnding | null;
  scroller: RefObject<HTMLElement | null>;
  current: string | null;
  done: ReadonlySet<string>;
  /** What is to be said before anything is tried; `changed` is another one when its length may be. */
  notice: { shown: ReactNode; changed: unknown };
  onGo(step: string): void;
  /** Something in the text has the focus now. */
  onFocused(element: Element): void;
}

/** The text of a lesson in one column. Rendered on the server: it can be read before any script has come. */
export function LessonColumn({ lesson, ending, scroller, current, done, notice, onGo, onFocused }: LessonColumnProps) {
  const { checks, quizzes, progress } = useLessonActions();
  return (
    <section
      id="page:main"
      ref={scroller}
      tabIndex={-1}
      aria-label="Lesson"
      data-pane="lesson"
      onFocus={(event) => event.target !== event.currentTarget && onFocused(event.target)}
      className="on-paper @container h-full overflow-y-auto overscroll-contain bg-surface text-ink outline-none"
    >
      <article className="mx-auto max-w-[calc(var(--measure)*1.06+var(--gutter)+48px)] px-4 pt-10 pb-24 [--gutter:36px] @lg:[--gutter:42px] @2xl:px-7 @2xl:[--gutter:46px]">
        <header className="pl-(--gutter)">
          <h1 className="text-title font-semibold tracking-[-0.022em] text-balance">{lesson.title}</h1>
          <p className="mt-3 text-lead leading-normal text-ink-soft text-pretty">{lesson.summary}</p>
          <p className="mt-4 text-ui text-ink-faint">
            {lesson.minutes} min · {lesson.level} · {lesson.steps.length} {lesson.steps.length === 1 ? 'step' : 'steps'}
            {lesson.images.length > 0 && (
              <>
                {' · '}
                <Link
                  href="/images"
                  className="decoration-accent-line underline-offset-4 hover:text-accent hover:underline"
                >
                  uses {listWords(lesson.images.map(typedName))}
                </Link>
              </>
            )}
          </p>
        </header>
        <KeepPlace scroller={scroller} watched={[lesson, checks, quizzes, progress, notice.changed]}>
          {lesson.missing.length > 0 && <MissingNeeds missing={lesson.missing} />}
          {notice.shown}
          {lesson.introduction.length > 0 && (
            <div className="mt-8 pl-(--gutter)">
              <BlockList blocks={lesson.introduction} />
            </div>
          )}
          {lesson.variables.length > 0 && <VariablesForm variables={lesson.variables} />}
          {lesson.steps.map((step, index) => (
            <Step key={step.id} id={step.id} done={done.has(step.id)}>
              <StepSection
                step={step}
                number={index + 1}
                current={step.id === current}
                done={done.has(step.id)}
                last={index === lesson.steps.length - 1}
              />
            </Step>
          ))}
          <LessonEnd lesson={lesson} ending={ending} done={done} onGo={onGo} />
        </KeepPlace>
      </article>
      <TermCards terms={lesson.terms} text={scroller} />
    </section>
  );
}

/** Tells the blocks inside in which step they stand. */
function Step({ id, done, children }: { id: string; done: boolean; children: ReactNode }) {
  const place = useMemo(() => ({ id, done }), [id, done]);
  return <StepPlaceProvider value={place}>{children}</StepPlaceProvider>;
}
