import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import type { Preparation } from '../../protocol/preparation.ts';
import { DrydockError } from '../errors.ts';
import type { Lesson } from '../lessons/lesson.ts';
import { fence, lessonSource } from '../lessons/lesson-fixture.ts';
import { parseLesson } from '../lessons/parse-lesson.ts';
import { openStore, type Store } from '../store/open-store.ts';
import { SandboxStore } from '../store/sandbox-store.ts';
import { SetupStore } from '../store/setup-store.ts';
import { createLocalExecHost } from '../workspace/local-exec-host.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { PreparedSession } from './preparation-parts.ts';
import { Preparations } from './preparations.ts';

const data = mkdtempSync(join(tmpdir(), 'drydock-preparations-'));
let store: Store;
let folder: string;
beforeEach(async () => {
  await store?.destroy();
  folder = mkdtempSync(join(data, 'work-'));
  store = await openStore(folder);
});
afterAll(async () => {
  await store.destroy();
  rmSync(data, { recursive: true, force: true });
});

const actor = { learner: 'ada', mayAuthor: false };
const sandbox = { id: 's1', learner: 'ada' };
const name = 'course/lesson';
const setup = (command: string) => fence('sh setup', command);
const check = fence('yaml check', 'title: T\nfile: a.txt\nstate: present');
const steps = (...bodies: string[]) =>
  bodies.map((body, index) => `## S${index + 1}\n\n${body}\n\n${check}`).join('\n\n');

function parse(body: string): Lesson {
  const { lesson, problems } = parseLesson(lessonSource(body), 'lesson.md', name);
  if (lesson === null) throw new Error(JSON.stringify(problems));
  return lesson;
}

function surroundings(body: string) {
  const told: (Preparation | null)[] = [];
  const diary: string[] = [];
  const source = { lesson: parse(body) };
  const ended: ((fact: {
    sandboxId: string;
    lesson: string;
    terminal: string;
    exitCode: number;
    learner: string;
    command: string;
    cwd: null;
  }) => void)[] = [];
  const busy = new Set<string>();
  const options = { met: true, exitCode: 0, ends: true };
  /** What a test makes take its time. */
  const waiting = {
    find: Promise.resolve(),
    reset: Promise.resolve(),
    keep: Promise.resolve(),
  };
  const session: PreparedSession = {
    attach: async () => {
      diary.push('attach');
    },
    catchUp: async (ids) => {
      diary.push(`look ${ids.join(' ')}`);
      return ids.map((id) => ({ id, state: options.met ? 'met' : 'unmet', message: '', hint: null }));
    },
    visit: () => undefined,
    reopen: () => {
      diary.push('reopen');
    },
    prepared: () => {
      diary.push('prepared');
    },
  };
  const preparations = new Preparations({
    reader: { lesson: async () => source.lesson },
    done: new SetupStore(store),
    progress: {
      visitStep: async (_learner, _lesson, step) => {
        diary.push(`visited ${step}`);
      },
    },
    sandboxes: {
      ready: () => sandbox,
      reset: async (_learner, prepare) => {
        diary.push('reset');
        preparations.sandboxLost('ada', sandbox.id);
        await waiting.reset;
        await prepare(sandbox);
        return sandbox;
      },
      use: () => ({ dispose: () => undefined }),
    },
    terminals: {
      run: async ({ terminal, command }) => {
        diary.push(`run ${command} in ${terminal}`);
        busy.add(terminal);
        if (!options.ends) return;
        setTimeout(() => {
          busy.delete(terminal);
          for (const listener of ended) {
            const { exitCode } = options;
            listener({ sandboxId: 's1', lesson: name, terminal, exitCode, learner: 'ada', command, cwd: null });
          }
        }, 5);
      },
      list: () => [...busy].map((terminal) => ({ terminal, busy: true })),
      interrupt: ({ terminal }) => {
        diary.push(`interrupt ${terminal}`);
      },
      onCommandEnded: (listener) => {
        ended.push(listener as (typeof ended)[number]);
        return { dispose: () => ended.splice(ended.indexOf(listener as (typeof ended)[number]), 1) };
      },
    },
    host: createLocalExecHost(),
    sessions: {
      find: async () => {
        await waiting.find;
        return session;
      },
      keep: async () => {
        await waiting.keep;
        return { dispose: () => diary.push('let go') };
      },
    },
    rootOf: () => folder,
    workspaceOf: () =>
      ({
        write: async (path: string) => {
          diary.push(`write ${path}`);
          return { version: 'v' };
        },
        append: async (path: string) => {
          diary.push(`append ${path}`);
          return { version: 'v' };
        },
        replaceLines: async (path: string, from: number, to: number) => {
          diary.push(`lines ${from}-${to} of ${path}`);
          if (path === 'missing.txt') throw new DrydockError('file.not-found', 'It is not there.');
          return { version: 'v' };
        },
      }) as Partial<Workspace> as Workspace,
    emptyWorkspace: async () => {
      diary.push('empty');
    },
    tell: (_learner, _lesson, preparation) => told.push(preparation),
    clock: { now: () => 1000 },
    logger: { debug() {}, info() {}, warn() {}, error: (fields) => diary.push(`error ${JSON.stringify(fields)}`) },
  });
  const over = () => vi.waitFor(() => expect(preparations.current('ada', name)).toBeNull(), 15_000);
  const failed = async () => {
    await vi.waitFor(() => expect(preparations.current('ada', name)?.state).toBe('failed'), 15_000);
    return preparations.current('ada', name);
  };
  const log = () => readFileSync(join(folder, 'log'), 'utf8').trim().split('\n');
  return { preparations, told, diary, source, options, waiting, over, failed, log };
}

const note = (word: string) => setup(`echo ${word} >> log`);

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

const threeSteps = [
  fence('sh run', 'cd inside'),
  steps(
    `${fence('text file=a.txt', 'a')}\n\n${note('one')}\n\n${fence('sh run terminal=second', 'echo hi')}`,
    `${fence('text file=a.txt lines=1-1 solution', 'b')}\n\n${fence('sh solution', 'do it')}`,
    `${note('three')}\n\n${fence('sh run', 'not this')}`,
  ),
].join('\n\n');

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

test('after the end nothing begins', async () => {
  const { preparations, diary } = surroundings(threeSteps);
  preparations.dispose();
  await preparations.startOver(actor, name, 's3');
  await preparations.open(actor, name, 's3', sandbox);
  await preparations.settled();
  expect(diary).toEqual([]);
  expect(preparations.current('ada', name)).toBeNull();
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
