import { type Finding, pass, warn } from './finding.ts';
import { type KernelFacts, type LimitName, sysctlOf } from './kernel-facts.ts';

interface SharedLimit {
  title: string;
  /** What one sandbox is reckoned with. */
  each: number;
  /** What the machine itself and the lab use. */
  besides: number;
  /** Other settings that have to go along. */
  along?: (count: number) => string;
}

/**
 * Limits of the kernel that all sandboxes share: most belong to one user of the host (uid 1000), the others to the
 * whole machine.
 *
 * Measured on one sandbox. inotify instances: none when idle; one with a lesson open (the watch on the workspace),
 * also with three containers running and their logs followed; with control groups 2 one comes for each running
 * container. Keys: none, for keyctl is answered with ENOSYS; the engine makes one for each container of its own.
 * Tasks: 60 idle, 98 with three containers. Open files: some 230 with three containers.
 */
export const sharedLimits: Readonly<Partial<Record<LimitName, SharedLimit>>> = {
  inotifyInstances: { title: 'inotify instances', each: 6, besides: 16 },
  inotifyWatches: { title: 'inotify watches', each: 256, besides: 0 },
  keys: {
    title: 'Kernel keys',
    each: 2,
    besides: 0,
    along: (count) => ` kernel.keys.maxbytes=${count * 100}`,
  },
  openFiles: { title: 'Open files', each: 1_000, besides: 10_000 },
  pids: { title: 'Process ids', each: 150, besides: 2_000 },
  threads: { title: 'Threads', each: 150, besides: 2_000 },
  neighbours: {
    title: 'Neighbour table',
    each: 8,
    besides: 128,
    along: (count) => ` net.ipv4.neigh.default.gc_thresh2=${count / 2}`,
  },
  userNamespaces: { title: 'User namespaces', each: 4, besides: 16 },
  mountNamespaces: { title: 'Mount namespaces', each: 16, besides: 64 },
  networkNamespaces: { title: 'Network namespaces', each: 12, besides: 16 },
  pidNamespaces: { title: 'PID namespaces', each: 12, besides: 16 },
  ipcNamespaces: { title: 'IPC namespaces', each: 12, besides: 16 },
  utsNamespaces: { title: 'UTS namespaces', each: 12, besides: 16 },
};

/** Below this some programs do not start in any sandbox; it is the kernel's own default. */
const leastMapCount = 65_530;

/** How much of a limit so many sandboxes need, in a round number that is easy to recognise in a configuration. */
export function neededOf(limit: LimitName, sandboxes: number): number {
  const { each, besides } = sharedLimits[limit] ?? { each: 0, besides: 0 };
  return sandboxes * each + besides;
}

export function roundUp(count: number): number {
  return 2 ** Math.ceil(Math.log2(count));
}

/** One line when all is well, else one for each limit that is too low. */
export function judgeSharedLimits(kernel: KernelFacts, sandboxes: number): Finding[] {
  const tooLow = (Object.keys(sharedLimits) as LimitName[]).flatMap((name): Finding[] => {
    const limit = kernel.limits[name];
    const shared = sharedLimits[name];
    const needed = neededOf(name, sandboxes);
    if (shared === undefined || limit === null || limit >= needed) return [];
    const count = roundUp(needed);
    return [
      warn(
        name,
        shared.title,
        `${limit}, where ${sandboxes} sandboxes may need ${needed}`,
        `sudo sysctl -w ${sysctlOf(name)}=${count}${shared.along?.(count) ?? ''}`,
      ),
    ];
  });
  const maps = kernel.limits.mapCount;
  if (maps !== null && maps < leastMapCount) {
    tooLow.push(
      warn(
        'mapCount',
        'Memory mappings',
        `at most ${maps} in one process, less than some databases need`,
        `sudo sysctl -w ${sysctlOf('mapCount')}=${leastMapCount}`,
      ),
    );
  }
  return tooLow.length === 0
    ? [
        pass(
          'kernel-limits',
          'Kernel limits',
          `inotify, namespaces, tasks and files suffice for ${sandboxes} sandboxes`,
        ),
      ]
    : tooLow;
}
