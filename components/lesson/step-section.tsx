import type { StepView } from '../../protocol/lesson-view.ts';
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
  return (
    <section
      id={step.id}
      data-step={step.id}
      data-current={current}
      aria-labelledby={`title-${step.id}`}
      className="relative scroll-mt-4 pt-12 pl-(--gutter)"
    >
      <div
        aria-hidden="true"
        className={`step-rail absolute top-21.5 left-3.25 w-0.5 ${last ? 'bottom-0' : '-bottom-11.5'}`}
      />
      <div
        aria-hidden="true"
        className={`absolute top-12.5 left-0 flex size-7 items-center justify-center rounded-full text-ui font-semibold tabular-nums ${
          done
            ? 'bg-running text-surface'
            : current
              ? 'bg-accent text-on-accent'
              : 'border border-line-strong bg-surface text-ink-soft'
        }`}
      >
        {number}
      </div>
      <h2 id={`title-${step.id}`} className="mb-4 text-heading font-semibold tracking-[-0.015em] text-balance">
        {step.title}
        {done && <span className="sr-only">, done</span>}
      </h2>
      <BlockList blocks={step.blocks} />
    </section>
  );
}
