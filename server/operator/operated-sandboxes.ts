import type { SandboxStatus, SandboxUse, StopReason } from '../../protocol/sandbox.ts';
import { type Disposable, DisposableStore } from '../disposable.ts';
import type { SandboxUsage } from '../docker/sandbox-usage.ts';
import type { Metrics } from '../metrics.ts';
import type { ListedSandbox } from './listed-sandbox.ts';

/** What the operator needs of the `SandboxManager`. */
export interface OperatedSandboxes {
  list(): Promise<ManagedSandbox[]>;
  stop(id: string, why: StopReason): Promise<void>;
  /** The learner's files are kept as an archive, or given up. */
  remove(id: string, files: 'keep' | 'discard'): Promise<void>;
  counts(): {
    byState: Readonly<Record<SandboxStatus['state'], number>>;
    pool: { ready: number; wanted: number; filling: boolean };
    limit: number;
  };
  onChanged(listener: (change: { status: SandboxStatus }) => void): Disposable;
  onClaimed(listener: (claim: { source: string; ms: number }) => void): Disposable;
  onMeasured(listener: (measured: { learner: string; use: SandboxUse }) => void): Disposable;
}

export interface ManagedSandbox {
  id: string;
  /** null: it waits in the pool */
  learner: string | null;
  state: string;
  /** unix milliseconds */
  createdAt: number | null;
  usedAt: number | null;
}

/** Counts what becomes of sandboxes. */
export function followSandboxes(sandboxes: OperatedSandboxes, metrics: Metrics): Disposable {
  const store = new DisposableStore();
  store.add(
    sandboxes.onChanged(({ status }) => {
      if (status.state === 'failed') metrics.count('drydock_sandbox_failures_total', { code: status.error.code });
    }),
  );
  store.add(
    sandboxes.onClaimed(({ source, ms }) => {
      metrics.count('drydock_claims_total', { source });
      metrics.observe('drydock_claim_seconds', { source }, ms);
    }),
  );
  return store;
}

/** What sandboxes said last of the disk they use; they do so only while a page of theirs is open. */
export class DiskReports implements Disposable {
  readonly #bytes = new Map<string, number>();
  readonly #following: Disposable;

  constructor(sandboxes: OperatedSandboxes) {
    this.#following = sandboxes.onMeasured(({ learner, use }) => {
      if (use.disk !== null || use.home !== null)
        this.#bytes.set(learner, (use.disk?.bytes ?? 0) + (use.home?.bytes ?? 0));
    });
  }

  of(learner: string | null): number | null {
    return (learner === null ? undefined : this.#bytes.get(learner)) ?? null;
  }

  dispose(): void {
    this.#following.dispose();
  }
}

/** Those that run have what they use beside them; where the engine does not say, it is not known. */
export async function listSandboxes(
  sandboxes: OperatedSandboxes,
  usage: (ids: readonly string[]) => Promise<Map<string, SandboxUsage>>,
  disks: DiskReports,
): Promise<ListedSandbox[]> {
  const known = await sandboxes.list();
  const running = known.filter(({ state }) => state !== 'stopped').map(({ id }) => id);
  const uses = await usage(running).catch(() => new Map<string, SandboxUsage>());
  return known.map(({ id, learner, state, createdAt, usedAt }) => ({
    id,
    learner,
    state,
    createdAt,
    usedAt,
    memory: uses.get(id)?.memory ?? null,
    cpus: uses.get(id)?.cpus ?? null,
    disk: disks.of(learner),
  }));
}
