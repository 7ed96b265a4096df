import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { busyLoop, type Found, hour, run } from './busy-loop.ts';
import type { Subject } from './check-loop-options.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

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
  const times = [...new Set(looks.map(({ at }) => at))];
  const begunAt = (time: number) => looks.filter(({ at }) => at === time).flatMap(({ ids }) => ids);
  expect(times.map((time) => begunAt(time).join(' '))).toEqual(['c0 c1 c2', 'c0', 'c0 c2', 'c0 c2']);
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

test('a check of a later step that waited for the sandbox is looked at when it is there, and can tick', async () => {
  let hasSandbox = false;
  let state: Found = 'unmet';
  const { loop, earned } = busyLoop({
    checks: [{}, run, run].map((check, step) => ({ ...check, step })),
    find: (id) => (hasSandbox ? (id === 'c2' ? state : 'unmet') : 'waiting'),
  });
  loop.visit(1);
  await vi.advanceTimersByTimeAsync(500);
  hasSandbox = true;
  loop.touch('all');
  await vi.advanceTimersByTimeAsync(500);
  expect(loop.results().map((result) => result.state)).toEqual(['unmet', 'unmet', 'unmet']);
  // What step 3 asks for is done in step 2: whoever goes there then has the tick.
  state = 'met';
  loop.visit(2);
  await vi.advanceTimersByTimeAsync(500);
  expect(earned).toEqual(['c2']);
  loop.dispose();
});

test('a check of a later step that could not be looked at is looked at again when something changes', async () => {
  let isBusy = true;
  const { loop, looks } = busyLoop({
    checks: [{}, { ...run, step: 1 }],
    find: () => (isBusy ? 'failed' : 'unmet'),
  });
  loop.touch('all');
  await vi.advanceTimersByTimeAsync(hour);
  isBusy = false;
  loop.touch(['commands']);
  await vi.advanceTimersByTimeAsync(500);
  expect(loop.results().map((result) => result.state)).toEqual(['unmet', 'unmet']);
  const known = looks.filter(({ ids }) => ids.includes('c1')).length;
  loop.touch(['commands']);
  await vi.advanceTimersByTimeAsync(500);
  expect(looks.filter(({ ids }) => ids.includes('c1'))).toHaveLength(known);
  loop.dispose();
});

test('a slow program keeps no other program waiting, and none that changed meanwhile', async () => {
  const { loop, looks, earned } = busyLoop({
    checks: [{ program: 'reading' }, run, run, { program: 'reading' }],
    find: (id) => (id === 'c0' || id === 'c1' ? 'met' : 'unmet'),
    tookMs: (ids) => (ids.includes('c2') ? 90_000 : 100),
  });
  loop.touch(['commands']);
  await vi.advanceTimersByTimeAsync(150);
  expect(earned).toEqual(['c0', 'c1']);
  await vi.advanceTimersByTimeAsync(30_000);
  const before = looks.length;
  loop.touch(['commands']);
  await vi.advanceTimersByTimeAsync(50);
  expect(looks.slice(before).map(({ ids }) => ids)).toEqual([['c3']]);
  loop.dispose();
});

test('each look begins a pause after the one before has ended, whatever is looked at beside it', async () => {
  const { loop, looks } = busyLoop({
    checks: [{ settlesLater: true }, run],
    find: () => 'unmet',
    tookMs: (ids) => (ids.includes('c1') ? 5_000 : 0),
  });
  loop.touch(['commands']);
  await vi.advanceTimersByTimeAsync(hour);
  const begun = (id: string) => looks.filter(({ ids }) => ids.includes(id)).map(({ at }) => Math.round(at / 1000));
  expect(begun('c1').slice(0, 5)).toEqual([0, 6, 12, 19, 28]);
  expect(begun('c0').slice(0, 5)).toEqual([0, 1, 2, 4, 8]);
  expect([begun('c0').length, begun('c1').length]).toEqual([10, 10]);
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
