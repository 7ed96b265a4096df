'use client';

import { FastForward, ListRestart } from 'lucide-react';
import type { StepView } from '../../protocol/lesson-view.ts';
import { ProblemMark } from '../author/problem-mark.tsx';
import { usePreparationSurroundings } from '../preparation/preparation-context.tsx';
import { StepNotices } from '../preparation/step-notices.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { BlockList } from './block-view.tsx';

interface StepSectionProps {
  step: StepView;
  number: number;
  current: boolean;
  done: boolean;
  last: boolean;
}

/** One step: its number on the rail in the margin, its text beside it. */
export function StepSection({ step, number, current, done, last }: StepSectionProps) {
  const { preparation, doneForYou, askStartOver } = usePreparationSurroundings();
  const byLab = done && doneForYou.has(step.id);
  const isBusy = preparation?.state === 'running';
  return (
    <section
      id={step.id}
      data-step={step.id}
      data-current={current}
      aria-labelledby={`title-${step.id}`}
      className="group/step relative scroll-mt-4 pt-12 pl-(--gutter)"
    >
      <div
        aria-hidden="true"
        className={`step-rail absolute top-21.5 left-3.25 w-0.5 ${last ? 'bottom-0' : '-bottom-11.5'}`}
      />
      <div
        aria-hidden="true"
        className={`absolute top-12.5 left-0 flex size-7 items-center justify-center rounded-full text-ui font-semibold tabular-nums ${numberLook({ byLab, done, current })}`}
      >
        {number}
      </div>
      <div className="mb-4 flex items-start gap-2">
        <div className="min-w-0 flex-1">
          <h2
            id={`title-${step.id}`}
            tabIndex={-1}
            aria-label={done ? `${step.title}, ${byLab ? 'done for you' : 'done'}` : undefined}
            className="text-heading font-semibold tracking-[-0.015em] text-balance"
          >
            {step.title}
          </h2>
          {byLab && (
            <p aria-hidden="true" className="mt-1 flex items-center gap-1.5 text-ui text-ink-faint">
              <FastForward size={13} strokeWidth={2} />
              Done for you
            </p>
          )}
        </div>
        <IconButton
          icon={ListRestart}
          name={`Start over from step ${number}`}
          aria-disabled={isBusy}
          onClick={() => !isBusy && askStartOver(step.id)}
          className="-mt-0.5 opacity-0 transition-opacity group-hover/step:opacity-100 focus-visible:opacity-100 pointer-coarse:opacity-100"
        />
      </div>
      <ProblemMark id={step.id} />
      <StepNotices step={step.id} current={current} />
      <BlockList blocks={step.blocks} />
    </section>
  );
}

/** What the lab did has a hollow, dashed sign: a tick that was earned is full. */
function numberLook({ byLab, done, current }: { byLab: boolean; done: boolean; current: boolean }): string {
  if (byLab) return 'border-2 border-dashed border-running bg-surface text-running';
  if (done) return 'bg-running text-surface';
  return current ? 'bg-accent text-on-accent' : 'border border-line-strong bg-surface text-ink-soft';
}
