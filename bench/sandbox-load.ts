import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import type { RunningLab } from './lab-process.ts';

/** What a sandbox takes of the machine, as the engine counts it. */
export interface SandboxLoad {
  /** bytes, without page cache, which the kernel takes back when it wants */
  memory: number;
  /** nanoseconds of processor time since it started */
  cpu: number;
}

const stats = z.object({
  cpu_stats: z.object({ cpu_usage: z.object({ total_usage: z.number() }) }),
  memory_stats: z.object({
    usage: z.number(),
    /** cgroup v1 has `total_` names; files in memory (tmpfs) are counted among the cache and are none. */
    stats: z.object({
      total_cache: z.number().optional(),
      total_shmem: z.number().optional(),
      file: z.number().optional(),
      shmem: z.number().optional(),
    }),
  }),
});

/** By sandbox. */
export async function readLoads({ host, engine }: RunningLab): Promise<Map<string, SandboxLoad>> {
  const loads = new Map<string, SandboxLoad>();
  for (const { id } of await host.list()) {
    const found = await engine.find(id);
    if (found === null) continue;
    const { cpu_stats, memory_stats } = stats.parse(await found.container.stats({ stream: false, 'one-shot': true }));
    const { total_cache, total_shmem, file, shmem } = memory_stats.stats;
    const cache = (total_cache ?? file ?? 0) - (total_shmem ?? shmem ?? 0);
    loads.set(id, { memory: memory_stats.usage - cache, cpu: cpu_stats.cpu_usage.total_usage });
  }
  return loads;
}

/** Seconds of processor time so far: of all processors of the machine, and of this lab with its benchmark. */
export async function readProcessors(lab: RunningLab): Promise<{ machine: number; own: number }> {
  const sandboxes = [...(await readLoads(lab)).values()].reduce((sum, { cpu }) => sum + cpu / 1e9, 0);
  const { user, system } = process.cpuUsage();
  // After the name, which may hold anything: fields 14 and 15, in ticks.
  const server = (await readFile(`/proc/${lab.server.pid}/stat`, 'utf8')).replace(/^.*\) /s, '').split(' ');
  const [, userTime, nice, systemTime, , , irq, softirq] = (await readFile('/proc/stat', 'utf8'))
    .split(/\s+/)
    .map(Number);
  const ticks = (...values: (number | undefined)[]) =>
    values.reduce<number>((sum, value) => sum + (value ?? 0), 0) / 100;
  return {
    machine: ticks(userTime, nice, systemTime, irq, softirq),
    own: sandboxes + (user + system) / 1e6 + ticks(Number(server[11]), Number(server[12])),
  };
}

/** Bytes that programs could still have, page cache included. */
export async function memoryAvailable(): Promise<number> {
  const kibibytes = /^MemAvailable:\s+(\d+) kB$/m.exec(await readFile('/proc/meminfo', 'utf8'))?.[1];
  if (kibibytes === undefined) throw new Error('the kernel does not say how much memory is free');
  return Number(kibibytes) * 1024;
}
