import type { SandboxCeilings, SandboxUse } from '../../protocol/sandbox.ts';
import { formatMemory } from '../ui/quantity.ts';

export type GaugeName =
  | 'memory'
  | 'cpu'
  | 'pids'
  | 'open-files'
  | 'disk'
  | 'disk-inodes'
  | 'log'
  | 'home'
  | 'home-inodes';

/** One limit of the sandbox and how much of it is used. */
export interface Gauge {
  name: GaugeName;
  /** 0 to 1 and beyond; null: not known. */
  share: number | null;
  /** `312 MiB of 1 GiB`, or that it is not known. */
  value: string;
  /** It is so nearly used up that the learner should know. */
  warns: boolean;
}

/** What is remembered between measurements. */
export interface GaugeMemory {
  use: SandboxUse | null;
  /** Gauges that warn. Each goes on until there is clearly room again, so that none flickers. */
  warned: ReadonlySet<GaugeName>;
  /** Measurements in a row with the processor at its limit. A build does that for a moment, and nothing is wrong. */
  busy: number;
}

export const noGauges: GaugeMemory = { use: null, warned: new Set(), busy: 0 };

const begins = 0.9;
const ends = 0.85;
/** Of measurements, which are some seconds apart. */
const busyFor = 3;

type Kind = 'bytes' | 'count' | 'cores';

interface Definition {
  kind: Kind;
  used(use: SandboxUse): number | null;
  limit(limits: SandboxCeilings): number;
}

/** In the order they are shown. */
const definitions: Record<GaugeName, Definition> = {
  memory: { kind: 'bytes', used: (use) => use.memory, limit: (limits) => limits.memory },
  cpu: { kind: 'cores', used: (use) => use.cpus, limit: (limits) => limits.cpus },
  pids: { kind: 'count', used: (use) => use.pids, limit: (limits) => limits.pids },
  'open-files': { kind: 'count', used: (use) => use.openFiles, limit: (limits) => limits.openFiles },
  disk: { kind: 'bytes', used: (use) => use.disk?.bytes ?? null, limit: (limits) => limits.disk.bytes },
  'disk-inodes': { kind: 'count', used: (use) => use.disk?.inodes ?? null, limit: (limits) => limits.disk.inodes },
  log: { kind: 'bytes', used: (use) => use.logBytes, limit: (limits) => limits.logBytes },
  home: { kind: 'bytes', used: (use) => use.home?.bytes ?? null, limit: (limits) => limits.home.bytes },
  'home-inodes': { kind: 'count', used: (use) => use.home?.inodes ?? null, limit: (limits) => limits.home.inodes },
};
const names = Object.keys(definitions) as GaugeName[];

/** What a disk without an end of its own cannot tell. */
const onDisk: ReadonlySet<GaugeName> = new Set(['disk', 'disk-inodes', 'home', 'home-inodes']);

/** Takes a measurement in; null: there is none any more. */
export function noteUse(memory: GaugeMemory, use: SandboxUse | null, limits: SandboxCeilings): GaugeMemory {
  if (use === null) return noGauges;
  const cpu = shareOf(definitions.cpu, use, limits);
  const busy = cpu !== null && cpu >= begins ? memory.busy + 1 : 0;
  const warned = names.filter((name) => {
    // A log at its limit loses its oldest lines, as it should.
    if (name === 'log') return false;
    const share = shareOf(definitions[name], use, limits);
    if (share === null) return false;
    if (memory.warned.has(name)) return share >= ends;
    return name === 'cpu' ? busy >= busyFor : share >= begins;
  });
  return { use, warned: new Set(warned), busy };
}

export function gaugesOf({ use, warned }: GaugeMemory, limits: SandboxCeilings): Map<GaugeName, Gauge> {
  return new Map(
    names.map((name) => {
      const definition = definitions[name];
      const used = use === null ? null : definition.used(use);
      const limit = definition.limit(limits);
      const unknown = limits.diskLimit === 'watched' && onDisk.has(name) ? 'watched' : 'not known';
      const value =
        used === null ? `${unknown}, limit ${inUnits(definition.kind, limit)}` : pair(definition, used, limit);
      return [name, { name, share: used === null ? null : used / limit, value, warns: warned.has(name) }];
    }),
  );
}

/** `93 %`; what is over the limit is at it, and what is used at all is not 0 %. */
export function percentOf(share: number): string {
  const percent = share > 0 && share < 0.01 ? 1 : Math.floor(Math.min(1, share) * 100);
  return `${percent}\u2009%`;
}

function shareOf(definition: Definition, use: SandboxUse, limits: SandboxCeilings): number | null {
  const used = definition.used(use);
  return used === null ? null : used / definition.limit(limits);
}

function pair({ kind }: Definition, used: number, limit: number): string {
  // The kernel lets some pass by a page or two; more than the limit reads like a mistake.
  return `${inUnits(kind, Math.min(used, limit), true)} of ${inUnits(kind, limit)}`;
}

function inUnits(kind: Kind, amount: number, bare = false): string {
  switch (kind) {
    case 'bytes':
      return formatMemory(amount);
    case 'count':
      return Math.round(amount).toLocaleString('en');
    case 'cores': {
      const number = bare ? amount.toFixed(2) : String(Number(amount.toFixed(2)));
      return bare ? number : `${number} core${amount === 1 ? '' : 's'}`;
    }
  }
}
