import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { idleStep } from './idle-sweeper.ts';
import { never, TestLand } from './manager-fixture.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const limits = { pauseAfter: 15 * minute, stopAfter: 2 * 60 * minute, removeAfter: 30 * day, removeWarning: 7 * day };

async function landWithIdle(options: Parameters<TestLand['server']>[0] = {}) {
  const land = await TestLand.open();
  return { land, server: land.server({ idle: limits, ...options }) };
}

test('the farthest step that is due counts, in whatever order the limits are', () => {
  expect(idleStep('running', 14 * minute, limits)).toBeNull();
  expect(idleStep('running', 15 * minute, limits)).toBe('pause');
  expect(idleStep('paused', 15 * minute, limits)).toBeNull();
  expect(idleStep('paused', 121 * minute, limits)).toBe('stop');
  expect(idleStep('exited', 121 * minute, limits)).toBeNull();
  expect(idleStep('exited', 31 * day, limits)).toBe('remove');
  expect(idleStep('gone', 31 * day, limits)).toBe('remove');
  const upsideDown = { pauseAfter: 3_000, stopAfter: 2_000, removeAfter: 1_000 };
  expect(idleStep('running', 2_500, { ...upsideDown, removeAfter: never })).toBe('stop');
  expect(idleStep('running', 1_500, upsideDown)).toBe('remove');
  expect(idleStep('running', 2_500, { pauseAfter: 2_000, stopAfter: 2_000, removeAfter: never })).toBe('stop');
  expect(idleStep('running', 1_000 * day, { pauseAfter: never, stopAfter: never, removeAfter: never })).toBeNull();
});

test('unused, a sandbox is paused, then stopped, then removed with its files kept; use in between begins anew', async () => {
  const { land, server } = await landWithIdle();
  const { id } = await server.ensure('ada');
  const look = async (passed: number) => {
    land.pass(passed);
    await server.lookForUnused();
    return server.statusOf('ada').state;
  };
  expect(await look(10 * minute)).toBe('ready');
  server.use('ada').dispose();
  expect(await look(10 * minute)).toBe('ready');
  expect(await look(5 * minute)).toBe('paused');
  await server.ensure('ada');
  expect(server.statusOf('ada')).toMatchObject({ state: 'ready', notices: [{ kind: 'woken' }] });
  expect(await look(16 * minute)).toBe('paused');
  expect(await look(105 * minute)).toBe('stopped');
  expect(server.statusOf('ada')).toMatchObject({ why: 'idle' });
  expect((await server.outlook('ada')).removeAt).toBeNull();
  expect(await look(24 * day)).toBe('stopped');
  const { removeAt } = await server.outlook('ada');
  expect(removeAt).toBeGreaterThan(land.clock.now());
  expect(removeAt).toBeLessThan(land.clock.now() + 7 * day);
  expect(await look(7 * day)).toBe('none');
  expect(land.host.records.size).toBe(0);
  const { archives } = await server.outlook('ada');
  expect(readdirSync(join(land.dataDir, 'archives'))).toEqual([`${archives[0]?.id}.tar.gz`]);

  const fresh = await server.ensure('ada');
  expect(fresh.id).not.toBe(id);
  await vi.waitFor(() =>
    expect(server.statusOf('ada')).toMatchObject({ notices: [{ kind: 'archived', archive: { id: archives[0]?.id } }] }),
  );
});

test('a wall clock that jumps pauses nothing that is in use, and keeps nothing that is not', async () => {
  const { land, server } = await landWithIdle();
  await server.ensure('ada');
  await server.ensure('bob');
  await server.lookForUnused();
  for (const jump of [365 * day, -700 * day, 3 * day]) {
    land.clock.time += jump;
    land.uptime.time += 6 * minute;
    server.use('ada').dispose();
    await server.lookForUnused();
    expect(server.statusOf('ada').state).toBe('ready');
  }
  expect(server.statusOf('bob').state).toBe('paused');
});

test('what is held, builds, or runs for a request is in use however long it takes', async () => {
  const busy = new Set<string>();
  const { land, server } = await landWithIdle({ isBusy: (id) => busy.has(id) });
  const ada = await server.ensure('ada');
  await server.ensure('bob');
  busy.add(ada.id);
  const holding = server.use('bob');
  land.pass(day);
  await server.lookForUnused();
  expect([server.statusOf('ada').state, server.statusOf('bob').state]).toEqual(['ready', 'ready']);
  busy.clear();
  holding.dispose();
  land.pass(16 * minute);
  await server.lookForUnused();
  expect([server.statusOf('ada').state, server.statusOf('bob').state]).toEqual(['paused', 'paused']);
});

test('looking at output counts for an hour after the last thing the person did, and no longer', async () => {
  const { land, server } = await landWithIdle();
  await server.ensure('ada');
  for (let minutes = 0; minutes < 59; minutes += 10) {
    land.pass(10 * minute);
    server.watched('ada');
    await server.lookForUnused();
    expect(server.statusOf('ada').state).toBe('ready');
  }
  for (let minutes = 0; minutes < 20; minutes += 10) {
    land.pass(10 * minute);
    server.watched('ada');
    await server.lookForUnused();
  }
  expect(server.statusOf('ada').state).toBe('paused');
});

test('time in which no server ran counts, but a week of it at most', async () => {
  const { land, server } = await landWithIdle();
  await server.ensure('ada');
  await server.lookForUnused();
  server.dispose();
  land.clock.time += 300 * day; // and the next process has an uptime of its own
  land.uptime.time = 5;
  const next = land.server({ idle: limits });
  await next.adopt();
  await next.lookForUnused();
  expect(next.statusOf('ada')).toMatchObject({ state: 'stopped', why: 'idle' });
  expect((await land.store.rowOf('ada'))?.idleMs).toBe(7 * day);
});

