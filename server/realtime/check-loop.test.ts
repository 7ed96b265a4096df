import { expect, test, vi } from 'vitest';
import type { CheckResult } from '../../protocol/lesson-view.ts';
import { CheckLoop } from './check-loop.ts';
import type { Subject } from './check-loop-options.ts';

type State = 'met' | 'unmet';

function loopOf(initial: Record<string, State>, passed: string[] = []) {
  const states = { ...initial };
  const evaluated: string[][] = [];
  const earned: string[] = [];
  const told: CheckResult[] = [];
  const subjects: Subject[][] = [['containers'], ['files'], ['containers']];
  const loop = new CheckLoop({
    checks: ['a', 'b', 'c'].map((id, step) => ({ id, step, subjects: new Set(subjects[step]) })),
    evaluate: async (ids) => {
      evaluated.push(ids);
      return ids.map((id) => ({ id, state: states[id] ?? 'unmet', message: `${id} ${states[id]}`, hint: null }));
    },
    passed: new Set(passed),
    onEarned: async (ids) => {
      earned.push(...ids);
    },
    onResults: (results) => told.push(...results),
    onError: (error) => {
      throw error;
    },
    settleMs: 1,
  });
  return { loop, states, evaluated, earned, told };
}

test('what can have changed is looked at, in one round, and nothing else', async () => {
  const { loop, evaluated } = loopOf({ a: 'unmet', b: 'unmet', c: 'unmet' });
  loop.touch(['containers']);
  loop.touch(['containers']);
  await vi.waitFor(() => expect(evaluated).toEqual([['a', 'c']]), 15_000);
  loop.dispose();
});

test('a check that holds from the beginning waits for its turn', async () => {
  const { loop, states, earned } = loopOf({ a: 'unmet', b: 'unmet', c: 'met' });
  loop.touch('all');
  await vi.waitFor(() => expect(loop.results().map((r) => r.state)).toEqual(['unmet', 'unmet', 'waiting']), 15_000);
  states.a = 'met';
  loop.touch(['containers']);
  await vi.waitFor(() => expect(earned).toEqual(['a']), 15_000);
  states.b = 'met';
  loop.touch(['files']);
  await vi.waitFor(() => expect(earned).toEqual(['a', 'b', 'c']), 15_000);
  loop.dispose();
});

test('a check out of turn is earned by doing it in the step the learner is at, and only there', async () => {
  const { loop, states, earned } = loopOf({ a: 'unmet', b: 'unmet', c: 'unmet' });
  loop.touch('all');
  await vi.waitFor(() => expect(loop.results()[2]?.state).toBe('unmet'), 15_000);
  states.c = 'met';
  loop.touch(['containers']);
  await vi.waitFor(() => expect(loop.results()[2]?.state).toBe('waiting'), 15_000);
  expect(earned).toEqual([]);
  loop.visit(2);
  await vi.waitFor(() => expect(earned).toEqual(['c']), 15_000);
  loop.dispose();
});

test('a step that was left undone does not tick when its check comes to hold by a detour', async () => {
  const { loop, states, earned, evaluated } = loopOf({ a: 'unmet', b: 'unmet', c: 'unmet' });
  loop.touch('all');
  await vi.waitFor(() => expect(evaluated).toHaveLength(1), 15_000);
  states.c = 'met';
  loop.touch(['containers']);
  await vi.waitFor(() => expect(evaluated).toHaveLength(2), 15_000);
  states.c = 'unmet';
  states.a = 'met';
  loop.touch(['containers']);
  await vi.waitFor(() => expect(earned).toEqual(['a']), 15_000);
  loop.dispose();
});

test('a tick is never taken back', async () => {
  const { loop, states, earned } = loopOf({ a: 'met', b: 'unmet', c: 'unmet' });
  loop.touch('all');
  await vi.waitFor(() => expect(earned).toEqual(['a']), 15_000);
  states.a = 'unmet';
  expect((await loop.ask('a'))[0]).toMatchObject({ state: 'met' });
  loop.forget();
  expect(loop.results()[0]).toMatchObject({ state: 'met' });
  loop.dispose();
});

test('asking looks at once and says what is missing', async () => {
  const { loop } = loopOf({ a: 'unmet', b: 'met', c: 'unmet' });
  expect(await loop.ask('a')).toMatchObject([{ id: 'a', state: 'unmet', message: 'a unmet' }]);
  loop.visit(1);
  expect(await loop.ask('b')).toMatchObject([{ id: 'b', state: 'met' }]);
  loop.dispose();
});

