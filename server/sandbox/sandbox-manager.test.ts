import { expect, test } from 'vitest';
import type { SandboxHost } from '../docker/sandbox-host.ts';
import type { LearnerStore } from '../store/learner-store.ts';
import { SandboxManager } from './sandbox-manager.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** A host that only notes what it is told, one turn of the event loop each. */
function managerWith(options: { failStarts?: number } = {}) {
  const done: string[] = [];
  let failures = options.failStarts ?? 0;
  const note = (what: string) => async () => {
    await new Promise((resolve) => setImmediate(resolve));
    done.push(what);
  };
  const host = {
    make: note('make'),
    start: async () => {
      await note('start')();
      if (failures-- > 0) throw new Error('no');
    },
    remove: note('remove'),
    stop: note('stop'),
    list: async () => [],
    watch: () => undefined,
  } as unknown as SandboxHost;
  const learners = {
    sandboxOf: async () => null,
    assignSandbox: async () => undefined,
    sandboxes: async () => [],
    attend: async () => undefined,
  } as unknown as LearnerStore;
  const manager = new SandboxManager({
    host,
    learners,
    clock: { now: () => 0 },
    ids: { next: () => 'abcdefgh' },
    logger: silent,
    limits: { memory: 1, cpus: 1, pids: 1 },
    maxSandboxes: 2,
    image: 'image',
    registryVolume: null,
  });
  return { manager, done };
}

test('two who ask at once get the same sandbox, started once', async () => {
  const { manager, done } = managerWith();
  const [one, two] = await Promise.all([manager.ensure('ada'), manager.ensure('ada')]);
  expect(one).toEqual(two);
  expect(done).toEqual(['make', 'start']);
});

test('resets at once are one reset, and one during a start waits for it', async () => {
  const { manager, done } = managerWith();
  const prepare = async () => undefined;
  const start = manager.ensure('ada');
  await Promise.all([
    start,
    manager.reset('ada', prepare),
    manager.reset('ada', prepare),
    manager.reset('ada', prepare),
  ]);
  expect(done).toEqual(['make', 'start', 'remove', 'make', 'start']);
  expect(manager.statusOf('ada').state).toBe('ready');
});

test('a start that failed can be tried again', async () => {
  const { manager } = managerWith({ failStarts: 1 });
  await expect(manager.ensure('ada')).rejects.toThrow('no');
  expect(manager.statusOf('ada')).toMatchObject({ state: 'failed', error: { code: 'internal' } });
  await manager.ensure('ada');
  expect(manager.statusOf('ada').state).toBe('ready');
});
