import type { SandboxStatus } from '../../protocol/sandbox.ts';
import type { ManagerParts } from './manager-parts.ts';
import type { Entry } from './sandbox-entries.ts';

/** A sandbox as whoever runs the lab sees it. Times are unix milliseconds. */
export interface SandboxOverview {
  id: string;
  learner: string | null;
  state: SandboxStatus['state'];
  createdAt: number;
  usedAt: number | null;
  pooled: boolean;
}

export interface SandboxCounts {
  /** Learners' sandboxes. */
  byState: Record<SandboxStatus['state'], number>;
  pool: { ready: number; wanted: number; filling: boolean };
  /** How many may run at once. */
  limit: number;
}

/** Learners' sandboxes that this process knows of. */
export function countByState({ entries }: Pick<ManagerParts, 'entries'>): SandboxCounts['byState'] {
  const byState = { none: 0, starting: 0, ready: 0, paused: 0, stopped: 0, resetting: 0, failed: 0 };
  for (const entry of entries.all()) {
    if (entry.id !== null || entry.status.state !== 'none') byState[shownState(entry)] += 1;
  }
  return byState;
}

/** What the database says there is, and what the engine has besides, in the state this process and the engine say it has. @throws engine.* */
export async function listSandboxes({
  host,
  store,
  entries,
}: Pick<ManagerParts, 'host' | 'store' | 'entries'>): Promise<SandboxOverview[]> {
  const found = new Map((await host.list()).map((record) => [record.id, record]));
  const places = await store.pool();
  const rows = await store.rows();
  const owned = rows.map((row): SandboxOverview => {
    const entry = entries.find(row.learner);
    const state = entry?.id === row.id ? shownState(entry) : 'none';
    const { id, learner, createdAt, usedAt } = row;
    return { id, learner, state, createdAt, usedAt, pooled: false };
  });
  const pooled = places.map(
    ({ id, addedAt, ready }): SandboxOverview => ({
      id,
      learner: null,
      state: !ready ? 'starting' : found.get(id)?.state === 'running' ? 'ready' : 'failed',
      createdAt: addedAt,
      usedAt: null,
      pooled: true,
    }),
  );
  const known = new Set([...owned, ...pooled].map((each) => each.id));
  const strangers = [...found.values()]
    .filter((record) => !known.has(record.id))
    .map(
      ({ id, createdAt }): SandboxOverview => ({
        id,
        learner: null,
        state: 'stopped',
        createdAt,
        usedAt: null,
        pooled: false,
      }),
    );
  return [...owned, ...pooled, ...strangers];
}

/** A sandbox that was found running counts as what it is, though nobody has asked it yet. */
function shownState(entry: Entry): SandboxStatus['state'] {
  return entry.status.state === 'none' && entry.adopted ? 'ready' : entry.status.state;
}
