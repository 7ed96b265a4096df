'use client';

import { Fragment, type MouseEvent } from 'react';
import type { StepView } from '../../protocol/lesson-view.ts';
import { usePreparationSurroundings } from '../preparation/preparation-context.tsx';
import { Tooltip } from '../ui/tooltip.tsx';

export interface StepLinksProps {
  steps: readonly StepView[];
  current: string | null;
  done: ReadonlySet<string>;
  onGo(step: string): void;
}

/** The address of a step; the fragment takes a page without JavaScript there too. */
export function stepHref(step: string): string {
  const id = encodeURIComponent(step);
  return `?step=${id}#${id}`;
}

/** Lets the browser open a step in a new tab when asked to, and moves there within the page otherwise. */
export function followStep(event: MouseEvent, step: string, onGo: (step: string) => void): void {
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  onGo(step);
}

/** The lesson's steps as stations; their names on hover and focus. */
export function StepDots({ steps, current, done, onGo }: StepLinksProps) {
  const { doneForYou } = usePreparationSurroundings();
  return (
    <nav aria-label="Steps" className="min-w-0">
      <ol className="flex items-center">
        {steps.map((step, index) => {
          const isDone = done.has(step.id);
          const isCurrent = step.id === current;
          const isByLab = isDone && doneForYou.has(step.id);
          const state = isByLab ? 'done for you' : isDone ? 'done' : isCurrent ? 'in focus' : 'to do';
          const name = `Step ${index + 1}: ${step.title}, ${state}`;
          return (
            <Fragment key={step.id}>
              {index > 0 && (
                <li
                  aria-hidden="true"
                  className={`h-0.5 w-2 shrink wide:w-3.5 ${isDone ? 'bg-running' : 'bg-line-strong'}`}
                />
              )}
              <li className="flex">
                <Tooltip
                  words={
                    <>
                      {index + 1}. {step.title}
                      <span className="ml-2 opacity-70">{state}</span>
                    </>
                  }
                >
                  <a
                    href={stepHref(step.id)}
                    aria-label={name}
                    aria-current={isCurrent ? 'step' : undefined}
                    onClick={(event) => followStep(event, step.id, onGo)}
                    className="flex size-6 items-center justify-center rounded-full"
                  >
                    <Dot done={isDone} byLab={isByLab} current={isCurrent} />
                  </a>
                </Tooltip>
              </li>
            </Fragment>
          );
        })}
      </ol>
    </nav>
  );
}

/** What the lab did has a hollow, dashed sign. */
function Dot({ done, byLab, current }: { done: boolean; byLab: boolean; current: boolean }) {
  return (
    <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
      {current && <circle cx="10" cy="10" r="8.500" fill="none" stroke="var(--accent)" strokeWidth="1.500" />}
      {done ? (
        <>
          <circle
            cx="10"
            cy="10"
            r={byLab ? 5.5 : 6}
            fill={byLab ? 'var(--surface)' : 'var(--running)'}
            {...(byLab ? { stroke: 'var(--running)', strokeWidth: 1.2, strokeDasharray: '2 1.500' } : {})}
          />
          <path
            d="M7.300 10.200 9.200 12.100 12.800 8.200"
            fill="none"
            stroke={byLab ? 'var(--running)' : 'var(--surface)'}
            strokeWidth="1.500"
            strokeLinecap="round"
            strokeLinejoin="round"
          />
        </>
      ) : (
        <circle
          cx="10"
          cy="10"
          r={current ? 4 : 4.5}
          fill={current ? 'var(--accent)' : 'var(--surface)'}
          stroke={current ? 'none' : 'var(--ink-faint)'}
          strokeWidth="1.500"
        />
      )}
    </svg>
  );
}