test('a tick that could not be saved does not show, and is tried again', async () => {
  let failing = true;
  const told: CheckResult[] = [];
  const errors: unknown[] = [];
  const loop = new CheckLoop({
    checks: [{ id: 'a', step: 0, subjects: new Set<Subject>(['containers']) }],
    evaluate: async () => [{ id: 'a', state: 'met', message: 'a', hint: null }],
    passed: new Set(),
    onEarned: async () => {
      if (failing) throw new Error('disk full');
    },
    onResults: (results) => told.push(...results),
    onError: (error) => errors.push(error),
    settleMs: 1,
  });
  loop.touch('all');
  await vi.waitFor(() => expect(errors).toHaveLength(1), 15_000);
  expect(loop.results()[0]?.state).toBe('waiting');
  failing = false;
  loop.touch(['containers']);
  await vi.waitFor(() => expect(told).toMatchObject([{ id: 'a', state: 'met' }]), 15_000);
  loop.dispose();
});

test('nothing is looked at while the lab is at work, and what was looked at before is looked at again', async () => {
  let held = false;
  let state: State = 'met';
  let answer: (() => void) | null = null;
  const evaluated: string[][] = [];
  const earned: [string[], string][] = [];
  const loop = new CheckLoop({
    checks: [{ id: 'a', step: 0, subjects: new Set<Subject>(['containers']) }],
    evaluate: async (ids) => {
      evaluated.push(ids);
      const found = state;
      if (evaluated.length === 1) await new Promise<void>((resolve) => (answer = resolve));
      return ids.map((id) => ({ id, state: found, message: found, hint: null }));
    },
    passed: new Set(),
    onEarned: async (ids, how) => {
      earned.push([ids, how]);
    },
    onResults: () => undefined,
    onError: (error) => {
      throw error;
    },
    isHeld: () => held,
    settleMs: 1,
  });
  loop.touch('all');
  await vi.waitFor(() => expect(evaluated).toHaveLength(1), 15_000);
  // It held when it was looked at; then the lab removed what it was about.
  held = true;
  state = 'unmet';
  (answer as (() => void) | null)?.();
  loop.touch('all');
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(evaluated).toHaveLength(1);
  held = false;
  loop.released();
  await vi.waitFor(() => expect(loop.results()[0]?.state).toBe('unmet'), 15_000);
  expect(earned).toEqual([]);
  state = 'met';
  held = true;
  expect(await loop.catchUp(['a'])).toMatchObject([{ id: 'a', state: 'met' }]);
  expect(earned).toEqual([[['a'], 'lab']]);
  loop.dispose();
});

test('an observer is told what is found of every check, those with a tick too, until it leaves', async () => {
  const { loop, states, evaluated, earned } = loopOf({ a: 'unmet', b: 'unmet', c: 'met' }, ['a']);
  const seen: CheckResult[] = [];
  loop.touch('all');
  await vi.waitFor(() => expect(evaluated).toEqual([['b', 'c']]), 15_000);
  const observing = loop.observe((results) => seen.push(...results));
  await vi.waitFor(() =>
    expect(seen.map(({ id, state }) => `${id} ${state}`)).toEqual(['a unmet', 'b unmet', 'c met']),
  );
  expect(loop.results().map((result) => result.state)).toEqual(['met', 'unmet', 'waiting']);
  states.b = 'met';
  loop.touch(['files']);
  await vi.waitFor(() => expect(earned).toEqual(['b', 'c']), 15_000);
  observing.dispose();
  evaluated.length = 0;
  loop.touch('all');
  loop.touch(['containers']);
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(evaluated.flat()).not.toContain('a');
  loop.dispose();
});

test('asking for all, or for one of a later step, gives no tick before its time', async () => {
  const { loop, states, earned } = loopOf({ a: 'unmet', b: 'unmet', c: 'met' });
  expect(await loop.askAll()).toMatchObject([{ state: 'unmet' }, { state: 'unmet' }, { state: 'waiting' }]);
  expect(await loop.ask('c')).toMatchObject([{ id: 'c', state: 'waiting', message: 'Not its turn yet.' }]);
  expect(earned).toEqual([]);
  states.a = 'met';
  expect((await loop.askAll())[0]).toMatchObject({ state: 'met' });
  expect(earned).toEqual(['a']);
  // Who is there and asks has it, also where an earlier step was left undone.
  loop.visit(2);
  expect(await loop.ask('c')).toMatchObject([{ state: 'met' }]);
  expect(earned).toEqual(['a', 'c']);
  loop.dispose();
});

