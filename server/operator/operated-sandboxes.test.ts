import { expect, test } from 'vitest';
import type { SandboxStatus, SandboxUse } from '../../protocol/sandbox.ts';
import { Emitter } from '../emitter.ts';
import { DiskReports, followSandboxes, listSandboxes, type OperatedSandboxes } from './operated-sandboxes.ts';
import { PrometheusMetrics } from './prometheus-metrics.ts';

const ignore = () => undefined;

function fakeSandboxes() {
  const changed = new Emitter<{ status: SandboxStatus }>(ignore);
  const claimed = new Emitter<{ source: string; ms: number }>(ignore);
  const measured = new Emitter<{ learner: string; use: SandboxUse }>(ignore);
  const sandboxes: OperatedSandboxes = {
    list: async () => [
      { id: 'running1', learner: 'ada', state: 'ready', createdAt: 1, usedAt: 2 },
      { id: 'stopped1', learner: 'grace', state: 'stopped', createdAt: 1, usedAt: 2 },
      { id: 'pooled11', learner: null, state: 'ready', createdAt: 1, usedAt: null },
    ],
    stop: async () => undefined,
    remove: async () => undefined,
    counts: () => {
      throw new Error('not asked here');
    },
    onChanged: (listener) => changed.on(listener),
    onClaimed: (listener) => claimed.on(listener),
    onMeasured: (listener) => measured.on(listener),
  };
  return { sandboxes, changed, claimed, measured };
}

const use: SandboxUse = {
  at: 1,
  memory: 5,
  cpus: 1,
  pids: 9,
  disk: { bytes: 100, inodes: 1 },
  home: { bytes: 20, inodes: 1 },
  openFiles: 1,
  logBytes: 1,
};

test('what runs is listed with what the engine counts; the disk is what the sandbox said last', async () => {
  const { sandboxes, measured } = fakeSandboxes();
  const disks = new DiskReports(sandboxes);
  measured.emit({ learner: 'ada', use });
  measured.emit({ learner: 'ada', use: { ...use, disk: null, home: null } });
  const asked: string[][] = [];
  const listed = await listSandboxes(
    sandboxes,
    async (ids) => {
      asked.push([...ids]);
      return new Map([['running1', { memory: 44, cpus: 0.5 }]]);
    },
    disks,
  );
  expect(asked).toEqual([['running1', 'pooled11']]);
  expect(listed.map(({ id, memory, cpus, disk }) => [id, memory, cpus, disk])).toEqual([
    ['running1', 44, 0.5, 120],
    ['stopped1', null, null, null],
    ['pooled11', null, null, null],
  ]);
});

test('an engine that does not say what is used keeps nobody from the list', async () => {
  const { sandboxes } = fakeSandboxes();
  const refuse = () => Promise.reject(new Error('no answer'));
  const listed = await listSandboxes(sandboxes, refuse, new DiskReports(sandboxes));
  expect(listed.map(({ id, memory }) => [id, memory])).toEqual([
    ['running1', null],
    ['stopped1', null],
    ['pooled11', null],
  ]);
});

test('claims and failures are counted until nobody follows any more', async () => {
  const { sandboxes, changed, claimed } = fakeSandboxes();
  const metrics = new PrometheusMetrics();
  const following = followSandboxes(sandboxes, metrics);
  const failed: SandboxStatus = { state: 'failed', error: { code: 'engine.failed', message: 'It refused.' }, since: 1 };
  const limits = {} as Extract<SandboxStatus, { state: 'ready' }>['limits'];
  const ready: SandboxStatus = { state: 'ready', since: 1, startedInMs: 2, limits, notices: [] };
  changed.emit({ status: { state: 'starting', stage: 'queued', since: 0 } });
  changed.emit({ status: ready });
  changed.emit({ status: failed });
  claimed.emit({ source: 'pool', ms: 30 });
  following.dispose();
  changed.emit({ status: failed });
  claimed.emit({ source: 'pool', ms: 30 });
  const lines = (await metrics.render([])).split('\n');
  expect(lines).toEqual(
    expect.arrayContaining([
      'drydock_sandbox_failures_total{code="engine.failed"} 1',
      'drydock_claims_total{source="pool"} 1',
      'drydock_claim_seconds_sum{source="pool"} 0.03',
    ]),
  );
});
