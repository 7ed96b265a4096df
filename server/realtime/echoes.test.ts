import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { busyLoop, type Found, hour, run } from './busy-loop.ts';
import type { Subject } from './check-loop-options.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('a command that makes a container does not make itself be looked at for ever', async () => {
  const { loop, looks, earned } = busyLoop({
    checks: [run],
    find: () => (looks.length > 13 ? 'met' : 'unmet'),
    tookMs: () => 500,
    onLook: (own) => {
      for (const after of [100, 450, 900]) setTimeout(() => own.touch(['containers']), after);
    },
  });
  loop.touch(['commands']);
  await vi.advanceTimersByTimeAsync(hour);
  // Ten, and one for what was told at the last of them.
  expect(looks).toHaveLength(11);
  // What the learner does is still seen at once, also right after a look.
  loop.touch(['commands']);
  await vi.advanceTimersByTimeAsync(600);
  loop.touch(['commands']);
  await vi.advanceTimersByTimeAsync(600);
  expect(looks).toHaveLength(13);
  loop.touch(['commands']);
  await vi.advanceTimersByTimeAsync(600);
  expect(earned).toEqual(['c0']);
  loop.dispose();
});

test('what Docker tells some time after a look is looked at at once', async () => {
  const { loop, looks } = busyLoop({ checks: [run], find: () => 'unmet', tookMs: () => 500 });
  loop.touch(['commands']);
  await vi.advanceTimersByTimeAsync(hour);
  const before = looks.length;
  loop.touch(['containers']);
  await vi.advanceTimersByTimeAsync(50);
  expect(looks).toHaveLength(before + 1);
  loop.dispose();
});

test('a command that writes into the workspace does not make itself be looked at for ever', async () => {
  const { loop, looks } = busyLoop({
    checks: [{ ...run, subjects: new Set<Subject>(['files', 'commands']) }],
    find: () => 'unmet',
    onLook: (own) => setTimeout(() => own.touch(['files']), 150),
  });
  loop.touch(['commands']);
  await vi.advanceTimersByTimeAsync(hour);
  expect(looks).toHaveLength(11);
  loop.dispose();
});

test('what changes right after the last look is seen by one look more', async () => {
  let state: Found = 'unmet';
  const { loop, looks, earned } = busyLoop({ checks: [run], find: () => state, tookMs: () => 2_000 });
  loop.touch(['commands']);
  while (looks.length < 10 && looks.every(({ at }) => at < hour)) await vi.advanceTimersByTimeAsync(100);
  await vi.advanceTimersByTimeAsync(3_000);
  state = 'met';
  loop.touch(['containers']);
  await vi.advanceTimersByTimeAsync(500);
  expect(looks).toHaveLength(10);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(earned).toEqual(['c0']);
  loop.dispose();
});

test('what changes while a command runs is looked at once more in other checks, too', async () => {
  let state: Found = 'unmet';
  const { loop, looks, earned } = busyLoop({
    checks: [
      { program: 'changing', subjects: new Set<Subject>(['networks']) },
      { program: 'reading', settlesLater: true },
    ],
    find: (id) => (id === 'c1' ? state : 'unmet'),
    tookMs: (ids) => (ids.includes('c0') ? 2_000 : 0),
  });
  loop.touch('all');
  await vi.advanceTimersByTimeAsync(hour);
  const before = looks.length;
  loop.touch(['networks']);
  await vi.advanceTimersByTimeAsync(1_000);
  loop.touch(['containers']);
  await vi.advanceTimersByTimeAsync(500);
  expect(looks.slice(before).map(({ ids }) => ids)).toEqual([['c0'], ['c1']]);
  // A moment after Docker told of the server's container, the server answers.
  state = 'met';
  await vi.advanceTimersByTimeAsync(1_500);
  expect(earned).toEqual(['c1']);
  loop.dispose();
});
