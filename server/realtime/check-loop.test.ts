import { expect, test, vi } from 'vitest';
import type { CheckResult } from '../../protocol/lesson-view.ts';
import { CheckLoop, type Subject } from './check-loop.ts';

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
  await vi.waitFor(() => expect(evaluated).toEqual([['a', 'c']]));
  loop.dispose();
});

test('a check that holds from the beginning waits for its turn', async () => {
  const { loop, states, earned } = loopOf({ a: 'unmet', b: 'unmet', c: 'met' });
  loop.touch('all');
  await vi.waitFor(() => expect(loop.results().map((r) => r.state)).toEqual(['unmet', 'unmet', 'waiting']));
  states.a = 'met';
  loop.touch(['containers']);
  await vi.waitFor(() => expect(earned).toEqual(['a']));
  states.b = 'met';
  loop.touch(['files']);
  await vi.waitFor(() => expect(earned).toEqual(['a', 'b', 'c']));
  loop.dispose();
});

test('a check out of turn is earned by doing it in the step the learner is at, and only there', async () => {
  const { loop, states, earned } = loopOf({ a: 'unmet', b: 'unmet', c: 'unmet' });
  loop.touch('all');
  await vi.waitFor(() => expect(loop.results()[2]?.state).toBe('unmet'));
  states.c = 'met';
  loop.touch(['containers']);
  await vi.waitFor(() => expect(loop.results()[2]?.state).toBe('waiting'));
  expect(earned).toEqual([]);
  loop.visit(2);
  await vi.waitFor(() => expect(earned).toEqual(['c']));
  loop.dispose();
});

test('a step that was left undone does not tick when its check comes to hold by a detour', async () => {
  const { loop, states, earned, evaluated } = loopOf({ a: 'unmet', b: 'unmet', c: 'unmet' });
  loop.touch('all');
  await vi.waitFor(() => expect(evaluated).toHaveLength(1));
  states.c = 'met';
  loop.touch(['containers']);
  await vi.waitFor(() => expect(evaluated).toHaveLength(2));
  states.c = 'unmet';
  states.a = 'met';
  loop.touch(['containers']);
  await vi.waitFor(() => expect(earned).toEqual(['a']));
  loop.dispose();
});

test('a tick is never taken back', async () => {
  const { loop, states, earned } = loopOf({ a: 'met', b: 'unmet', c: 'unmet' });
  loop.touch('all');
  await vi.waitFor(() => expect(earned).toEqual(['a']));
  states.a = 'unmet';
  expect((await loop.ask(['a']))[0]).toMatchObject({ state: 'met' });
  loop.forget();
  expect(loop.results()[0]).toMatchObject({ state: 'met' });
  loop.dispose();
});

test('asking looks at once and says what is missing', async () => {
  const { loop } = loopOf({ a: 'unmet', b: 'met', c: 'unmet' });
  expect(await loop.ask(['a', 'b'])).toMatchObject([
    { id: 'a', state: 'unmet', message: 'a unmet' },
    { id: 'b', state: 'met' },
  ]);
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
  await vi.waitFor(() => expect(errors).toHaveLength(1));
  expect(loop.results()[0]?.state).toBe('waiting');
  failing = false;
  loop.touch(['containers']);
  await vi.waitFor(() => expect(told).toMatchObject([{ id: 'a', state: 'met' }]));
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
  await vi.waitFor(() => expect(evaluated).toHaveLength(1));
  // It held when it was looked at; then the lab removed what it was about.
  held = true;
  state = 'unmet';
  (answer as (() => void) | null)?.();
  loop.touch('all');
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(evaluated).toHaveLength(1);
  held = false;
  loop.released();
  await vi.waitFor(() => expect(loop.results()[0]?.state).toBe('unmet'));
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
  await vi.waitFor(() => expect(evaluated).toEqual([['b', 'c']]));
  const observing = loop.observe((results) => seen.push(...results));
  await vi.waitFor(() =>
    expect(seen.map(({ id, state }) => `${id} ${state}`)).toEqual(['a unmet', 'b unmet', 'c met']),
  );
  expect(loop.results().map((result) => result.state)).toEqual(['met', 'unmet', 'waiting']);
  states.b = 'met';
  loop.touch(['files']);
  await vi.waitFor(() => expect(earned).toEqual(['b', 'c']));
  observing.dispose();
  evaluated.length = 0;
  loop.touch('all');
  loop.touch(['containers']);
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(evaluated.flat()).not.toContain('a');
  loop.dispose();
});
