import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import type { DaemonEvent, DaemonKind, VolumeSummary } from '../../protocol/docker.ts';
import { DaemonState } from './daemon-state.ts';
import type { EventSubscription, InnerDaemon } from './inner-daemon.ts';

const logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

const states: DaemonState[] = [];

afterEach(() => {
  for (const state of states.splice(0)) state.dispose();
});

/** A daemon whose volumes, events and failures the test decides. */
class FakeDaemon {
  asked: Record<DaemonKind, number> = { containers: 0, images: 0, networks: 0, volumes: 0 };
  volumeList: VolumeSummary[] = [];
  reachable = true;
  #listener: ((event: DaemonEvent) => void) | null = null;
  #end: () => void = () => undefined;

  async containers() {
    return this.#list('containers', []);
  }

  async images() {
    return this.#list('images', []);
  }

  async networks() {
    return this.#list('networks', []);
  }

  async volumes() {
    return this.#list('volumes', this.volumeList);
  }

  async subscribe(listener: (event: DaemonEvent) => void, signal: AbortSignal): Promise<EventSubscription> {
    if (!this.reachable) throw new Error('down');
    this.#listener = listener;
    const ended = new Promise<void>((resolve) => {
      this.#end = resolve;
      signal.addEventListener('abort', () => resolve());
    });
    return { ended, skipped: 0 };
  }

  event(type: string, action: string): void {
    this.#listener?.({ type, action, id: 'x', attributes: {}, at: 0 });
  }

  hangUp(): void {
    this.#listener = null;
    this.#end();
  }

  #list<T>(kind: DaemonKind, list: T[]): T[] {
    this.asked[kind] += 1;
    if (!this.reachable) throw new Error('down');
    return [...list];
  }
}

function volume(name: string): VolumeSummary {
  return { name, driver: 'local', mountpoint: '', createdAt: null, labels: {} };
}

function stateOf(daemon: FakeDaemon): { state: DaemonState; changes: string[] } {
  const state = new DaemonState(daemon as unknown as InnerDaemon, { logger, refreshMs: 20, retryMs: 10 });
  states.push(state);
  const changes: string[] = [];
  state.changed.on((change) => changes.push(`${change.status}:${[...change.kinds].sort().join(',')}`));
  return { state, changes };
}

async function until(condition: () => boolean): Promise<void> {
  for (let count = 0; !condition(); count++) {
    if (count > 400) throw new Error('it did not come about');
    await sleep(5);
  }
}

it('holds all lists once started', async () => {
  const daemon = new FakeDaemon();
  daemon.volumeList = [volume('data')];
  const { state, changes } = stateOf(daemon);
  expect(state.status).toBe('connecting');
  await Promise.all([state.start(), state.start()]);
  expect(state.snapshot()).toMatchObject({ status: 'live', volumes: [{ name: 'data' }] });
  expect(changes).toEqual(['live:containers,images,networks,volumes']);
  expect(daemon.asked.volumes).toBe(1);
});

it('lists again only what an event can have changed, and tells only of a change', async () => {
  const daemon = new FakeDaemon();
  const { state, changes } = stateOf(daemon);
  await state.start();
  changes.length = 0;
  const before = state.snapshot();
  daemon.volumeList = [volume('new')];
  daemon.event('volume', 'create');
  await until(() => changes.length === 1);
  expect(changes).toEqual(['live:volumes']);
  expect(before.volumes).toEqual([]);
  expect(daemon.asked).toEqual({ containers: 1, images: 1, networks: 1, volumes: 2 });
  daemon.event('volume', 'create');
  await until(() => daemon.asked.volumes === 3);
  await sleep(10);
  expect(changes).toHaveLength(1);
});

it('makes one refresh of a flood of events', async () => {
  const daemon = new FakeDaemon();
  const { state } = stateOf(daemon);
  await state.start();
  for (let count = 0; count < 20; count++) {
    for (let each = 0; each < 100; each++) daemon.event('container', 'start');
    await sleep(5);
  }
  await sleep(50);
  // 2000 events in about 100 ms, at most one refresh per 20 ms.
  expect(daemon.asked.containers).toBeLessThanOrEqual(14);
  expect(daemon.asked.containers).toBeGreaterThan(2);
});

it('comes back after a lost connection and lists what it missed', async () => {
  const daemon = new FakeDaemon();
  const { state, changes } = stateOf(daemon);
  await state.start();
  changes.length = 0;
  daemon.reachable = false;
  daemon.hangUp();
  await until(() => state.status === 'lost');
  daemon.volumeList = [volume('missed')];
  await sleep(30);
  daemon.reachable = true;
  await until(() => state.status === 'live');
  expect(state.snapshot().volumes).toMatchObject([{ name: 'missed' }]);
  expect(changes).toEqual(['lost:', 'live:volumes']);
});

it('waits for a daemon that is not there yet, and stops when disposed', async () => {
  const daemon = new FakeDaemon();
  daemon.reachable = false;
  const { state } = stateOf(daemon);
  const started = state.start();
  await sleep(30);
  expect(state.status).toBe('connecting');
  daemon.reachable = true;
  await started;
  expect(state.status).toBe('live');
  state.dispose();
  const asked = daemon.asked.containers;
  daemon.event('container', 'start');
  await sleep(60);
  expect(daemon.asked.containers).toBe(asked);
});
