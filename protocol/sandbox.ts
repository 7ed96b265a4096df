import type { ErrorBody } from './errors.ts';

/** What a page knows of its sandbox. Each state has only its own fields. Times are unix milliseconds. */
export type SandboxStatus =
  | { state: 'none' }
  | { state: 'starting'; stage: SandboxStage; since: number }
  | { state: 'ready'; since: number; startedInMs: number; resources: SandboxResources }
  | { state: 'resetting'; since: number }
  | { state: 'failed'; error: ErrorBody; since: number };

export type SandboxStage = 'queued' | 'creating' | 'starting' | 'waiting-for-daemon' | 'preparing-files';

export interface SandboxResources {
  /** bytes */
  memoryLimit: number;
  cpus: number;
  pids: number;
}
