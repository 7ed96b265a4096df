import { sql } from 'kysely';
import type { SandboxNotice } from '../../protocol/sandbox.ts';
import type { Store } from './open-store.ts';

/** Why a sandbox does not run. `died` and `engine` were nobody's wish. */
export type EndReason = 'idle' | 'room' | 'operator' | 'disk-full' | 'died' | 'engine';

export interface SandboxRow {
  id: string;
  learner: string;
  createdAt: number;
  usedAt: number;
  idleMs: number;
  idleAt: number;
  stopped: { why: EndReason; at: number } | null;
  notices: SandboxNotice[];
}

/** One writing of how long a sandbox was not used. */
export interface IdleUpdate {
  id: string;
  /** The writing this one goes on from; when there is another one by now, this one is not made. */
  seenAt: number;
  idleMs: number;
  at: number;
  used: boolean;
}

const endReasons: readonly string[] = ['idle', 'room', 'operator', 'disk-full', 'died', 'engine'];

/**
 * Whose sandbox is whose, and which wait in the pool. Every claim is one transaction that only one caller, of
 * whichever process, can win. Times are unix milliseconds.
 */
export class SandboxStore {
  readonly #db: Store;

  constructor(db: Store) {
    this.#db = db;
  }

  async rowOf(learner: string): Promise<SandboxRow | null> {
    const row = await this.#db.selectFrom('sandbox').selectAll().where('learner', '=', learner).executeTakeFirst();
    return row === undefined ? null : toRow(row);
  }

  async rows(): Promise<SandboxRow[]> {
    return (await this.#db.selectFrom('sandbox').selectAll().execute()).map(toRow);
  }

  /**
   * Written before the sandbox is made: a crash in between leaves a row, never a sandbox of somebody without one.
   * @returns the learner's sandbox: this one, or the one another call assigned first
   */
  async assign(learner: string, id: string, now: number): Promise<string> {
    const made = await this.#db
      .insertInto('sandbox')
      .values(newRow(learner, id, now))
      .onConflict((c) => c.column('learner').doNothing())
      .returning('id')
      .executeTakeFirst();
    if (made !== undefined) return made.id;
    return (await this.#db.selectFrom('sandbox').select('id').where('learner', '=', learner).executeTakeFirstOrThrow())
      .id;
  }

  /** Makes a sandbox of the pool the learner's own. False: somebody else has it, or the learner has another. */
  async claim(id: string, learner: string, now: number): Promise<boolean> {
    return this.#db.transaction().execute(async (tx) => {
      // A write comes first, so that two processes wait for each other instead of reading the same.
      const made = await tx
        .insertInto('sandbox')
        .values(newRow(learner, id, now))
        .onConflict((c) => c.doNothing())
        .returning('id')
        .executeTakeFirst();
      if (made === undefined) return false;
      const taken = await tx.deleteFrom('pool_sandbox').where('id', '=', id).returning('id').executeTakeFirst();
      if (taken !== undefined) return true;
      await tx.deleteFrom('sandbox').where('id', '=', id).execute();
      return false;
    });
  }

  async setStopped(id: string, stopped: { why: EndReason; at: number } | null): Promise<void> {
    await this.#db
      .updateTable('sandbox')
      .set({ stopped_why: stopped?.why ?? null, stopped_at: stopped?.at ?? null })
      .where('id', '=', id)
      .execute();
  }

  async setNotices(id: string, notices: SandboxNotice[]): Promise<void> {
    await this.#db
      .updateTable('sandbox')
      .set({ notices: JSON.stringify(notices) })
      .where('id', '=', id)
      .execute();
  }

