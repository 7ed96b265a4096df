import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CheckResult } from '../../protocol/lesson-view.ts';
import { CheckLoop } from './check-loop.ts';
import type { CheckLoopOptions, Subject } from './check-loop-options.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

type Found = CheckResult['state'];
type Look = { at: number; ids: string[]; patience: number };
type FakeCheck = Partial<CheckLoopOptions['checks'][number]>;

/** A loop whose looks take as long as is said, and find what is said. */
function busyLoop(options: {
  checks: FakeCheck[];
  find: (id: string, look: Look) => Found;
  tookMs?: (ids: string[]) => number;
  onLook?: (loop: CheckLoop) => void;
}) {
  const looks: Look[] = [];
  const earned: string[] = [];
  const errors: unknown[] = [];
  const began = performance.now();
  const loop = new CheckLoop({
    checks: options.checks.map((check, index) => ({
      id: `c${index}`,
      step: 0,
      subjects: new Set<Subject>(['containers', 'commands']),
      ...check,
    })),
    evaluate: async (ids, patience) => {
      const look = { at: performance.now() - began, ids, patience };
      looks.push(look);
      options.onLook?.(loop);
      const took = options.tookMs?.(ids) ?? 0;
      if (took > 0) await new Promise((resolve) => setTimeout(resolve, took));
      return ids.map((id) => ({ id, state: options.find(id, look), message: '', hint: null }));
    },
    passed: new Set(),
    onEarned: async (ids) => {
      if (errors.length === 0 && ids.includes('unsaved')) throw new Error('disk full');
      earned.push(...ids);
    },
    onResults: () => undefined,
    onError: (error) => errors.push(error),
    settleMs: 40,
  });
  return { loop, looks, earned, errors };
}

const run: FakeCheck = { program: 'changing', settlesLater: true };
const hour = 60 * 60 * 1000;

test('a check that took too long is looked at again soon, with more time, until it is known', async () => {
  const { loop, looks, earned } = busyLoop({
    checks: [{ program: 'reading' }],
    tookMs: () => 8_000,
    find: (_, look) => (look.patience < 3 ? 'failed' : 'met'),
  });
  loop.touch(['commands']);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(looks.map(({ patience }) => patience)).toEqual([1, 2, 3]);
  // Each begins about a second after the one before has ended.
  expect(looks.map(({ at }) => Math.round(at / 1000))).toEqual([0, 9, 18]);
  expect(earned).toEqual(['c0']);
  loop.dispose();
});

test('a check that can never be looked at is left alone after some minutes, until something changes', async () => {
  const { loop, looks } = busyLoop({ checks: [{}], find: () => 'failed' });
  loop.touch(['commands']);
  await vi.advanceTimersByTimeAsync(hour);
  expect(looks).toHaveLength(10);
  loop.touch(['commands']);
  await vi.advanceTimersByTimeAsync(2_500);
  expect(looks).toHaveLength(13);
  loop.dispose();
});

test('what comes true half a minute after the last change is seen by itself', async () => {
  let isTrue = false;
  const { loop, earned } = busyLoop({ checks: [run], find: () => (isTrue ? 'met' : 'unmet'), tookMs: () => 3_000 });
  loop.touch(['commands']);
  await vi.advanceTimersByTimeAsync(30_000);
  isTrue = true;
  await vi.advanceTimersByTimeAsync(40_000);
  expect(earned).toEqual(['c0']);
  loop.dispose();
});

