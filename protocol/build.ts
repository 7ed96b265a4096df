import type { ErrorBody } from './errors.ts';

/** One build of a Dockerfile that the Build button started. Times are unix milliseconds. */
export type BuildStatus = { build: string; path: string; tag: string; startedAt: number } & (
  | { state: 'running' }
  | { state: 'succeeded'; endedAt: number; image: { id: string; size: number } | null }
  | { state: 'failed'; endedAt: number; exitCode: number }
  | { state: 'cancelled'; endedAt: number }
  | { state: 'lost'; endedAt: number; error: ErrorBody }
);