function slowLoop(evaluated: number[], isMet: () => boolean, checks = [{ step: 0, settlesLater: true }]) {
  const began = performance.now();
  return new CheckLoop({
    checks: checks.map((check, index) => ({ id: `c${index}`, subjects: new Set<Subject>(['containers']), ...check })),
    evaluate: async (ids) => {
      evaluated.push(performance.now() - began);
      return ids.map((id) => ({ id, state: isMet() ? 'met' : 'unmet', message: '', hint: null }));
    },
    passed: new Set(),
    onEarned: async () => undefined,
    onResults: () => undefined,
    onError: (error) => {
      throw error;
    },
    settleMs: 1,
    laterMs: [40, 80, 160, 320],
  });
}

test('what begins to hold some seconds after the last change is seen, and not looked at for ever', async () => {
  const evaluated: number[] = [];
  const loop = slowLoop(evaluated, () => evaluated.length >= 3);
  loop.touch(['containers']);
  await vi.waitFor(() => expect(loop.results()[0]?.state).toBe('met'), 15_000);
  expect(evaluated).toHaveLength(3);
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(evaluated).toHaveLength(3);
  loop.dispose();

  const never: number[] = [];
  const idle = slowLoop(never, () => false);
  idle.touch(['containers']);
  await vi.waitFor(() => expect(never).toHaveLength(5), 15_000);
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(never).toHaveLength(5);
  idle.touch(['containers']);
  idle.rest();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(never).toHaveLength(6);
  idle.dispose();
});

test('other checks, and those of other steps, are looked at only after a change', async () => {
  const evaluated: number[] = [];
  const loop = slowLoop(evaluated, () => false, [
    { step: 0, settlesLater: false },
    { step: 1, settlesLater: true },
  ]);
  loop.touch(['containers']);
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(evaluated).toHaveLength(1);
  loop.dispose();
});

test('one that takes over has the ticks, what was seen unmet, and what is still being looked at for somebody', async () => {
  let answer: (() => void) | null = null;
  const earned: string[][] = [];
  const make = (found: () => State, isSlow: boolean) =>
    new CheckLoop({
      checks: ['a', 'b', 'c'].map((id, step) => ({ id, step, subjects: new Set<Subject>(['containers']) })),
      evaluate: async (ids) => {
        if (isSlow && ids.length === 1) await new Promise<void>((resolve) => (answer = resolve));
        return ids.map((id) => ({ id, state: found(), message: '', hint: null }));
      },
      passed: new Set(),
      onEarned: async (ids, how) => {
        earned.push([how, ...ids]);
      },
      onResults: () => undefined,
      onError: (error) => {
        throw error;
      },
      settleMs: 1,
    });
  let old: State = 'unmet';
  const from = make(() => old, true);
  from.touch('all');
  await vi.waitFor(() => expect(from.results()[2]?.state).toBe('unmet'), 15_000);
  old = 'met';
  const looking = from.catchUp(['a']);
  await vi.waitFor(() => expect(answer).not.toBeNull(), 15_000);
  let now: State = 'unmet';
  const to = make(() => now, false);
  to.takeOver(from);
  from.touch('all'); // it has ended
  (answer as (() => void) | null)?.();
  expect(await looking).toMatchObject([{ id: 'a', state: 'met' }]);
  expect(to.results()[0]).toMatchObject({ state: 'met' });
  expect(earned).toEqual([['lab', 'a']]);
  // It was seen unmet by the one before: done in the step the learner is at, it counts.
  now = 'met';
  to.visit(2);
  await vi.waitFor(() => expect(earned.flat()).toContain('c'), 15_000);
  expect(earned).toEqual([['lab', 'a'], expect.arrayContaining(['learner', 'c'])]);
  to.dispose();
});

test('a tick that is being saved while another one takes over is told and kept', async () => {
  const told: string[] = [];
  let saved: () => void = () => undefined;
  const saving = new Promise<void>((resolve) => (saved = resolve));
  let begun = false;
  const make = (state: State) =>
    new CheckLoop({
      checks: [{ id: 'a', step: 0, subjects: new Set<Subject>(['containers']) }],
      evaluate: async (ids) => ids.map((id) => ({ id, state, message: '', hint: null })),
      passed: new Set(),
      onEarned: async () => {
        begun = true;
        await saving;
      },
      onResults: (results) => told.push(...results.map((result) => result.state)),
      onError: (error) => {
        throw error;
      },
      settleMs: 1,
    });
  const from = make('met');
  from.touch('all');
  await vi.waitFor(() => expect(begun).toBe(true), 15_000);
  const to = make('unmet');
  to.takeOver(from);
  saved();
  await vi.waitFor(() => expect(told).toEqual(['met']), 15_000);
  expect(to.results()[0]).toMatchObject({ state: 'met' });
  to.dispose();
});