test('a command that makes a container does not make itself be looked at for ever', async () => {
  const { loop, looks, earned } = busyLoop({
    checks: [run],
    find: () => (looks.length > 12 ? 'met' : 'unmet'),
    tookMs: () => 500,
    onLook: (own) => {
      for (const after of [100, 450, 900]) setTimeout(() => own.touch(['containers']), after);
    },
  });
  loop.touch(['commands']);
  await vi.advanceTimersByTimeAsync(hour);
  expect(looks).toHaveLength(10);
  // What the learner does is still seen at once, also right after a look.
  loop.touch(['commands']);
  await vi.advanceTimersByTimeAsync(600);
  loop.touch(['commands']);
  await vi.advanceTimersByTimeAsync(600);
  expect(looks).toHaveLength(12);
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

test('a slow program keeps no other check waiting', async () => {
  const { loop, earned } = busyLoop({
    checks: [{}, { program: 'changing' }],
    find: () => 'met',
    tookMs: (ids) => (ids.includes('c1') ? 20_000 : 0),
  });
  loop.touch(['commands']);
  await vi.advanceTimersByTimeAsync(100);
  expect(earned).toEqual(['c0']);
  await vi.advanceTimersByTimeAsync(21_000);
  expect(earned).toEqual(['c0', 'c1']);
  loop.dispose();
});

test('programs run for the step at hand; those of later steps once, and again when the learner comes there', async () => {
  const { loop, looks } = busyLoop({
    checks: [
      { ...run, step: 0 },
      { ...run, step: 1 },
      { ...run, step: 2 },
    ],
    find: () => 'unmet',
  });
  loop.touch('all');
  await vi.advanceTimersByTimeAsync(50);
  loop.touch(['commands']);
  await vi.advanceTimersByTimeAsync(50);
  loop.visit(2);
  await vi.advanceTimersByTimeAsync(50);
  loop.touch(['commands']);
  await vi.advanceTimersByTimeAsync(50);
  // The first step that is not done can earn its tick wherever the learner is.
  expect(looks.map(({ ids }) => ids.join(' '))).toEqual(['c0 c1 c2', 'c0', 'c0 c2', 'c0 c2']);
  loop.dispose();
});

test('a change that is about another check leaves what waits to be looked at again as it is', async () => {
  const { loop, looks } = busyLoop({
    checks: [run, { subjects: new Set<Subject>(['files']) }],
    find: () => 'unmet',
  });
  loop.touch('all');
  await vi.advanceTimersByTimeAsync(500);
  loop.touch(['files']);
  await vi.advanceTimersByTimeAsync(800);
  expect(looks.filter(({ ids }) => ids.includes('c0'))).toHaveLength(2);
  loop.dispose();
});

test('a tick that could not be saved is tried again by itself', async () => {
  const { loop, earned, errors } = busyLoop({ checks: [{ id: 'unsaved' }], find: () => 'met' });
  loop.touch(['commands']);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(errors).toHaveLength(1);
  expect(earned).toEqual(['unsaved']);
  loop.dispose();
});

test('who asks in vain gets the tick when it comes true', async () => {
  let state: Found = 'unmet';
  const { loop, earned } = busyLoop({ checks: [run], find: () => state });
  loop.touch(['commands']);
  await vi.advanceTimersByTimeAsync(hour);
  await loop.ask('c0');
  state = 'met';
  await vi.advanceTimersByTimeAsync(1_500);
  expect(earned).toEqual(['c0']);
  loop.dispose();
});

test('what fails after a long time is looked at again soon, too', async () => {
  let state: Found = 'unmet';
  const { loop, looks, earned } = busyLoop({
    checks: [{}, { subjects: new Set<Subject>(['files']), settlesLater: true }],
    find: (id) => (id === 'c0' ? state : 'unmet'),
  });
  loop.touch('all');
  await vi.advanceTimersByTimeAsync(hour);
  const before = looks.length;
  loop.rest();
  state = 'failed';
  loop.touch(['containers']);
  await vi.advanceTimersByTimeAsync(2_500);
  expect(looks).toHaveLength(before + 3);
  state = 'met';
  await vi.advanceTimersByTimeAsync(2_500);
  expect(earned).toEqual(['c0']);
  loop.dispose();
});

test('a check that fails now and then is not looked at for ever', async () => {
  const { loop, looks } = busyLoop({
    checks: [run],
    find: () => (looks.length % 2 === 0 ? 'failed' : 'unmet'),
    tookMs: () => 5_000,
  });
  loop.touch(['commands']);
  await vi.advanceTimersByTimeAsync(hour);
  expect(looks.length).toBeLessThan(15);
  loop.dispose();
});

test('nothing is looked at when there is nothing to look at any more', async () => {
  const { loop, looks } = busyLoop({ checks: [run], find: () => 'unmet', tookMs: () => 500 });
  loop.touch(['commands']);
  await vi.advanceTimersByTimeAsync(100);
  loop.rest();
  await vi.advanceTimersByTimeAsync(hour);
  expect(looks).toHaveLength(1);
  loop.touch(['commands']);
  await vi.advanceTimersByTimeAsync(100);
  loop.dispose();
  await vi.advanceTimersByTimeAsync(hour);
  expect(looks).toHaveLength(2);
});
