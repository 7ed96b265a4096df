import { expect, test, vi } from 'vitest';
import { TestLand } from './manager-fixture.ts';
import { poolSize } from './pool-size.ts';
import type { SandboxManager } from './sandbox-manager.ts';

const poolIsReady = (server: SandboxManager, ready: number) =>
  vi.waitFor(() => expect(server.counts().pool).toMatchObject({ ready, filling: false }), { timeout: 15_000 });

test('the pool never takes the last place, and is small where few fit', () => {
  expect([1, 2, 3, 4, 200].map((most) => poolSize(null, most))).toEqual([0, 1, 1, 2, 2]);
  expect(poolSize(50, 10)).toBe(9);
  expect(poolSize(0, 10)).toBe(0);
});

test('a learner gets a sandbox of the pool at once, and the pool is filled again', async () => {
  const land = await TestLand.open();
  const server = land.server({ pool: 1 });
  server.watch();
  await poolIsReady(server, 1);
  const [waiting] = land.host.running();
  const sources: string[] = [];
  server.onClaimed(({ source }) => sources.push(source));
  const { id } = await server.ensure('ada');
  expect(id).toBe(waiting);
  expect(sources).toEqual(['pool']);
  await vi.waitFor(() => expect(land.host.done).toContain(`normal ${id}`), 15_000);
  await poolIsReady(server, 1);
  expect(land.host.running()).toHaveLength(2);
});

test('many who ask at once never share a sandbox', async () => {
  const land = await TestLand.open();
  const server = land.server({ pool: 3 });
  server.watch();
  await poolIsReady(server, 3);
  const learners = ['ada', 'bob', 'cyd', 'dee'];
  const got = await Promise.all(learners.map((learner) => server.ensure(learner)));
  expect(new Set(got.map(({ id }) => id)).size).toBe(4);
});

test('two servers on one database never give the same sandbox twice, nor two to one learner', async () => {
  const land = await TestLand.open();
  const [one, two] = [land.server({ pool: 2 }), land.server({ pool: 2 })];
  one.watch();
  await poolIsReady(one, 2);
  two.watch();
  await poolIsReady(two, 2);
  const got = await Promise.all([one.ensure('ada'), two.ensure('bob'), one.ensure('cyd'), two.ensure('ada')]);
  const [ada, bob, cyd, adaAgain] = got.map(({ id }) => id);
  expect(adaAgain).toBe(ada);
  expect(new Set([ada, bob, cyd]).size).toBe(3);
  expect((await land.store.rows()).map(({ id }) => id).sort()).toEqual([ada, bob, cyd].sort());
});

test('two servers that fill one pool make no more than is wanted, and remove nothing of each other', async () => {
  const land = await TestLand.open();
  const [one, two] = [land.server({ pool: 2 }), land.server({ pool: 2 })];
  one.watch();
  two.watch();
  await vi.waitFor(async () => expect((await land.store.pool()).filter(({ ready }) => ready)).toHaveLength(2), {
    timeout: 15_000,
  });
  await Promise.all([one.adopt(), two.adopt()]);
  expect(land.host.running()).toHaveLength(2);
  expect(land.host.done.filter((each) => each.startsWith('remove'))).toEqual([]);
});

test('the pool waits while a learner’s start is under way', async () => {
  const land = await TestLand.open();
  const server = land.server({ pool: 1 });
  let open: () => void = () => undefined;
  land.host.gates.set('start sandbox0001', new Promise<void>((resolve) => (open = resolve)));
  const start = server.ensure('ada');
  await vi.waitFor(() => expect(land.host.done).toContain('make sandbox0001'), 15_000);
  server.watch();
  await new Promise((resolve) => setTimeout(resolve, 100)); // many times what the pool waits when it is quiet
  expect(land.host.records.size).toBe(1);
  open();
  await start;
  await poolIsReady(server, 1);
});

