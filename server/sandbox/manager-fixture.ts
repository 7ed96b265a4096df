import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { Clock } from '../clock.ts';
import { ArchiveStore } from '../store/archive-store.ts';
import { LearnerStore } from '../store/learner-store.ts';
import { openStore, type Store } from '../store/open-store.ts';
import { SandboxStore } from '../store/sandbox-store.ts';
import { testLimits } from '../test-limits.ts';
import { FakeHost } from './fake-host.ts';
import { SandboxManager, type SandboxManagerOptions } from './sandbox-manager.ts';
import { WorkspaceArchives } from './workspace-archives.ts';

export const silent = { debug() {}, info() {}, warn() {}, error() {} };
export const never = Number.POSITIVE_INFINITY;

/** A clock that stands until it is told otherwise. */
export class FakeClock implements Clock {
  time: number;

  constructor(time: number) {
    this.time = time;
  }

  now(): number {
    return this.time;
  }
}

const cleanUps: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** A host, a data folder and a database, on which as many servers can be opened as a test wants. */
export class TestLand {
  readonly host: FakeHost;
  readonly dataDir: string;
  readonly db: Store;
  readonly store: SandboxStore;
  readonly archives: ArchiveStore;
  /** The wall clock and the one that never jumps, ms. */
  readonly clock = new FakeClock(1_000_000_000);
  readonly uptime = new FakeClock(1_000);
  /** How long the pool wanted to wait after failures, ms; it waits for nothing but the next turn. */
  readonly pauses: number[] = [];
  readonly pause = async (ms: number): Promise<void> => {
    this.pauses.push(ms);
    await new Promise((resolve) => setTimeout(resolve, 20));
  };
  #ids = 0;

  private constructor(host: FakeHost, dataDir: string, db: Store) {
    this.host = host;
    this.dataDir = dataDir;
    this.db = db;
    this.store = new SandboxStore(db);
    this.archives = new ArchiveStore(db);
  }

  static async open(learners: string[] = ['ada', 'bob', 'cyd', 'dee']): Promise<TestLand> {
    const dataDir = mkdtempSync(join(tmpdir(), 'drydock-life-'));
    const host = await FakeHost.open();
    const db = await openStore(dataDir, () => undefined);
    const land = new TestLand(host, dataDir, db);
    cleanUps.push(async () => {
      await db.destroy();
      host.close();
      rmSync(dataDir, { recursive: true, force: true });
    });
    const store = new LearnerStore(db);
    for (const learner of learners) await store.register(learner, `hash-${learner}`, 1);
    return land;
  }

  /** Another server on the same host and database. */
  server(options: Partial<SandboxManagerOptions> = {}): SandboxManager {
    const { clock, uptime, store } = this;
    const host = this.host.host;
    const ids = { next: () => `sandbox${String(++this.#ids).padStart(4, '0')}` };
    const manager = new SandboxManager({
      host,
      store,
      archives: this.archivesOn(ids),
      clock,
      uptime,
      ids,
      logger: silent,
      limits: testLimits,
      maxSandboxes: 10,
      image: 'image',
      registryVolume: null,
      pool: 0,
      idle: { pauseAfter: never, stopAfter: never, removeAfter: never, removeWarning: 0 },
      egress: 'none',
      isBusy: () => false,
      letGoMs: 0,
      poolPace: { quietMs: 5, pause: this.pause },
      ...options,
    });
    cleanUps.push(() => manager.dispose());
    return manager;
  }

  archivesOn(
    ids: { next(): string } = { next: () => `archive${String(++this.#ids).padStart(4, '0')}` },
  ): WorkspaceArchives {
    const { dataDir, archives: store, clock } = this;
    return new WorkspaceArchives({
      dataDir,
      store,
      host: this.host.host,
      clock,
      ids,
      logger: silent,
      largest: 2 ** 20,
    });
  }

  /** Both clocks go on. */
  pass(ms: number): void {
    this.clock.time += ms;
    this.uptime.time += ms;
  }
}
