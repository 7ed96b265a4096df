import { afterEach, expect, test, vi } from 'vitest';
import type { CheckResult, LessonProgress } from '../../protocol/lesson-view.ts';
import type { ReadySandbox } from '../sandbox/sandbox-manager.ts';
import type { ProgressStore } from '../store/progress-store.ts';
import { LessonSession } from './lesson-session.ts';
import { LessonSessions } from './lesson-sessions.ts';

const actor = { learner: 'ada', mayAuthor: true };
const lesson = 'course/lesson';
const sandbox: ReadySandbox = { id: 's1', learner: 'ada' };
const page = { id: 'page' };

const open: LessonSessions[] = [];
afterEach(() => {
  for (const sessions of open.splice(0)) sessions.dispose();
});

interface Around {
  /** What the author's file says now: the state of each check. */
  checks: Record<string, CheckResult['state']>;
  passed: Record<string, number>;
  currentStep: string | null;
  program: 'changing' | null;
  broken: boolean;
  /** When it is known whether anything is set up. */
  lookedAt: Promise<void>;
}

function surroundings(around: Partial<Around> = {}) {
  const now: Around = {
    checks: { a: 'unmet', b: 'unmet' },
    passed: {},
    currentStep: null,
    program: null,
    broken: false,
    lookedAt: Promise.resolve(),
    ...around,
  };
  const diary: string[] = [];
  const commands: string[][] = [];
  let made = 0;
  const progress: Pick<ProgressStore, 'pass' | 'settle'> = {
    pass: async (_learner, _lesson, ids, at) => {
      for (const id of ids) now.passed[id] = at;
      return ids;
    },
    settle: async () => blank(now.passed),
  };
  const sessions = new LessonSessions({
    make: async () => {
      if (now.broken) throw new Error('it is broken');
      made += 1;
      const mine = made;
      const ids = Object.keys(now.checks);
      return new LessonSession({
        learner: 'ada',
        lesson: { id: lesson, steps: ids.map((id) => ({ id: `step-${id}`, checks: [id], quizzes: [] })) },
        subjects: () => new Set(['commands'] as const),
        settlesLater: () => false,
        program: () => now.program,
        progress: progress as ProgressStore,
        initial: { ...blank(now.passed), currentStep: now.currentStep },
        clock: { now: () => 1 },
        logger: { debug() {}, info() {}, warn() {}, error: (fields) => diary.push(`error ${JSON.stringify(fields)}`) },
        evaluate: async (_sandbox, wanted, ran) => {
          commands.push(ran.map((each) => each.command));
          return wanted.map((id) => ({ id, state: now.checks[id] ?? 'unmet', message: `seen by ${mine}`, hint: null }));
        },
        prepare: async ({ id }) => {
          diary.push(`${mine} prepares ${id}`);
        },
        setUp: async (step) => {
          diary.push(`${mine} sets up ${step}`);
          await now.lookedAt;
        },
        isHeld: () => false,
        follow: () => {
          diary.push(`${mine} follows`);
          return { dispose: () => diary.push(`${mine} lets go`) };
        },
        tell: { checks: () => undefined, progress: () => undefined, workspace: () => undefined },
      });
    },
    graceMs: 0,
    onClosed: () => diary.push('closed'),
  });
  open.push(sessions);
  return { sessions, now, diary, commands };
}

function blank(passed: Record<string, number>): LessonProgress {
  const rest = { caughtUp: [], quizzes: {}, solutionsShown: {}, stepsDone: [], currentStep: null };
  return { lesson, passed: { ...passed }, ...rest, completedAt: null, openedAt: null };
}

test('a lesson whose text changed goes on where it was: sandbox, commands, place and ticks', async () => {
  const { sessions, now, diary, commands } = surroundings({ checks: { a: 'met', b: 'unmet' } });
  const first = await sessions.enter(actor, lesson, page);
  await first.attach(sandbox);
  first.commandEnded({ command: 'docker ps', exitCode: 0, at: 1 });
  await first.visit('step-b');
  await vi.waitFor(() => expect(now.passed).toEqual({ a: 1 }), 15_000);

  now.checks = { b: 'unmet', c: 'unmet', a: 'unmet' };
  await sessions.renew('ada', lesson);
  const second = await sessions.find('ada', lesson);
  expect(second).not.toBe(first);
  expect(diary).toEqual([
    '1 prepares s1',
    '1 sets up step-a',
    '1 follows',
    '1 sets up step-b',
    '2 prepares s1',
    '2 sets up step-b',
    '2 follows',
    '1 lets go',
  ]);
  await vi.waitFor(() =>
    expect(second?.results().map(({ id, state }) => `${id} ${state}`)).toEqual(['b unmet', 'c unmet', 'a met']),
  );
  expect(commands.at(-1)).toEqual(['docker ps']);
  // The same page is in it.
  sessions.leave('ada', lesson, page);
  await vi.waitFor(() => expect(diary.slice(-2)).toEqual(['closed', '2 lets go']), 15_000);
});