test('two servers that count the same sandbox do not count its time twice', async () => {
  const { land, server } = await landWithIdle();
  const other = land.server({ idle: limits });
  await server.ensure('ada');
  for (let minutes = 0; minutes < 10; minutes += 1) {
    land.pass(minute / 2);
    await server.lookForUnused();
    land.pass(minute / 2);
    await other.lookForUnused();
  }
  const idleMs = (await land.store.rowOf('ada'))?.idleMs ?? 0;
  expect(idleMs).toBeGreaterThan(8 * minute);
  expect(idleMs).toBeLessThanOrEqual(10 * minute);
});

test('a sandbox that cannot be paused stays as it is', async () => {
  const { land, server } = await landWithIdle();
  await server.ensure('ada');
  land.host.failures.set('pause', 1);
  land.pass(20 * minute);
  await server.lookForUnused();
  expect(server.statusOf('ada').state).toBe('ready');
});

test('what waits for a sandbox to wake goes on in the order in which it came', async () => {
  const { land, server } = await landWithIdle();
  const { id } = await server.ensure('ada');
  land.pass(20 * minute);
  await server.lookForUnused();
  let open: () => void = () => undefined;
  land.host.gates.set(`start ${id}`, new Promise<void>((resolve) => (open = resolve)));
  const order: number[] = [];
  const request = async (number: number) => {
    const waking = server.wake('ada');
    if (waking !== null) await waking;
    server.ready('ada');
    order.push(number);
  };
  const early = [1, 2, 3].map(request);
  await new Promise((resolve) => setTimeout(resolve, 20));
  const late = [4, 5].map(request);
  server.onChanged(({ status }) => {
    // The moment it is ready, others may ask without waiting: they are behind those that waited.
    if (status.state === 'ready') setImmediate(() => late.push(request(6)));
  });
  open();
  await Promise.all([...early, ...late]);
  await vi.waitFor(() => expect(order).toEqual([1, 2, 3, 4, 5, 6]), 15_000);
});

test('a request wakes what is paused, starts what is stopped, and makes nothing where nothing was', async () => {
  const { land, server } = await landWithIdle();
  expect(server.wake('ada')).toBeNull();
  const { id } = await server.ensure('ada');
  expect(server.wake('ada')).toBeNull();
  await server.stop(id, 'operator');
  expect(() => server.wake('ada')).toThrow(expect.objectContaining({ code: 'sandbox.starting' }));
  await vi.waitFor(() => expect(server.statusOf('ada').state).toBe('ready'), 15_000);
  land.pass(20 * minute);
  await server.lookForUnused();
  await server.wake('ada');
  expect(server.statusOf('ada').state).toBe('ready');
});

test('one that came back while it was being looked at is left alone', async () => {
  const { land, server } = await landWithIdle();
  const { id } = await server.ensure('ada');
  land.pass(20 * minute);
  const looking = server.lookForUnused();
  server.use('ada').dispose();
  await looking;
  expect(server.statusOf('ada').state).toBe('ready');
  expect(land.host.done).not.toContain(`pause ${id}`);
});

test('a server that starts tells at once what is paused and what is stopped', async () => {
  const { land, server } = await landWithIdle();
  const all = ['ada', 'bob', 'cyd', 'dee'];
  const got = new Map<string, string>();
  for (const learner of all) got.set(learner, (await server.ensure(learner)).id);
  land.pass(20 * minute);
  server.use('bob').dispose();
  server.use('dee').dispose();
  await server.lookForUnused();
  await server.stop(got.get('cyd') ?? '', 'operator');
  server.dispose();
  const dee = land.host.records.get(got.get('dee') ?? '');
  if (dee !== undefined) dee.state = 'exited'; // the machine's power went

  const next = land.server({ idle: limits });
  await next.adopt();
  expect(all.map((learner) => next.statusOf(learner))).toMatchObject([
    { state: 'paused' },
    { state: 'none' },
    { state: 'stopped', why: 'operator' },
    { state: 'none' },
  ]);
  expect(next.counts().byState).toMatchObject({ paused: 1, ready: 1, stopped: 1, none: 1 });
  await next.ensure('bob');
  expect(next.statusOf('bob')).toMatchObject({ state: 'ready', notices: [] });
});

test('one that is being archived stays when its learner comes back on another server', async () => {
  const land = await TestLand.open();
  const idle = { pauseAfter: never, stopAfter: never, removeAfter: 100, removeWarning: 0 };
  const [here, there] = [land.server({ idle }), land.server({ idle })];
  const { id } = await there.ensure('ada');
  await there.stop(id, 'operator');
  await here.adopt();
  await here.lookForUnused();
  land.pass(200);
  let go = () => {};
  land.host.gates.set(`read-home ${id}`, new Promise<void>((resolve) => (go = resolve)));
  const looking = here.lookForUnused();
  await vi.waitFor(() => expect(here.statusOf('ada').state).toBe('stopped'), 15_000);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await there.ensure('ada')).toMatchObject({ id });
  go();
  await looking;
  expect(land.host.done).toContain(`read-home ${id}`);
  expect(land.host.done).not.toContain(`remove ${id}`);
  expect(await land.store.rowOf('ada')).toMatchObject({ id });
});

test('one of a lab that did not count yet is counted, too', async () => {
  const land = await TestLand.open();
  const first = land.server();
  const { id } = await first.ensure('ada');
  first.dispose();
  await land.db.updateTable('sandbox').set({ idle_at: 0 }).execute();
  const server = land.server({ idle: { pauseAfter: 100, stopAfter: 200, removeAfter: never, removeWarning: 0 } });
  await server.adopt();
  land.pass(250);
  await server.lookForUnused();
  expect(land.host.running()).not.toContain(id);
});
