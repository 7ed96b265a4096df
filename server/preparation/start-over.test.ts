import { expect, test, vi } from 'vitest';
import { fence } from '../lessons/lesson-fixture.ts';
import { actor, name, note, sandbox, steps, surroundings, threeSteps } from './preparation-fixture.ts';

test('starting over replays what stands before the step, in order, and counts it as the lab’s', async () => {
  const { preparations, over, diary, told, log } = surroundings(threeSteps);
  await preparations.startOver(actor, name, 's3');
  await over();
  await vi.waitFor(() => expect(diary).toContain('prepared'), 15_000);
  expect(diary).toEqual([
    'reset',
    'empty',
    'attach',
    'run cd inside in main',
    'write a.txt',
    'run echo hi in second',
    'look s1-check-1',
    'lines 1-1 of a.txt',
    'run do it in main',
    'look s2-check-1',
    'visited s3',
    'let go',
    'prepared',
  ]);
  expect(log()).toEqual(['one', 'three']);
  expect(told[0]).toMatchObject({ kind: 'start-over', step: 's3', done: 0, of: 0 });
  expect(told[1]).toMatchObject({ step: 's3', done: 0, of: 7, doing: 'cd inside' });
  expect(told.at(-2)).toMatchObject({ step: 's3', done: 6, of: 7, doing: 'echo three >> log' });
  expect(told.at(-1)).toBeNull();
});

test('of two windows that start over only one does', async () => {
  const { preparations, over, diary } = surroundings(threeSteps);
  const both = await Promise.allSettled([
    preparations.startOver(actor, name, 's2'),
    preparations.startOver(actor, name, 's3'),
  ]);
  expect(both.map((each) => each.status).sort()).toEqual(['fulfilled', 'rejected']);
  await over();
  expect(diary.filter((entry) => entry === 'reset')).toHaveLength(1);
});

test('there is no starting over from a step that is not there', async () => {
  const { preparations } = surroundings(threeSteps);
  await expect(preparations.startOver(actor, name, 'nowhere')).rejects.toMatchObject({
    code: 'lesson.block-not-found',
  });
});

test('a block that cannot be carried out stops it, with the step and why, and a retry begins anew', async () => {
  const { preparations, failed, diary } = surroundings(
    steps(fence('text file=missing.txt lines=2-2 solution', 'x'), 'Last.'),
  );
  await preparations.startOver(actor, name, 's2');
  expect((await failed())?.message).toMatch(
    /^In the step “S1” the lab could not do `missing\.txt`\. It is not there\.\nTry again/,
  );
  expect(preparations.holdsChecks('ada', name)).toBe(false);
  await preparations.retry(actor, name);
  await failed();
  expect(diary.filter((entry) => entry === 'reset')).toHaveLength(2);
});

test('a command that fails only matters where the step is not done then', async () => {
  const shown = surroundings(threeSteps);
  shown.options.exitCode = 3;
  await shown.preparations.startOver(actor, name, 's2');
  await shown.over();
  const wrong = surroundings(threeSteps);
  wrong.options.exitCode = 3;
  wrong.options.met = false;
  await wrong.preparations.startOver(actor, name, 's2');
  expect((await wrong.failed())?.message).toContain('In the step “S1” the command `echo hi` ended with exit status 3');
}, 20_000);

test('stopping it presses Ctrl-C and leaves the rest undone', async () => {
  const { preparations, diary, options } = surroundings(threeSteps);
  options.ends = false;
  await preparations.startOver(actor, name, 's3');
  await vi.waitFor(() => expect(diary).toContain('run cd inside in main'), 15_000);
  await preparations.cancel('ada', name);
  expect(preparations.current('ada', name)).toBeNull();
  expect(diary.slice(-5)).toEqual(['interrupt main', 'let go', 'prepared', 'reopen', 'prepared']);
});

test('starting over and thinking better of it, again and again, resets once, and at most once more', async () => {
  const { preparations, waiting, diary, over } = surroundings(threeSteps);
  let go: () => void = () => undefined;
  waiting.reset = new Promise((resolve) => (go = resolve));
  for (let round = 0; round < 6; round += 1) {
    await preparations.startOver(actor, name, 's3');
    await new Promise((resolve) => setTimeout(resolve, 5));
    await preparations.cancel('ada', name);
  }
  expect(diary.filter((entry) => entry === 'reset')).toHaveLength(1);
  await preparations.startOver(actor, name, 's2');
  await preparations.cancel('ada', name);
  await preparations.startOver(actor, name, 's2');
  go();
  await over();
  await preparations.settled();
  expect(diary.filter((entry) => entry === 'reset')).toHaveLength(2);
  expect(diary.filter((entry) => entry.startsWith('visited'))).toEqual(['visited s2']);
});

test('who thinks better of it before the reset loses nothing', async () => {
  const { preparations, waiting, diary } = surroundings(threeSteps);
  let go: () => void = () => undefined;
  waiting.keep = new Promise((resolve) => (go = resolve));
  await preparations.startOver(actor, name, 's3');
  await new Promise((resolve) => setTimeout(resolve, 5));
  await preparations.cancel('ada', name);
  go();
  await preparations.settled();
  expect(diary).not.toContain('reset');
});

test('a start-over that failed is shown until a step opens that something is set up for', async () => {
  const { preparations, failed, over, log } = surroundings(
    steps(fence('text file=missing.txt lines=2-2 solution', 'x'), 'Middle.', note('three')),
  );
  await preparations.startOver(actor, name, 's2');
  await failed();
  const opening = preparations.open(actor, name, 's2', sandbox);
  expect(preparations.holdsChecks('ada', name)).toBe(true);
  await opening;
  expect(preparations.current('ada', name)).toMatchObject({ kind: 'start-over', state: 'failed' });
  expect(preparations.holdsChecks('ada', name)).toBe(false);
  await preparations.open(actor, name, 's3', sandbox);
  expect(preparations.current('ada', name)).toMatchObject({ kind: 'setup', step: 's3' });
  await over();
  expect(log()).toEqual(['three']);
});

test('a step that opened during a start-over is opened again when that is stopped', async () => {
  const { preparations, diary, options } = surroundings(threeSteps);
  options.ends = false;
  await preparations.startOver(actor, name, 's3');
  await vi.waitFor(() => expect(diary).toContain('run cd inside in main'), 10_000);
  await preparations.open(actor, name, 's3', sandbox);
  expect(diary).not.toContain('reopen');
  await preparations.cancel('ada', name);
  expect(diary).toContain('reopen');
});
