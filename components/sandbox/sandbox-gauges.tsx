'use client';

import { useEffect, useRef, useState } from 'react';
import { Popover } from '../ui/popover.tsx';
import { GaugeBar, warningOf } from './gauge-bar.tsx';
import type { GaugeName } from './gauges.ts';
import { SandboxPanel } from './sandbox-panel.tsx';
import type { PageSandbox } from './sandbox-words.ts';
import { useGauges } from './use-gauges.ts';

/** What the sandbox uses of its limits: in the status bar always, in a panel whole. */
export function SandboxGauges({ sandbox }: { sandbox: PageSandbox }) {
  const found = useGauges(sandbox);
  const spoken = useSpokenWarnings(found);
  if (found === null) return null;
  return (
    <>
      <Popover
        title="Sandbox"
        trigger={<GaugeBar gauges={found.gauges} stale={sandbox.state !== 'ready'} className="ml-auto" />}
      >
        <SandboxPanel sandbox={sandbox} {...found} />
      </Popover>
      <span role="status" className="sr-only">
        {spoken}
      </span>
    </>
  );
}

/** A warning is read out when it begins, not at every number, and is gone when it is no longer true. */
function useSpokenWarnings(found: ReturnType<typeof useGauges>): string {
  const [spoken, setSpoken] = useState<{ words: string; of: GaugeName[] }>({ words: '', of: [] });
  const known = useRef(new Set<GaugeName>());
  useEffect(() => {
    const warned = [...(found?.gauges.values() ?? [])].filter(({ warns }) => warns);
    const fresh = warned.filter(({ name }) => !known.current.has(name));
    known.current = new Set(warned.map(({ name }) => name));
    if (fresh.length > 0)
      setSpoken({ words: `Your sandbox: ${fresh.map(warningOf).join(', ')}.`, of: fresh.map(({ name }) => name) });
    else if (spoken.of.some((name) => !known.current.has(name))) setSpoken({ words: '', of: [] });
  });
  return spoken.words;
}
