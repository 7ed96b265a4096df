import { type Disposable, DisposableStore } from '../disposable.ts';
import { errorForLog } from '../errors.ts';
import type { LabServices } from './lab-services.ts';
import type { LessonSession } from './lesson-session.ts';

const firstTerminal = 'main';

/** Joins what happens to sandboxes and in terminals to the sessions and pages it concerns. */
export function followSandboxes(services: LabServices): Disposable {
  const { sandboxes, sessions, preparations, terminals, builds, gateway, clock, logger, rootOf } = services;
  const store = new DisposableStore();
  /** The sandbox each learner had last, and whether its terminals believe that it runs. */
  const last = new Map<string, { id: string; up: boolean }>();
  const eachSession = (learner: string, act: (session: LessonSession) => void) => {
    void sessions.of(learner).then(
      (open) => open.forEach(act),
      () => undefined, // those could not be opened, and have nothing to be told
    );
  };

  /** Every page begins with this terminal: its shell comes up while the lesson's files are put there. */
  const prepareTerminal = async (learner: string, sandboxId: string, lesson: string) => {
    if (terminals.list(sandboxId, lesson).length > 0) return;
    try {
      await terminals.prepare({ sandboxId, learner, lesson, terminal: firstTerminal, cwd: rootOf(lesson) });
    } catch (error) {
      // The page asks for it, too, and is told what is wrong.
      logger.debug({ sandbox: sandboxId, ...errorForLog(error) }, 'a terminal could not be prepared');
    }
  };

  const forget = (id: string) => {
    terminals.sandboxRemoved(id);
    builds.forget(id);
  };

  // Those that were removed while there was no server.
  preparations.forgetUnowned();

  store.add(sandboxes.onMeasured(({ learner, use }) => gateway.tell(learner, 'sandbox:measured', { use })));

  store.add(
    sandboxes.onChanged(({ learner, status }) => {
      if (status.state === 'ready') {
        const sandbox = sandboxes.ready(learner);
        const before = last.get(learner);
        if (before !== undefined && before.id !== sandbox.id) {
          forget(before.id);
          preparations.sandboxLost(learner, before.id);
        }
        last.set(learner, { id: sandbox.id, up: true });
        terminals.sandboxReady(sandbox.id);
        const isNews = before?.up !== true || before.id !== sandbox.id;
        // Its files were gone, and it was made anew under its old id: what was set up in it is gone, too.
        const wasLost = status.notices.some((notice) => notice.kind === 'lost');
        if (isNews && wasLost) preparations.sandboxLost(learner, sandbox.id);
        // Pages hear of it when the lesson's files are there, or could not be put there.
        void sessions
          .of(learner)
          .then(async (open) => {
            if (isNews) open.forEach((session) => void prepareTerminal(learner, sandbox.id, session.lesson));
            const use = sandboxes.use(learner); // not to be frozen while the lesson's files are put there
            try {
              await Promise.all(open.map((session) => session.attach(sandbox)));
              await Promise.all(open.map((session) => session.looked()));
            } finally {
              use.dispose();
            }
          })
          .catch((error: unknown) =>
            logger.error({ sandbox: sandbox.id, ...errorForLog(error) }, 'a lesson could not be prepared'),
          )
          .then(() => {
            if (sandboxes.statusOf(learner) === status) gateway.tell(learner, 'sandbox:changed', { sandbox: status });
          });
      } else if (status.state === 'paused') {
        // Its shells are frozen with their connections, and go on with them. What asks its daemon lets go.
        eachSession(learner, (session) => session.detach());
        gateway.tell(learner, 'sandbox:changed', { sandbox: status });
      } else {
        const known = last.get(learner);
        const isReset = status.state === 'resetting';
        const isRemoved = status.state === 'none' && sandboxes.idOf(learner) === null;
        const lost = known?.id ?? (isReset ? sandboxes.idOf(learner) : null);
        if (isReset || isRemoved) {
          if (lost !== null) {
            forget(lost);
            preparations.sandboxLost(learner, lost);
          } else preparations.forgetUnowned(); // one that no page has asked for since the server started
          last.delete(learner);
          eachSession(learner, (session) => session.forget());
        } else if (known?.up === true) {
          known.up = false;
          terminals.sandboxGone(known.id);
          preparations.sandboxLost(learner, null);
          eachSession(learner, (session) => session.detach());
        }
        gateway.tell(learner, 'sandbox:changed', { sandbox: status });
      }
    }),
  );

  store.add(
    terminals.onChanged(({ learner, lesson, terminals: list }) =>
      gateway.tell(learner, 'terminal:changed', { lesson, terminals: list }),
    ),
  );

  store.add(
    terminals.onCommandEnded(({ learner, lesson, command, exitCode }) => {
      void sessions.find(learner, lesson).then(
        (session) => session?.commandEnded({ command, exitCode, at: clock.now() }),
        () => undefined,
      );
    }),
  );
  return store;
}