test('a pool that cannot be filled tries less and less often, and learners get theirs all the same', async () => {
  const land = await TestLand.open();
  land.host.failures.set('background', 10); // only the pool asks for that
  const server = land.server({ pool: 1 });
  server.watch();
  await vi.waitFor(() => expect(land.pauses.length).toBeGreaterThanOrEqual(4), { timeout: 15_000 });
  await server.ensure('ada');
  expect(server.statusOf('ada').state).toBe('ready');
  await poolIsReady(server, 1);
  expect(land.pauses).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 300, 300].map((seconds) => seconds * 1_000));
  // What was begun and failed is gone again.
  expect(land.host.records.size).toBe(2);
});

test('a sandbox of the pool that died or does not answer is never given away', async () => {
  const land = await TestLand.open();
  const server = land.server({ pool: 2 });
  server.watch();
  await poolIsReady(server, 2);
  const [dead] = land.host.running();
  if (dead === undefined) throw new Error('nothing runs');
  land.host.kill(dead);
  land.host.daemonAnswers = false;
  const { id } = await server.ensure('ada');
  expect(id).not.toBe(dead);
  // The other did not answer either, so this one was made.
  expect(land.host.done).toContain(`make ${id}`);
  await vi.waitFor(() => expect(land.host.records.has(dead)).toBe(false), 15_000);
});

test('after a restart of the server the pool is found again; what is surplus or was let go of is removed', async () => {
  const land = await TestLand.open();
  const first = land.server({ pool: 2 });
  first.watch();
  await poolIsReady(first, 2);
  const before = land.host.running();
  first.dispose();
  await land.host.make({ id: 'ofnobody1' } as never);
  await land.store.joinPool('ofnobody1', 1, 9);
  await land.store.leavePool('ofnobody1');
  const second = land.server({ pool: 1 });
  await second.adopt();
  second.watch();
  await vi.waitFor(async () => expect(await land.store.pool()).toHaveLength(1), { timeout: 15_000 });
  await poolIsReady(second, 1);
  expect(land.host.running()).toHaveLength(1);
  expect(before).toContain(land.host.running()[0]);
  expect(land.host.records.has('ofnobody1')).toBe(false);
  expect(await land.store.released()).not.toContain('ofnobody1');
});

test('a sandbox that the database does not know is stopped and kept: the database may be an old copy', async () => {
  const land = await TestLand.open();
  const first = land.server({ pool: 0 });
  const { id } = await first.ensure('ada');
  first.dispose();
  await land.db.deleteFrom('sandbox').execute();
  const second = land.server({ pool: 0 });
  await second.adopt();
  expect(land.host.records.get(id)?.state).toBe('exited');
  expect(land.host.done).not.toContain(`remove ${id}`);
  expect(await second.list()).toMatchObject([{ id, learner: null, pooled: false }]);
  await expect(second.remove(id)).rejects.toMatchObject({ code: 'sandbox.gone' });
  await second.remove(id, 'discard');
  expect(land.host.records.has(id)).toBe(false);
});

test('sandboxes of an older image are replaced', async () => {
  const land = await TestLand.open();
  const first = land.server({ pool: 1 });
  first.watch();
  await poolIsReady(first, 1);
  const [old] = land.host.running();
  first.dispose();
  land.host.spec = 'spec-2';
  const second = land.server({ pool: 1 });
  second.watch();
  await poolIsReady(second, 1);
  expect(land.host.running()).not.toContain(old);
});

test('a learner who needs the room gets that of the pool, before anybody else’s', async () => {
  const land = await TestLand.open();
  const server = land.server({ pool: 1, maxSandboxes: 2 });
  const ada = await server.ensure('ada');
  await server.stop(ada.id, 'operator');
  const bob = await server.ensure('bob');
  server.watch();
  await poolIsReady(server, 1);
  await server.ensure('ada');
  expect(land.host.running().sort()).toEqual([ada.id, bob.id].sort());
});
