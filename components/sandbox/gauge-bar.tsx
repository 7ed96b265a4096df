'use client';

import { Gauge as GaugeIcon, TriangleAlert } from 'lucide-react';
import type { ComponentPropsWithRef } from 'react';
import { classNames } from '../ui/class-names.ts';
import { MeterBar } from '../ui/meter.tsx';
import { barGauges, gaugeWords, warningWords } from './gauge-words.ts';
import { type Gauge, percentOf } from './gauges.ts';
import type { SandboxGauges } from './use-gauges.ts';

interface GaugeBarProps extends ComponentPropsWithRef<'button'> {
  gauges: SandboxGauges['gauges'];
  /** The numbers are of before it was paused. */
  stale: boolean;
}

/** Memory, disk and CPU in the status bar, and whatever runs out; opens the panel with all of them. */
export function GaugeBar({ gauges, stale, className, ...rest }: GaugeBarProps) {
  const all = [...gauges.values()];
  const shown = all
    .filter(({ name }) => barGauges.includes(name))
    .sort((a, b) => barGauges.indexOf(a.name) - barGauges.indexOf(b.name));
  const warnings = all.filter(({ warns }) => warns);
  const others = warnings.filter(({ name }) => !barGauges.includes(name));
  return (
    <button
      type="button"
      className={classNames(
        'flex h-7 shrink-0 items-center gap-3 rounded-md px-2 text-ui whitespace-nowrap text-ink-soft transition-colors hover:bg-sunken hover:text-ink aria-expanded:bg-sunken',
        className,
      )}
      {...rest}
    >
      <span className="sr-only">Sandbox use:</span>
      <span className={classNames('hidden items-center gap-4 pair:flex', stale && 'text-ink-faint')}>
        {shown.map((gauge) => (
          <BarGauge key={gauge.name} gauge={gauge} stale={stale} />
        ))}
      </span>
      {others.map((gauge) => (
        <Warning key={gauge.name} gauge={gauge} className="hidden pair:flex" />
      ))}
      <Narrow shown={shown} warnings={warnings} />
    </button>
  );
}

/** One of the three. Its room never changes while it is well. */
function BarGauge({ gauge, stale }: { gauge: Gauge; stale: boolean }) {
  if (gauge.warns) return <Warning gauge={gauge} className="flex" />;
  return (
    <span className="flex items-center gap-2">
      {gaugeWords[gauge.name].label}
      <MeterBar share={gauge.share} tone={stale ? 'stale' : 'well'} className="w-9" />
      <span className="w-[4.4ch] text-right tabular-nums">
        {gauge.share === null ? (
          <>
            <span aria-hidden="true">–</span>
            <span className="sr-only">not known</span>
          </>
        ) : (
          percentOf(gauge.share)
        )}
      </span>
    </span>
  );
}

function Warning({ gauge, className }: { gauge: Gauge; className: string }) {
  return (
    <span className={classNames('items-center gap-1.5 font-medium text-warning tabular-nums', className)}>
      <TriangleAlert size={14} strokeWidth={2} aria-hidden="true" />
      {warningOf(gauge)}
    </span>
  );
}

/** Below 900 px: a sign, or the first of what runs out. */
function Narrow({ shown, warnings }: { shown: Gauge[]; warnings: Gauge[] }) {
  const [first, ...more] = warnings;
  return (
    <span className="flex items-center gap-1.5 pair:hidden">
      {first === undefined ? (
        <>
          <GaugeIcon size={16} strokeWidth={1.75} aria-hidden="true" />
          <span className="sr-only">
            {shown
              .map(({ name, share }) => `${gaugeWords[name].label} ${share === null ? 'not known' : percentOf(share)}`)
              .join(', ')}
          </span>
        </>
      ) : (
        <span className="flex items-center gap-1.5 font-medium text-warning tabular-nums">
          <TriangleAlert size={14} strokeWidth={2} aria-hidden="true" />
          {warningOf(first)}
          {more.length > 0 && ` +${more.length}`}
        </span>
      )}
    </span>
  );
}

export function warningOf({ name, share }: Gauge): string {
  return warningWords(name, percentOf(share ?? 1), (share ?? 1) >= 0.995);
}
