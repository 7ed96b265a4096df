'use client';

import { TriangleAlert } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Preparation } from '../../protocol/preparation.ts';
import { Button } from '../ui/button.tsx';
import { classNames } from '../ui/class-names.ts';
import { InlineCode } from '../ui/inline-code.tsx';
import { MeterBar } from '../ui/meter.tsx';
import { usePreparationSurroundings } from './preparation-context.tsx';
import { preparationCount, preparationHeading } from './preparation-words.ts';

/** Setup that is done sooner is not told of: text that moves and moves back disturbs more than it tells. Milliseconds. */
const soon = 600;

interface PreparationStripProps {
  className?: string;
}

/** What the lab does in the learner's sandbox now, how far it is, and the way to stop it. */
export function PreparationStrip(props: PreparationStripProps) {
  const { preparation } = usePreparationSurroundings();
  return preparation === null ? null : <Strip key={preparation.since} preparation={preparation} {...props} />;
}

function Strip({ preparation, className }: PreparationStripProps & { preparation: Preparation }) {
  const { steps, retry, cancel, askReset, refused } = usePreparationSurroundings();
  const isShort = preparation.kind === 'setup' && preparation.state === 'running';
  const [isDue, setDue] = useState(!isShort);
  useEffect(() => {
    const timer = setTimeout(() => setDue(true), Math.min(soon, Math.max(0, preparation.since + soon - Date.now())));
    return () => clearTimeout(timer);
  }, [preparation.since]);
  if (isShort && !isDue) return null;
  const heading = preparationHeading(preparation, steps);
  return (
    <section
      aria-label="What the lab does for you"
      className={classNames('appear on-steel bg-raised px-4 py-2.5 text-ui text-ink', className)}
    >
      {preparation.state === 'running' ? (
        <Running heading={heading} preparation={preparation} onStop={cancel} />
      ) : (
        <>
          <p role="alert" className="flex items-start gap-2.5 font-medium">
            <TriangleAlert size={16} strokeWidth={1.75} aria-hidden="true" className="mt-0.5 shrink-0 text-failed" />
            {heading}
          </p>
          {preparation.message !== null && (
            <p className="mt-1 max-w-[86ch] [overflow-wrap:anywhere] whitespace-pre-wrap text-ink-soft">
              <InlineCode text={preparation.message} />
            </p>
          )}
          <div className="mt-2 flex flex-wrap gap-2">
            <Button tone="primary" size="small" onClick={retry}>
              Retry
            </Button>
            <Button size="small" onClick={askReset}>
              Reset the sandbox
            </Button>
            <Button tone="quiet" size="small" onClick={cancel}>
              Go on without it
            </Button>
          </div>
        </>
      )}
      {refused !== null && (
        <p role="alert" className="mt-1.5 text-failed">
          {refused}
        </p>
      )}
    </section>
  );
}

interface RunningProps {
  heading: string;
  preparation: Preparation;
  onStop(): void;
}

function Running({ heading, preparation, onStop }: RunningProps) {
  const count = preparationCount(preparation);
  return (
    <>
      <div className="flex items-start gap-2.5">
        <span aria-hidden="true" className="breathing mt-2.5 mr-1 size-2 shrink-0 rounded-full bg-accent" />
        <div className="flex min-w-0 flex-1 flex-wrap gap-x-3 py-1">
          <p role="status" className="font-medium">
            {heading}
          </p>
          {count !== null && <p className="text-ink-faint tabular-nums">{count}</p>}
        </div>
        <Button size="small" onClick={onStop}>
          Stop
        </Button>
      </div>
      {preparation.doing !== '' && (
        <p className="mt-1 truncate font-mono text-caption text-ink-soft" title={preparation.doing}>
          {preparation.doing}
        </p>
      )}
      {count !== null && <MeterBar share={preparation.done / preparation.of} tone="well" className="mt-2" />}
    </>
  );
}
