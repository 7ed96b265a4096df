import { expect, test, vi } from 'vitest';
import { never, TestLand } from './manager-fixture.ts';
import type { SandboxManager } from './sandbox-manager.ts';

function noticesOf(server: SandboxManager) {
  const status = server.statusOf('ada');
  return status.state === 'ready' ? status.notices : null;
}

test('two who ask at once get the same sandbox, started once', async () => {
  const land = await TestLand.open();
  const server = land.server();
  const [one, two] = await Promise.all([server.ensure('ada'), server.ensure('ada')]);
  expect(one).toEqual(two);
  expect(land.host.done).toEqual([`make ${one.id}`, `start ${one.id}`]);
});

test('resets at once are one reset, and one during a start waits for it', async () => {
  const land = await TestLand.open();
  const server = land.server();
  const prepare = async () => undefined;
  await Promise.all([server.ensure('ada'), ...[1, 2, 3].map(() => server.reset('ada', prepare))]);
  const verbs = land.host.done.map((each) => each.split(' ')[0]);
  expect(verbs).toEqual(['make', 'start', 'empty', 'make', 'start']);
  expect(server.statusOf('ada').state).toBe('ready');
});

test('a reset of a sandbox whose home has no files tells of nothing lost', async () => {
  const land = await TestLand.open();
  const server = land.server();
  await server.ensure('ada');
  land.pass(10);
  server.use('ada').dispose();
  await server.lookForUnused();
  // The home is not even looked at: this host has no `exec`.
  await server.reset('ada', async () => undefined);
  expect(noticesOf(server)).toEqual([]);
});

test('a start that failed can be tried again', async () => {
  const land = await TestLand.open();
  const server = land.server();
  land.host.failures.set('start', 1);
  await expect(server.ensure('ada')).rejects.toThrow('told to fail');
  expect(server.statusOf('ada')).toMatchObject({ state: 'failed', error: { code: 'engine.failed' } });
  await server.ensure('ada');
  expect(server.statusOf('ada').state).toBe('ready');
});

test('no new sandbox is made on a disk that is nearly full, and those that are there go on', async () => {
  const land = await TestLand.open();
  const server = land.server();
  const { id } = await server.ensure('ada');
  await server.stop(id, 'operator');
  land.host.diskFree = 2 ** 29;
  await expect(server.ensure('bob')).rejects.toMatchObject({ code: 'host.disk-full' });
  await server.ensure('ada');
  expect(server.statusOf('ada').state).toBe('ready');
});

test('when no more fit, the one that is paused goes before one that somebody has open', async () => {
  const land = await TestLand.open();
  const server = land.server({
    maxSandboxes: 2,
    idle: { pauseAfter: 100, stopAfter: never, removeAfter: never, removeWarning: 0 },
  });
  const ada = await server.ensure('ada');
  server.setAttended('ada', true);
  const bob = await server.ensure('bob');
  server.setAttended('bob', true);
  land.pass(50);
  server.use('ada').dispose();
  land.pass(80);
  await server.lookForUnused();
  expect(server.statusOf('bob').state).toBe('paused');
  await server.ensure('cyd');
  expect(server.statusOf('bob')).toMatchObject({ state: 'stopped', why: 'room' });
  expect(server.statusOf('ada').state).toBe('ready');
  expect(land.host.running()).toContain(ada.id);
  expect(land.host.running()).not.toContain(bob.id);
});

test('when all are open and in use, the next learner is told that there is no room', async () => {
  const land = await TestLand.open();
  const server = land.server({ maxSandboxes: 1 });
  await server.ensure('ada');
  server.setAttended('ada', true);
  await expect(server.ensure('bob')).rejects.toMatchObject({ code: 'sandbox.limit' });
});

test('what a learner read is shown no more, also after a restart of the server', async () => {
  const land = await TestLand.open();
  const server = land.server();
  const { id } = await server.ensure('ada');
  await server.stop(id, 'operator');
  await server.ensure('ada');
  await vi.waitFor(() => expect(noticesOf(server)).toMatchObject([{ kind: 'restarted', why: 'operator' }]), {
    timeout: 5_000,
  });
  const again = land.server();
  await again.adopt();
  await again.ensure('ada');
  expect(noticesOf(again)).toMatchObject([{ kind: 'restarted' }]);
  again.dismiss('ada', 'restarted');
  expect(noticesOf(again)).toEqual([]);
  await vi.waitFor(async () => expect((await land.store.rowOf('ada'))?.notices).toEqual([]), 15_000);
});

test('a sandbox that dies is told of, and comes back where a page is open', async () => {
  const land = await TestLand.open();
  const server = land.server();
  server.watch();
  const { id } = await server.ensure('ada');
  server.setAttended('ada', true);
  const told: object[] = [];
  server.onChanged(({ status }) => told.push(status));
  land.host.kill(id);
  expect(told[0]).toMatchObject({ state: 'failed', error: { code: 'sandbox.gone' } });
  await vi.waitFor(() => expect(server.statusOf('ada').state).toBe('ready'), { timeout: 5_000 });
  await vi.waitFor(() => expect(noticesOf(server)).toMatchObject([{ kind: 'restarted', why: 'died' }]), {
    timeout: 5_000,
  });
});