test('who returns to a later step before the sandbox is there has all checks looked at when it comes', async () => {
  const { sessions } = surroundings({
    checks: { a: 'unmet', b: 'unmet', c: 'unmet' },
    currentStep: 'step-b',
    program: 'changing',
  });
  const session = await sessions.enter(actor, lesson, page);
  const messages = () => session.results().map(({ message }) => message);
  const notReady = 'Your sandbox is not ready yet.';
  await vi.waitFor(() => expect(messages()).toEqual([notReady, notReady, notReady]), 15_000);
  await session.attach(sandbox);
  await vi.waitFor(() => expect(messages()).toEqual(['seen by 1', 'seen by 1', 'seen by 1']), 15_000);
});

test('the old session stays when the new text cannot be opened', async () => {
  const { sessions, now, diary } = surroundings();
  const first = await sessions.enter(actor, lesson, page);
  await first.attach(sandbox);
  now.broken = true;
  await expect(sessions.renew('ada', lesson)).rejects.toThrow('it is broken');
  expect(await sessions.find('ada', lesson)).toBe(first);
  expect(diary).not.toContain('1 lets go');
  now.broken = false;
  await Promise.all([sessions.renew('ada', lesson), sessions.renew('ada', lesson)]);
  expect(diary.filter((entry) => entry.endsWith('lets go'))).toEqual(['1 lets go', '2 lets go']);
  await sessions.renew('grace', lesson); // nobody has it open
});

test('an author sees every check as it is, whichever session looks', async () => {
  const { sessions, now } = surroundings({ checks: { a: 'unmet', b: 'met' }, passed: { a: 1 } });
  const session = await sessions.enter(actor, lesson, page);
  await session.attach(sandbox);
  const seen: string[] = [];
  const observing = sessions.observe('ada', lesson, (results) => {
    seen.push(...results.map(({ id, state, message }) => `${id} ${state} ${message}`));
  });
  await vi.waitFor(
    () => expect(seen).toEqual(expect.arrayContaining(['a unmet seen by 1', 'b met seen by 1'])),
    15_000,
  );
  now.checks = { c: 'unmet' };
  await sessions.renew('ada', lesson);
  await vi.waitFor(() => expect(seen).toContain('c unmet seen by 2'), 15_000);
  observing.dispose();
  const { length } = seen;
  const second = await sessions.find('ada', lesson);
  await second?.ask('c');
  expect(seen).toHaveLength(length);
});

test('a lesson that is kept stays open without a page', async () => {
  const { sessions, diary } = surroundings();
  await sessions.enter(actor, lesson, page);
  const kept = await sessions.keep(actor, lesson);
  sessions.leave('ada', lesson, page);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await sessions.find('ada', lesson)).not.toBeNull();
  kept.dispose();
  await vi.waitFor(() => expect(diary).toEqual(['closed']), 15_000);
  expect(await sessions.find('ada', lesson)).toBeNull();
});

test('a preparation may wait for the session: neither attaching, going to a step nor renewing waits for one', async () => {
  const { sessions, now, diary } = surroundings({ lookedAt: new Promise(() => undefined) });
  const first = await sessions.enter(actor, lesson, page);
  await first.attach(sandbox);
  first.visit('step-b');
  await sessions.renew('ada', lesson);
  const second = await sessions.find('ada', lesson);
  expect(second).not.toBe(first);
  expect(diary).toContain('2 sets up step-b');
  // Who wants to know can wait.
  now.lookedAt = Promise.resolve();
  second?.reopen();
  await second?.looked();
});

test('a tick that is earned while the new text is opened is kept', async () => {
  const { sessions, now } = surroundings({ checks: { a: 'unmet', b: 'unmet' } });
  const first = await sessions.enter(actor, lesson, page);
  await first.attach(sandbox);
  await vi.waitFor(() => expect(first.results()[1]?.state).toBe('unmet'), 15_000);
  now.checks = { a: 'met', b: 'unmet' };
  const [asked] = await Promise.all([first.ask('a'), sessions.renew('ada', lesson)]);
  expect(asked[0]?.state).toBe('met');
  now.checks = { a: 'unmet', b: 'unmet' };
  const second = await sessions.find('ada', lesson);
  expect(second?.results()[0]).toMatchObject({ id: 'a', state: 'met' });
});
