'use client';

import { useEffect, useState } from 'react';
import type { SandboxCeilings } from '../../protocol/sandbox.ts';
import { useLab } from '../realtime/lab-provider.tsx';
import { type Gauge, type GaugeMemory, type GaugeName, gaugesOf, noGauges, noteUse } from './gauges.ts';
import type { PageSandbox } from './sandbox-words.ts';

export interface SandboxGauges {
  limits: SandboxCeilings;
  gauges: ReadonlyMap<GaugeName, Gauge>;
}

/** The sandbox's limits and what is used of them; while it is paused, what was. null until the limits are known. */
export function useGauges(sandbox: PageSandbox): SandboxGauges | null {
  const lab = useLab();
  const [limits, setLimits] = useState<SandboxCeilings | null>(null);
  const [memory, setMemory] = useState<GaugeMemory>(noGauges);
  if (sandbox.state === 'ready' && sandbox.limits !== limits) setLimits(sandbox.limits);
  const there = sandbox.state === 'ready' || sandbox.state === 'paused';

  useEffect(() => {
    if (!there) setMemory(noGauges);
  }, [there]);
  useEffect(() => {
    if (lab === null || limits === null || !there) return;
    return lab.on('sandbox:measured', ({ use }) => setMemory((before) => noteUse(before, use, limits)));
  }, [lab, limits, there]);

  return limits === null ? null : { limits, gauges: gaugesOf(memory, limits) };
}
