import { expect, test, vi } from 'vitest';
import { fence } from '../lessons/lesson-fixture.ts';
import { SandboxStore } from '../store/sandbox-store.ts';
import { SetupStore } from '../store/setup-store.ts';
import {
  actor,
  name,
  note,
  parse,
  sandbox,
  setup,
  steps,
  store,
  surroundings,
  threeSteps,
} from './preparation-fixture.ts';

test('what is set up runs in order, up to the step that opens, and once', async () => {
  const { preparations, told, over, log, diary } = surroundings(
    `Before.\n\n${note('zero')}\n\n${steps(note('one'), note('two'), note('three'))}`,
  );
  const opening = preparations.open(actor, name, 's1', sandbox);
  expect(preparations.holdsChecks('ada', name)).toBe(true);
  await opening;
  expect(preparations.current('ada', name)).toMatchObject({ kind: 'setup', step: null, of: 2, state: 'running' });
  await over();
  expect(log()).toEqual(['zero', 'one']);
  await vi.waitFor(() => expect(diary).toEqual(['prepared']), 15_000);
  expect(preparations.holdsChecks('ada', name)).toBe(false);
  // A step that was skipped is set up as well.
  await preparations.open(actor, name, 's3', sandbox);
  await over();
  await preparations.open(actor, name, 's2', sandbox);
  await over();
  expect(log()).toEqual(['zero', 'one', 'two', 'three']);
  expect(told.map((each) => each && `${each.step} ${each.done}/${each.of} ${each.doing}`)).toEqual([
    'null 0/2 echo zero >> log',
    's1 1/2 echo one >> log',
    null,
    's2 0/2 echo two >> log',
    's3 1/2 echo three >> log',
    null,
  ]);
});

test('a step that is opened while another is set up is set up after it', async () => {
  const { preparations, over, log, told } = surroundings(steps(setup('sleep 0.2; echo one >> log'), note('two')));
  await preparations.open(actor, name, 's1', sandbox);
  await preparations.open(actor, name, 's2', sandbox);
  await over();
  expect(log()).toEqual(['one', 'two']);
  expect(told.at(-1)).toBeNull();
  expect(told.filter((each) => each === null)).toHaveLength(1);
});

test('it is done again in another sandbox, after a reset, and when its command was changed', async () => {
  const { preparations, over, log, source } = surroundings(steps(note('one')));
  await preparations.open(actor, name, 's1', sandbox);
  await over();
  await preparations.open(actor, name, 's1', { ...sandbox, id: 's2' });
  await over();
  preparations.sandboxLost('ada', 's1');
  await preparations.open(actor, name, 's1', sandbox);
  await over();
  source.lesson = parse(steps(note('changed')));
  await preparations.open(actor, name, 's1', sandbox);
  await over();
  expect(log()).toEqual(['one', 'one', 'one', 'changed']);
});

test('a server that starts anew knows what was set up', async () => {
  const first = surroundings(steps(note('one'), note('two')));
  await first.preparations.open(actor, name, 's1', sandbox);
  await first.over();
  const second = surroundings(steps(note('one'), note('two')));
  await second.preparations.open(actor, name, 's2', sandbox);
  await second.over();
  expect(second.log()).toEqual(['one', 'two']);
});

test('one that fails says which, how and what it said, holds checks, and can be tried again or left', async () => {
  const { preparations, failed, over, log, diary } = surroundings(
    steps(note('one'), setup('echo it is broken >&2; echo tried >> log; [ -e mended ]'), note('three')),
  );
  await preparations.open(actor, name, 's3', sandbox);
  expect(await failed()).toMatchObject({ kind: 'setup', step: 's2', done: 1, of: 3 });
  const { message } = preparations.current('ada', name) ?? {};
  expect(message).toMatch(
    /the step “S2”.*`echo it is broken.*` ended with exit status 1\. It said:\nit is broken\nTry/,
  );
  expect(preparations.holdsChecks('ada', name)).toBe(true);
  // The sandbox is the learner's meanwhile, and opening the step again does not try it behind their back.
  await preparations.assertIdle('ada', name);
  await preparations.open(actor, name, 's2', sandbox);
  expect(log()).toEqual(['one', 'tried']);
  await preparations.retry(actor, name);
  await failed();
  expect(log()).toEqual(['one', 'tried', 'tried']);
  diary.length = 0;
  await preparations.cancel('ada', name);
  expect(preparations.current('ada', name)).toBeNull();
  expect(preparations.holdsChecks('ada', name)).toBe(false);
  expect(diary).toContain('prepared');
  await preparations.retry(actor, name); // there is nothing to retry any more
  await over();
});

