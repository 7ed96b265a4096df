'use client';

import { TriangleAlert } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import type { SandboxCeilings } from '../../protocol/sandbox.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { InlineCode } from '../ui/inline-code.tsx';
import { MeterBar } from '../ui/meter.tsx';
import { warningOf } from './gauge-bar.tsx';
import { gaugeGroups, gaugeWords, makingRoom } from './gauge-words.ts';
import { type Gauge, percentOf } from './gauges.ts';
import type { PageSandbox } from './sandbox-words.ts';
import type { SandboxGauges } from './use-gauges.ts';

interface SandboxPanelProps extends SandboxGauges {
  sandbox: PageSandbox;
}

/** Every limit of the sandbox: how much is used, what it counts, and what to do at its end. */
export function SandboxPanel({ sandbox, limits, gauges }: SandboxPanelProps) {
  return (
    <>
      {sandbox.state !== 'ready' && (
        <p className="mb-4 text-ui text-ink-soft">
          {sandbox.state === 'paused'
            ? 'It is paused: this is what it used before.'
            : 'It does not run: nothing is measured.'}
        </p>
      )}
      <div className="grid gap-x-10 gap-y-6 sm:grid-cols-2">
        <GaugeGroup group={gaugeGroups[0]} gauges={gauges} />
        <div className="flex flex-col gap-6">
          <GaugeGroup group={gaugeGroups[1]} gauges={gauges} />
          <GaugeGroup group={gaugeGroups[2]} gauges={gauges} />
        </div>
      </div>
      <LimitNotes limits={limits} />
    </>
  );
}

function GaugeGroup({
  group,
  gauges,
}: {
  group: (typeof gaugeGroups)[number] | undefined;
  gauges: SandboxGauges['gauges'];
}) {
  if (group === undefined) return null;
  return (
    <section>
      <h3 className="text-ui font-semibold text-ink-soft">{group.title}</h3>
      <div className="mt-2 flex flex-col gap-3.5 border-t border-line pt-2.5">
        {group.gauges.map((name) => {
          const gauge = gauges.get(name);
          return gauge === undefined ? null : <GaugeRow key={name} gauge={gauge} />;
        })}
      </div>
    </section>
  );
}

function GaugeRow({ gauge }: { gauge: Gauge }) {
  const id = useId();
  const words = gaugeWords[gauge.name];
  const head = (
    <>
      <span className="flex items-baseline justify-between gap-3 text-ui">
        <span id={id} className="font-medium">
          {words.label}
        </span>
        <span className="text-right text-ink-soft tabular-nums">{gauge.value}</span>
      </span>
      <MeterBar share={gauge.share} tone={gauge.warns ? 'warns' : 'well'} className="mt-1.5" />
    </>
  );
  return (
    <div>
      <Measured gauge={gauge} labelledBy={id}>
        {head}
      </Measured>
      {gauge.warns && (
        <p className="mt-1.5 flex items-center gap-1.5 text-caption font-medium text-warning tabular-nums">
          <TriangleAlert size={13} strokeWidth={2} aria-hidden="true" className="shrink-0" />
          {warningOf(gauge)}
        </p>
      )}
      <p className="mt-1.5 text-caption text-ink-faint">{words.meaning}</p>
      {gauge.warns && <p className="mt-1 text-caption text-ink">{words.remedy.words}</p>}
      {gauge.warns && words.remedy.command !== null && (
        <div className="mt-1.5 flex items-center justify-between rounded-md border border-line bg-surface pl-2.5">
          <code className="min-w-0 text-caption [overflow-wrap:anywhere]">{words.remedy.command}</code>
          <CopyButton text={words.remedy.command} what={words.remedy.command} />
        </div>
      )}
    </div>
  );
}

/** A value that is not known is no meter. */
function Measured({ gauge, labelledBy, children }: { gauge: Gauge; labelledBy: string; children: ReactNode }) {
  if (gauge.share === null) return <div>{children}</div>;
  const percent = Math.round(Math.min(1, gauge.share) * 100);
  return (
    // biome-ignore lint/a11y/useSemanticElements: the browsers' own meter cannot be drawn alike in all of them
    <div
      role="meter"
      aria-labelledby={labelledBy}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      aria-valuetext={`${gauge.value}, ${percentOf(gauge.share)}`}
    >
      {children}
    </div>
  );
}

function LimitNotes({ limits }: { limits: SandboxCeilings }) {
  return (
    <div className="mt-5 border-t border-line pt-3 text-caption text-ink-faint">
      <p>
        <InlineCode text={makingRoom} />
      </p>
      <p className="mt-1.5">
        {limits.diskLimit === 'hard'
          ? 'Docker’s disk and your files cannot grow beyond their limits: what does not fit any more is refused.'
          : 'The disks are watched: the lab stops a sandbox that uses more, and says so.'}{' '}
        {limits.egress === 'none'
          ? 'This sandbox has no internet: images come from the lab’s own registry.'
          : 'It reaches the internet, but no private network and not this server.'}
      </p>
    </div>
  );
}
