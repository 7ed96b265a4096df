import type { LessonProgress } from '../../protocol/lesson-view.ts';
import type { QuizVerdict } from '../../protocol/quiz.ts';
import type { SandboxStatus } from '../../protocol/sandbox.ts';
import { assertMay } from '../access.ts';
import { DrydockError, errorForLog } from '../errors.ts';
import { passedJudgement } from '../lessons/judge-quiz.ts';
import { blocksOfLesson, type Lesson } from '../lessons/lesson.ts';
import { outlineOf } from '../lessons/lesson-outline.ts';
import type { Handlers } from './dispatch.ts';
import type { LabServices } from './lab-services.ts';

type Names =
  | 'lesson:open'
  | 'lesson:leave'
  | 'lesson:visit-step'
  | 'sandbox:start'
  | 'sandbox:reset'
  | 'sandbox:dismiss'
  | 'sandbox:restore'
  | 'check:evaluate';

/** Opening a lesson, its sandbox, its checks. */
export function lessonHandlers(services: LabServices): Pick<Handlers, Names> {
  const { reader, sandboxes, sessions, preparations, terminals, builds, progress, clock, logger } = services;

  /** Starts the sandbox without keeping the page waiting: what becomes of it comes as facts. */
  const startLater = (learner: string) => {
    sandboxes.ensure(learner).catch((error: unknown) => logger.debug(errorForLog(error), 'a start failed'));
  };

  return {
    'lesson:open': async ({ actor, page }, { lesson, again }) => {
      const { learner } = actor;
      const parsed = await reader.lesson(actor, lesson); // throws for one that is not there or is broken
      const { egress, images } = parsed.frontMatter;
      services.stock?.want(images);
      sandboxes.setAttended(learner, true);
      sandboxes.askEgress(learner, lesson, egress === 'internet');
      // An open page whose connection is new is no reason to wake what is asleep, or to start what was stopped.
      if (again !== true || !isAtRest(sandboxes.statusOf(learner))) startLater(learner);
      const [session] = await Promise.all([
        sessions.enter(actor, lesson, page),
        progress.open(learner, lesson, clock.now()),
      ]);
      const sandbox = sandboxes.statusOf(learner);
      let sandboxId: string | null = null;
      if (sandbox.state === 'ready') {
        const ready = sandboxes.ready(learner);
        sandboxId = ready.id;
        await session.attach(ready);
        await session.looked();
      }
      const build = sandboxId === null ? null : builds.current(sandboxId, lesson);
      const snapshot = await session.snapshot();
      return {
        sandbox,
        ...snapshot,
        quizzes: passedVerdicts(parsed, snapshot.progress),
        preparation: preparations.current(learner, lesson),
        terminals: sandboxId === null ? [] : terminals.list(sandboxId, lesson),
        build: build?.status ?? null,
        buildOutput: build?.outputSince(0) ?? null,
      };
    },

    'lesson:leave': async ({ actor, page }, { lesson }) => {
      sessions.leave(actor.learner, lesson, page);
      services.authors.leave(page, lesson);
      return null;
    },

    'lesson:visit-step': async ({ actor }, { lesson, step }) => {
      const { steps } = outlineOf(await reader.lesson(actor, lesson));
      if (!steps.some((each) => each.id === step)) {
        throw new DrydockError(
          'lesson.block-not-found',
          'This lesson has no such step. Reload the page to see its newest text.',
        );
      }
      await progress.visitStep(actor.learner, lesson, step, clock.now());
      const session = await sessions.find(actor.learner, lesson);
      session?.visit(step);
      await session?.looked();
      return null;
    },

    'sandbox:start': async ({ actor }) => {
      startLater(actor.learner);
      return sandboxes.statusOf(actor.learner);
    },

    'sandbox:reset': async ({ actor }, { lesson }) => {
      await reader.lesson(actor, lesson);
      const { learner } = actor;
      sandboxes
        .reset(learner, async (sandbox) => {
          await services.emptyWorkspace(sandbox.id, lesson);
        })
        .catch((error: unknown) => logger.debug(errorForLog(error), 'a reset failed'));
      return sandboxes.statusOf(learner);
    },

    'sandbox:dismiss': async ({ actor }, { kind }) => {
      sandboxes.dismiss(actor.learner, kind);
      return null;
    },

    'sandbox:restore': async ({ actor }, { archive }) => {
      const found = await services.archives.find(archive);
      assertMay(actor, { verb: 'read-archive', owner: found.learner });
      return sandboxes.restore(actor.learner, archive);
    },

    'check:evaluate': async ({ actor }, { lesson, check }) => {
      const known = outlineOf(await reader.lesson(actor, lesson)).steps.flatMap((step) => step.checks);
      if (check !== undefined && !known.includes(check)) {
        throw new DrydockError(
          'check.not-found',
          'This lesson has no such check. Reload the page to see its newest text.',
        );
      }
      sandboxes.ready(actor.learner);
      // Asking gives the tick, which is not for what the lab did just now.
      await preparations.assertIdle(actor.learner, lesson);
      const session = await sessions.find(actor.learner, lesson);
      if (session === null) throw new DrydockError('lesson.not-found', 'Open the lesson first.');
      return check === undefined ? session.askAll() : session.ask(check);
    },
  };
}

/** What a page shows of the quizzes that were passed before it was loaded. */
function passedVerdicts(lesson: Lesson, { quizzes }: LessonProgress): QuizVerdict[] {
  return [...blocksOfLesson(lesson)].flatMap((block) => {
    if (block.kind !== 'quiz' || !Object.hasOwn(quizzes, block.id)) return [];
    const answered = quizzes[block.id];
    if (answered === undefined || answered.passedAt === null) return [];
    return [{ quiz: block.id, ...passedJudgement(block.quiz), attempts: answered.attempts }];
  });
}

/** It does not run because of something that a page's new connection does not undo. */
function isAtRest(status: SandboxStatus): boolean {
  if (status.state === 'failed') return status.error.code === 'sandbox.disk-full';
  return status.state === 'paused' || status.state === 'stopped';
}