test('an engine that is lost and comes back: open pages get their sandbox by themselves, with the reason', async () => {
  const land = await TestLand.open();
  const server = land.server();
  server.watch();
  const ada = await server.ensure('ada');
  server.setAttended('ada', true);
  await server.ensure('bob');
  land.host.tell({ type: 'engine-lost' });
  expect(server.statusOf('ada')).toMatchObject({ state: 'failed', error: { code: 'engine.unreachable' } });
  for (const record of land.host.records.values()) record.state = 'exited';
  land.host.ends.set(ada.id, { at: 5, exitCode: 137, outOfMemory: false });
  land.host.tell({ type: 'reconnected' });
  await vi.waitFor(() => expect(server.statusOf('ada').state).toBe('ready'), { timeout: 5_000 });
  await vi.waitFor(
    () => expect(noticesOf(server)).toMatchObject([{ kind: 'restarted', why: 'engine', stoppedAt: 5 }]),
    { timeout: 5_000 },
  );
  expect(server.statusOf('bob').state).toBe('none');
});

test('the operator’s list knows learners’ sandboxes and those of the pool', async () => {
  const land = await TestLand.open();
  const server = land.server();
  const { id } = await server.ensure('ada');
  await land.store.joinPool('pooled001', 1, 1);
  expect(await server.list()).toMatchObject([
    { id, learner: 'ada', state: 'ready', pooled: false },
    { id: 'pooled001', learner: null, state: 'starting', pooled: true },
  ]);
  await expect(server.stop('nosuchid1', 'operator')).rejects.toMatchObject({ code: 'sandbox.gone' });
});

test('where the disk is watched, the one that is too full is stopped alone, and gets time to be tidied', async () => {
  const land = await TestLand.open();
  const manager = land.server();
  const ada = await manager.ensure('ada');
  const bob = await manager.ensure('bob');
  land.host.disk = new Map([
    [ada.id, 2 ** 50],
    [bob.id, 5],
  ]);
  await manager.lookAtDisks();
  expect(manager.statusOf('ada')).toMatchObject({ state: 'failed', error: { code: 'sandbox.disk-full' } });
  expect(manager.statusOf('bob').state).toBe('ready');
  await manager.ensure('ada');
  expect(noticesOf(manager)).toMatchObject([{ kind: 'disk-full', usedBytes: 2 ** 50 }]);
  await manager.lookAtDisks();
  expect(manager.statusOf('ada').state).toBe('ready');
  land.pass(6 * 60_000);
  await manager.lookAtDisks();
  expect(manager.statusOf('ada').state).toBe('failed');
});

test('the internet is open while a lesson that asks for it is open, and the status says so', async () => {
  const land = await TestLand.open();
  const server = land.server({ egress: 'lessons' });
  server.askEgress('ada', 'course/web', true);
  const { id } = await server.ensure('ada');
  const egress = () => {
    const status = server.statusOf('ada');
    return status.state === 'ready' ? status.limits.egress : null;
  };
  await vi.waitFor(() => expect(egress()).toBe('internet'), { timeout: 5_000 });
  server.askEgress('ada', 'course/web', false);
  await vi.waitFor(() => expect(egress()).toBe('none'), { timeout: 5_000 });
  expect(land.host.done.filter((each) => each.startsWith('egress'))).toEqual([
    `egress-internet ${id}`,
    `egress-none ${id}`,
  ]);
});

test('an internet that is refused or cannot be had is told of, and the sandbox starts all the same', async () => {
  const land = await TestLand.open();
  const refusing = land.server({ egress: 'none' });
  refusing.askEgress('ada', 'course/web', true);
  await refusing.ensure('ada');
  await vi.waitFor(() => expect(noticesOf(refusing)).toMatchObject([{ kind: 'egress-unavailable' }]), {
    timeout: 5_000,
  });
  expect(land.host.done.some((each) => each.startsWith('egress-internet'))).toBe(false);
  refusing.askEgress('ada', 'course/web', false);
  await vi.waitFor(() => expect(noticesOf(refusing)).toEqual([]), { timeout: 5_000 });

  const failing = land.server({ egress: 'all' });
  land.host.failures.set('egress-internet', 1);
  failing.askEgress('ada', 'course/web', true);
  await failing.ensure('ada');
  await vi.waitFor(
    () => expect(noticesOf(failing)).toMatchObject([{ kind: 'egress-unavailable', message: expect.any(String) }]),
    { timeout: 5_000 },
  );
  expect(failing.statusOf('ada')).toMatchObject({ state: 'ready', limits: { egress: 'none' } });
});