  /** @returns the ids whose update was made */
  async saveIdle(updates: IdleUpdate[]): Promise<Set<string>> {
    const made = new Set<string>();
    if (updates.length === 0) return made;
    await this.#db.transaction().execute(async (tx) => {
      for (const { id, seenAt, idleMs, at, used } of updates) {
        const row = await tx
          .updateTable('sandbox')
          .set({ idle_ms: idleMs, idle_at: at, ...(used ? { attended_at: at } : {}) })
          .where('id', '=', id)
          // Use is a fact whoever counted; only time that passed must not be counted twice.
          // 0: a row of a lab that did not count yet, which `toRow` shows as of its last use.
          .$if(!used, (query) => query.where('idle_at', 'in', [seenAt, 0]))
          .returning('id')
          .executeTakeFirst();
        if (row !== undefined) made.add(row.id);
      }
    });
    return made;
  }

  async pool(): Promise<{ id: string; addedAt: number; ready: boolean }[]> {
    const rows = await this.#db.selectFrom('pool_sandbox').selectAll().execute();
    return rows.map((row) => ({ id: row.id, addedAt: row.added_at, ready: row.ready === 1 }));
  }

  /** Takes a place in the pool for a sandbox that is about to be made. False: it has `wanted` already. */
  async joinPool(id: string, now: number, wanted: number): Promise<boolean> {
    // One statement, so that two processes that fill the pool at once do not both see the last place free.
    const { numAffectedRows } = await sql`
      insert into pool_sandbox (id, added_at, ready)
      select ${id}, ${now}, 0 where (select count(*) from pool_sandbox) < ${wanted}
    `.execute(this.#db);
    return (numAffectedRows ?? 0n) > 0n;
  }

  async poolReady(id: string): Promise<boolean> {
    const row = await this.#db
      .updateTable('pool_sandbox')
      .set({ ready: 1 })
      .where('id', '=', id)
      .returning('id')
      .executeTakeFirst();
    return row !== undefined;
  }

  /** Takes it out of the pool. True for the one caller that did, which has to remove the sandbox. */
  async leavePool(id: string): Promise<boolean> {
    return this.#db.transaction().execute(async (tx) => {
      const row = await tx.deleteFrom('pool_sandbox').where('id', '=', id).returning('id').executeTakeFirst();
      if (row === undefined) return false;
      await release(tx, id);
      return true;
    });
  }

  /** Sandboxes this lab let go of that may still be on the engine. */
  async released(): Promise<Set<string>> {
    return new Set((await this.#db.selectFrom('released_sandbox').select('id').execute()).map((row) => row.id));
  }

  /** They are gone from the engine. */
  async forgetReleased(ids: Iterable<string>): Promise<void> {
    for (const id of ids) await this.#db.deleteFrom('released_sandbox').where('id', '=', id).execute();
  }
}

/** Part of whatever takes a sandbox from its last owner: from then on it is to be removed with everything in it. */
export async function release(tx: Store, id: string): Promise<void> {
  await tx
    .insertInto('released_sandbox')
    .values({ id })
    .onConflict((c) => c.doNothing())
    .execute();
}

interface Raw {
  id: string;
  learner: string;
  created_at: number;
  attended_at: number;
  idle_ms: number;
  idle_at: number;
  stopped_why: string | null;
  stopped_at: number | null;
  notices: string;
}

function newRow(learner: string, id: string, now: number): Raw {
  return {
    id,
    learner,
    created_at: now,
    attended_at: now,
    idle_ms: 0,
    idle_at: now,
    stopped_why: null,
    stopped_at: null,
    notices: '[]',
  };
}

function toRow(raw: Raw): SandboxRow {
  const { stopped_why: why, stopped_at: at } = raw;
  return {
    id: raw.id,
    learner: raw.learner,
    createdAt: raw.created_at,
    usedAt: raw.attended_at,
    idleMs: raw.idle_ms,
    // A row of a lab that did not count yet.
    idleAt: raw.idle_at === 0 ? raw.attended_at : raw.idle_at,
    stopped: why !== null && at !== null && isEndReason(why) ? { why, at } : null,
    notices: parseNotices(raw.notices),
  };
}

function isEndReason(why: string): why is EndReason {
  return endReasons.includes(why);
}

/** Our own JSON; a newer server may have written kinds that this one does not know, which does no harm. */
function parseNotices(text: string): SandboxNotice[] {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? (parsed as SandboxNotice[]) : [];
  } catch {
    return [];
  }
}