test('one that does not end is stopped', async () => {
  const { preparations, failed } = surroundings(steps(fence('sh setup timeout=1s', 'sleep 60')));
  await preparations.open(actor, name, 's1', sandbox);
  expect((await failed())?.message).toContain('did not end within 1 s');
});

test('blocks wait for it, until it is stopped', async () => {
  const { preparations } = surroundings(steps(setup('sleep 60')));
  await preparations.open(actor, name, 's1', sandbox);
  await expect(preparations.assertIdle('ada', name)).rejects.toMatchObject({ code: 'lesson.preparing' });
  await preparations.assertIdle('ada', 'course/other');
  await preparations.cancel('ada', name);
  await preparations.assertIdle('ada', name);
  expect(preparations.current('ada', name)).toBeNull();
});

test('a sandbox that is lost stops it: forgotten after a reset, to be tried again when it died', async () => {
  const died = surroundings(threeSteps);
  died.options.ends = false;
  await died.preparations.startOver(actor, name, 's3');
  await vi.waitFor(() => expect(died.diary).toContain('run cd inside in main'), 15_000);
  died.preparations.sandboxLost('ada', null);
  expect(died.preparations.current('ada', name)).toMatchObject({ state: 'failed' });
  await died.preparations.settled();
  died.preparations.sandboxLost('ada', 's1');
  expect(died.preparations.current('ada', name)).toBeNull();

  const begun = surroundings(steps(setup('sleep 60')));
  await begun.preparations.open(actor, name, 's1', sandbox);
  begun.preparations.sandboxLost('grace', 's9');
  expect(begun.preparations.current('ada', name)).not.toBeNull();
  begun.preparations.sandboxLost('ada', null);
  expect(begun.preparations.current('ada', name)).toBeNull();
  await begun.preparations.settled();
});

test('what throws unforeseen is logged, and told in words without it', async () => {
  const { preparations, failed, diary, source } = surroundings(steps(note('one')));
  Object.defineProperty(source, 'lesson', {
    get: () => {
      throw new Error('secret');
    },
  });
  await preparations.open(actor, name, 's1', sandbox);
  expect((await failed())?.message).toMatch(/^Something went wrong inside Drydock/);
  expect(diary.some((entry) => entry.startsWith('error'))).toBe(true);
});

test('a session that cannot be had while its text is renewed keeps nobody from looking', async () => {
  const { preparations, waiting, log, over } = surroundings(steps(note('one'), note('two')));
  // It never comes: neither looking nor working may wait for it.
  waiting.find = new Promise(() => undefined);
  await preparations.open(actor, name, 's1', sandbox);
  await over();
  await preparations.open(actor, name, 's2', sandbox);
  await over();
  await preparations.settled();
  expect(log()).toEqual(['one', 'two']);
});

test('after the end nothing begins', async () => {
  const { preparations, diary } = surroundings(threeSteps);
  preparations.dispose();
  await preparations.startOver(actor, name, 's3');
  await preparations.open(actor, name, 's3', sandbox);
  await preparations.settled();
  expect(diary).toEqual([]);
  expect(preparations.current('ada', name)).toBeNull();
});

test('what was set up in sandboxes that nobody has any more is forgotten, and nothing else', async () => {
  const { preparations } = surroundings(steps(note('one')));
  const done = new SetupStore(store);
  await store.insertInto('learner').values({ id: 'ada', created_at: 1, seen_at: 1 }).execute();
  await new SandboxStore(store).assign('ada', 's1', 1);
  await done.add('s1', name, 'key', 1);
  await done.add('s0', name, 'key', 1);
  preparations.forgetUnowned();
  await vi.waitFor(async () => expect(await done.done('s0', name)).toEqual(new Set()), 15_000);
  expect(await done.done('s1', name)).toEqual(new Set(['key']));
});
