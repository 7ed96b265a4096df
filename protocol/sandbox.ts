import type { ErrorBody } from './errors.ts';

/** What a page knows of its sandbox. Each state has only its own fields. Times are unix milliseconds. */
export type SandboxStatus =
  | { state: 'none' }
  | { state: 'starting'; stage: SandboxStage; since: number }
  | { state: 'ready'; since: number; startedInMs: number; limits: SandboxCeilings; notices: SandboxNotice[] }
  /** Frozen with everything in it as it is, because nobody used it. The learner's next request wakes it. */
  | { state: 'paused'; since: number }
  /** Not running; files, images, volumes and containers are kept. The learner's next request starts it. */
  | { state: 'stopped'; since: number; why: StopReason }
  | { state: 'resetting'; since: number }
  | { state: 'failed'; error: ErrorBody; since: number };

export type SandboxStage = 'queued' | 'creating' | 'starting' | 'waiting-for-daemon' | 'preparing-files';

/** `idle`: nobody used it; `room`: another learner needed the room; `operator`: whoever runs the lab did it. */
export type StopReason = 'idle' | 'room' | 'operator';

/** What one sandbox may use at most. Sizes in bytes. */
export interface SandboxCeilings {
  memory: number;
  /** fractions of a core */
  cpus: number;
  pids: number;
  /** Of the learner's daemon: images, containers, volumes. */
  disk: { bytes: number; inodes: number };
  /** Of the learner's files. */
  home: { bytes: number; inodes: number };
  /** Of one process. */
  openFiles: number;
  /** Of one container; older lines go. */
  logBytes: number;
  /** `hard`: the file system itself ends; `watched`: the lab looks and steps in. */
  diskLimit: 'hard' | 'watched';
  egress: 'none' | 'internet';
}

/**
 * Something the learner should know of how their sandbox came to be as it is. Shown until it is dismissed
 * (`sandbox:dismiss`) or no longer true.
 */
export type SandboxNotice =
  /** It was frozen for so long, and goes on where it was. */
  | { kind: 'woken'; pausedMs: number }
  /**
   * It was not running for a while. `running`: containers that run again because of their restart policy;
   * `ended`: those that ran before and do not now. Names as `docker ps` shows them, at most 20 each.
   */
  | { kind: 'restarted'; why: StopReason | 'died' | 'engine'; stoppedAt: number; running: string[]; ended: string[] }
  /** The one before was removed because it was not used for long; its files can be had again. */
  | { kind: 'archived'; archive: WorkspaceArchive }
  /** The lab stepped in because the disk was full (only where the limit is watched). */
  | { kind: 'disk-full'; usedBytes: number; limitBytes: number }
  /** It was no longer on the server, and no files of it were: this is a fresh one. Nobody removed it on purpose. */
  | { kind: 'lost'; noticedAt: number }
  /** A lesson that is open asks for the internet, and the sandbox has no way to it. `message` says why. */
  | { kind: 'egress-unavailable'; message: string };

export type SandboxNoticeKind = SandboxNotice['kind'];

/** The files of a sandbox that was removed. */
export interface WorkspaceArchive {
  id: string;
  createdAt: number;
  /** compressed */
  bytes: number;
  restoredAt: number | null;
}

/**
 * What a sandbox uses now, as it says itself (a learner can only deceive themselves): for gauges. null: not
 * known. Sizes in bytes.
 */
export interface SandboxUse {
  /** unix milliseconds */
  at: number;
  memory: number | null;
  /** cores, averaged since the measurement before */
  cpus: number | null;
  pids: number | null;
  disk: { bytes: number; inodes: number } | null;
  home: { bytes: number; inodes: number } | null;
  /** The most that any one process has open. */
  openFiles: number | null;
  /** The largest log of a container. */
  logBytes: number | null;
}

/** What the catalogue says of a learner's sandbox without waking it. */
export interface SandboxOutlook {
  /** When it will be removed if it is not used until then; null while that is far off. */
  removeAt: number | null;
  archives: WorkspaceArchive[];
}
