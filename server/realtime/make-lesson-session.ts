import type { Actor } from '../access.ts';
import { evaluateChecks } from '../checks/evaluate-checks.ts';
import { programOf, relevantTo, settlesLater } from '../checks/when-to-look.ts';
import type { Clock } from '../clock.ts';
import { DisposableStore } from '../disposable.ts';
import type { SandboxHost } from '../docker/sandbox-host.ts';
import { blocksOfLesson, type CheckBlock } from '../lessons/lesson.ts';
import { outlineOf } from '../lessons/lesson-outline.ts';
import type { LessonLibrary } from '../lessons/library/lesson-library.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import type { Preparations } from '../preparation/preparations.ts';
import type { LiveSandboxes } from '../sandbox/live-sandboxes.ts';
import type { ProgressStore } from '../store/progress-store.ts';
import { createWorkspace } from '../workspace/workspace.ts';
import { watchWorkspace } from '../workspace/workspace-watcher.ts';
import type { Gateway } from './gateway.ts';
import type { LessonReader } from './lesson-reader.ts';
import { LessonSession } from './lesson-session.ts';
import { sandboxCheckContext } from './sandbox-check-context.ts';

export interface LessonSessionParts {
  actor: Actor;
  lesson: string;
  library: LessonLibrary;
  reader: LessonReader;
  preparations: Preparations;
  progress: ProgressStore;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  gateway: Gateway;
  host: SandboxHost;
  live: LiveSandboxes;
  rootOf: (lesson: string) => string;
}

/** A lesson session on real parts: the learner's daemon, files and pages. @throws lesson.* */
export async function makeLessonSession(parts: LessonSessionParts): Promise<LessonSession> {
  const {
    actor,
    lesson,
    library,
    reader,
    preparations,
    progress,
    clock,
    logger,
    metrics,
    gateway,
    host,
    live,
    rootOf,
  } = parts;
  const { learner } = actor;
  const parsed = await reader.lesson(actor, lesson);
  const outline = outlineOf(parsed);
  const checks = new Map(
    [...blocksOfLesson(parsed)]
      .filter((block): block is CheckBlock => block.kind === 'check')
      .map((block) => [block.id, block]),
  );
  const workspaceIn = (sandboxId: string) => createWorkspace({ host, sandboxId, root: rootOf(lesson) });
  return new LessonSession({
    learner,
    lesson: outline,
    subjects: (id) => {
      const block = checks.get(id);
      return block === undefined ? new Set() : relevantTo(block.check);
    },
    settlesLater: (id) => {
      const block = checks.get(id);
      return block !== undefined && settlesLater(block.check);
    },
    program: (id) => {
      const block = checks.get(id);
      return block === undefined ? null : programOf(block.check);
    },
    progress,
    initial: await progress.read(learner, outline),
    clock,
    logger,
    prepare: async (sandbox) =>
      workspaceIn(sandbox.id).seed(await library.filesOf(lesson, { broken: actor.mayAuthor })),
    setUp: (step, sandbox) => preparations.open(actor, lesson, step, sandbox),
    isHeld: () => preparations.holdsChecks(learner, lesson),
    evaluate: async (sandbox, ids, commands, patience) => {
      const held = live.hold(sandbox.id);
      try {
        const wanted = ids.flatMap((id) => checks.get(id) ?? []);
        const context = sandboxCheckContext({
          host,
          sandboxId: sandbox.id,
          live: held,
          workspace: workspaceIn(sandbox.id),
          commands,
        });
        const began = performance.now();
        const results = await evaluateChecks(wanted, context, { patience });
        metrics.observe('drydock_check_round_seconds', {}, performance.now() - began);
        for (const { state } of results) metrics.count('drydock_check_results_total', { state });
        return results;
      } finally {
        held.dispose();
      }
    },
    follow: (sandbox, listener) => {
      const store = new DisposableStore();
      const held = store.add(live.hold(sandbox.id));
      store.add(held.state.changed.on(({ kinds }) => listener([...kinds], null)));
      store.add(
        watchWorkspace({
          host,
          sandboxId: sandbox.id,
          root: rootOf(lesson),
          logger,
          onChanged: (paths) => listener(['files'], paths),
          onEnded: () => undefined, // the sandbox is gone; the session is told of that by itself
        }),
      );
      return store;
    },
    tell: {
      checks: (results) => gateway.tell(learner, 'check:changed', { lesson, checks: results }),
      progress: (current) => gateway.tell(learner, 'progress:changed', { progress: current }),
      workspace: (paths) => gateway.tell(learner, 'workspace:changed', { lesson, paths }),
    },
  });
}
