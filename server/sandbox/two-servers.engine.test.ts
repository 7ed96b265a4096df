import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { labId } from '../config.ts';
import { createDockerSandboxHost } from '../docker/docker-sandbox-host.ts';
import { ArchiveStore } from '../store/archive-store.ts';
import { LearnerStore } from '../store/learner-store.ts';
import { openStore } from '../store/open-store.ts';
import { SandboxStore } from '../store/sandbox-store.ts';
import { randomIds, systemClock, systemUptime } from '../system-clock.ts';
import { testLimits } from '../test-limits.ts';
import { mainLabConfig, testSandboxImage } from '../test-sandbox-image.ts';
import { SandboxManager } from './sandbox-manager.ts';
import { buildSeccompProfile } from './seccomp/build-seccomp-profile.ts';
import { WorkspaceArchives } from './workspace-archives.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const never = Number.POSITIVE_INFINITY;

test('two servers on one engine and one database: a shared pool, and never one sandbox for two', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'drydock-two-'));
  const { engine } = mainLabConfig();
  const host = createDockerSandboxHost({
    engine,
    lab: labId(dataDir),
    seccompProfile: buildSeccompProfile(),
    logger: silent,
  });
  const db = await openStore(dataDir);
  const servers = [1, 2].map(() => {
    const archives = new WorkspaceArchives({
      dataDir,
      store: new ArchiveStore(db),
      host,
      clock: systemClock,
      ids: randomIds,
      logger: silent,
      largest: 2 ** 20,
    });
    const manager = new SandboxManager({
      host,
      store: new SandboxStore(db),
      archives,
      clock: systemClock,
      uptime: systemUptime,
      ids: randomIds,
      logger: silent,
      limits: testLimits,
      maxSandboxes: 8,
      image: testSandboxImage(),
      registryVolume: null,
      pool: 2,
      idle: { pauseAfter: never, stopAfter: never, removeAfter: never, removeWarning: 0 },
      egress: 'none',
      isBusy: () => false,
    });
    return { manager };
  });
  const [one, two] = servers;
  if (one === undefined || two === undefined) throw new Error('there are two');
  try {
    const learners = ['ada', 'bob', 'cyd'];
    for (const learner of learners) await new LearnerStore(db).register(learner, learner, 1);
    await Promise.all(servers.map(({ manager }) => manager.adopt()));
    for (const { manager } of servers) manager.watch();
    const poolOf = async () => (await one.manager.list()).filter(({ pooled, state }) => pooled && state === 'ready');
    await vi.waitFor(async () => expect(await poolOf()).toHaveLength(2), { timeout: 60_000, interval: 500 });
    const waiting = new Set((await poolOf()).map(({ id }) => id));
    await Promise.all(servers.map(({ manager }) => manager.adopt()));
    expect(new Set((await poolOf()).map(({ id }) => id))).toEqual(waiting);

    const got = await Promise.all(
      servers.flatMap(({ manager }) => learners.map(async (learner) => [learner, (await manager.ensure(learner)).id])),
    );
    for (const learner of learners) {
      expect(new Set(got.filter(([whose]) => whose === learner).map(([, id]) => id)).size, learner).toBe(1);
    }
    expect(new Set(got.map(([, id]) => id)).size).toBe(learners.length);
  } finally {
    for (const { manager } of servers) manager.dispose();
    await Promise.all(servers.map(({ manager }) => manager.settled()));
    for (const record of await host.list()) await host.remove(record.id, { keepHome: false });
    await db.destroy();
    rmSync(dataDir, { recursive: true, force: true });
  }
}, 180_000);
