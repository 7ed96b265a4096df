import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { lessonSource } from '../lessons/lesson-fixture.ts';
import { parseLesson } from '../lessons/parse/parse-lesson.ts';
import type { PreparationParts } from '../preparation/preparation-parts.ts';
import { Preparations } from '../preparation/preparations.ts';
import { LessonSession, type LessonSessionOptions } from './lesson-session.ts';
import { LessonSessions } from './lesson-sessions.ts';

const actor = { learner: 'ada', mayAuthor: true };
const lesson = 'course/lesson';
const sandbox = { id: 's1', learner: 'ada' };
const logger = { debug() {}, info() {}, warn() {}, error() {} };
const silent = { checks: () => undefined, progress: () => undefined, workspace: () => undefined };

/** Sessions and preparations as they know each other, without an engine. `lookMs`: how long looking for setup takes. */
function surroundings(lookMs: number) {
  const { lesson: parsed } = parseLesson(lessonSource('## One\n\nText.'), 'lesson.md', lesson);
  if (parsed === null) throw new Error('the fixture is broken');
  const parts: Partial<PreparationParts> = {
    reader: {
      lesson: async () => {
        await delay(lookMs);
        return parsed;
      },
    },
    done: { done: async () => new Set() } as Partial<PreparationParts['done']> as PreparationParts['done'],
    sandboxes: { use: () => ({ dispose: () => undefined }) } as Partial<
      PreparationParts['sandboxes']
    > as PreparationParts['sandboxes'],
    sessions: {
      find: (learner, id) => sessions.find(learner, id),
      keep: async () => ({ dispose: () => undefined }),
    },
    tell: () => undefined,
    clock: { now: () => 1 },
    logger,
  };
  const preparations = new Preparations(parts as PreparationParts);
  const blank = { caughtUp: [], quizzes: {}, solutionsShown: {}, stepsDone: [], currentStep: null };
  const sessions: LessonSessions = new LessonSessions({
    make: async () =>
      new LessonSession({
        learner: 'ada',
        lesson: { id: lesson, steps: [{ id: 'one', checks: [], quizzes: [] }] },
        subjects: () => new Set(),
        settlesLater: () => false,
        program: () => null,
        progress: {} as LessonSessionOptions['progress'],
        initial: { lesson, passed: {}, ...blank, completedAt: null, openedAt: null },
        clock: { now: () => 1 },
        logger,
        evaluate: async () => [],
        prepare: async () => undefined,
        setUp: (step, where) => preparations.open(actor, lesson, step, where),
        isHeld: () => preparations.holdsChecks('ada', lesson),
        follow: () => ({ dispose: () => undefined }),
        tell: silent,
      }),
    graceMs: 0,
    onClosed: () => undefined,
  });
  return { sessions, preparations };
}

test('a lesson that is saved again and again, faster than its setup is looked for, goes on', async () => {
  const { sessions, preparations } = surroundings(40);
  const session = await sessions.enter(actor, lesson, { id: 'page' });
  await session.attach(sandbox);
  const renewals: Promise<void>[] = [];
  for (let round = 0; round < 5; round += 1) {
    renewals.push(sessions.renew('ada', lesson));
    await delay(30);
  }
  await Promise.all(renewals);
  const newest = await sessions.find('ada', lesson);
  expect(newest).not.toBe(session);
  await newest?.looked();
  await preparations.settled();
  expect(preparations.holdsChecks('ada', lesson)).toBe(false);
  sessions.dispose();
});
