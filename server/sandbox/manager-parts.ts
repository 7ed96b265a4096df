import type { Clock, Ids } from '../clock.ts';
import type { SandboxHost, SandboxLimits } from '../docker/sandbox-host.ts';
import type { Logger } from '../logger.ts';
import type { SandboxStore } from '../store/sandbox-store.ts';
import type { IdleTimes } from './idle-times.ts';
import type { Entry, SandboxEntries } from './sandbox-entries.ts';
import type { SandboxNotices } from './sandbox-notices.ts';
import type { SandboxPool } from './sandbox-pool.ts';
import type { WorkspaceArchives } from './workspace-archives.ts';

/** What all parts of the `SandboxManager` work with. */
export interface ManagerParts {
  host: SandboxHost;
  store: SandboxStore;
  archives: WorkspaceArchives;
  clock: Clock;
  /** A clock that never jumps, in milliseconds since whenever. */
  uptime: Clock;
  ids: Ids;
  logger: Logger;
  spec: { image: string; limits: SandboxLimits; registryVolume: string | null };
  entries: SandboxEntries;
  notices: SandboxNotices;
  idle: IdleTimes;
  pool: SandboxPool;
  /** How long programs that follow a sandbox get to end before it is frozen. */
  letGoMs: number;
  /** Tells pages that a ready sandbox has other notices or limits than before. */
  retell: (entry: Entry) => void;
}
