import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { deadlines, type Engine } from './engine.ts';
import { withDeadline } from './engine-errors.ts';

/** What a running sandbox takes of the machine, as the engine counts it. */
export interface SandboxUsage {
  /** bytes, without files that are only cached */
  memory: number | null;
  /** cores, while it was looked at */
  cpus: number | null;
}

/** Milliseconds over which the processor time is averaged. */
const span = 500;
/** Requests to the engine at a time. */
const atOnce = 8;

const count = z.number().nonnegative();
const statsRecord = z.object({
  cpu_stats: z.object({ cpu_usage: z.object({ total_usage: count }) }),
  memory_stats: z.object({
    usage: count.optional(),
    // cgroup v1 and v2 name it differently.
    stats: z.object({ total_inactive_file: count.optional(), inactive_file: count.optional() }).optional(),
  }),
});

interface Sample {
  at: number;
  /** nanoseconds since it started */
  cpu: number;
  memory: number | null;
}

/** Looks at these running sandboxes for half a second. One that cannot be looked at is left out. */
export async function readSandboxUsage(engine: Engine, ids: readonly string[]): Promise<Map<string, SandboxUsage>> {
  if (ids.length === 0) return new Map();
  const before = await sampleAll(engine, ids);
  await sleep(span);
  const after = await sampleAll(engine, [...before.keys()]);
  return new Map(
    [...after].map(([id, { at, cpu, memory }]) => {
      const first = before.get(id);
      const cpus =
        first === undefined || at <= first.at || cpu < first.cpu ? null : (cpu - first.cpu) / 1e6 / (at - first.at);
      return [id, { memory, cpus }];
    }),
  );
}

async function sampleAll(engine: Engine, ids: readonly string[]): Promise<Map<string, Sample>> {
  const samples = new Map<string, Sample>();
  const waiting = [...ids];
  const work = async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      const sample = await sampleOne(engine, id).catch(() => null);
      if (sample !== null) samples.set(id, sample);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return samples;
}

async function sampleOne(engine: Engine, id: string): Promise<Sample | null> {
  const found = await engine.find(id);
  if (found === null || !found.info.State.Running) return null;
  // One sample, at once: without it the engine takes a second to compare two. Its types know no signal.
  const options: { stream: false; 'one-shot': true } = { stream: false, 'one-shot': true };
  const stats = await withDeadline('look at the sandbox', deadlines.request, (abortSignal) =>
    found.container.stats(Object.assign(options, { abortSignal })),
  );
  const at = performance.now();
  const parsed = statsRecord.safeParse(stats);
  if (!parsed.success) return null;
  const { cpu_stats, memory_stats } = parsed.data;
  const cached = memory_stats.stats?.total_inactive_file ?? memory_stats.stats?.inactive_file ?? 0;
  const memory = memory_stats.usage === undefined ? null : Math.max(0, memory_stats.usage - cached);
  return { at, cpu: cpu_stats.cpu_usage.total_usage, memory };
}
