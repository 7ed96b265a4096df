import { type Disposable, DisposableStore } from '../disposable.ts';
import { describeError } from '../errors.ts';
import type { LabServices } from './lab-services.ts';

/** Joins what happens to sandboxes and in terminals to the sessions and pages it concerns. */
export function followSandboxes(services: LabServices): Disposable {
  const { sandboxes, sessions, terminals, builds, gateway, clock, logger } = services;
  const store = new DisposableStore();
  /** The sandbox that was ready last, to tell its terminals when it goes. */
  const readyIds = new Map<string, string>();

  store.add(
    sandboxes.onChanged(({ learner, status }) => {
      if (status.state === 'ready') {
        const sandbox = sandboxes.ready(learner);
        readyIds.set(learner, sandbox.id);
        terminals.sandboxReady(sandbox.id);
        // Pages hear of it when the lesson's files are there, or could not be put there.
        void sessions
          .of(learner)
          .then(async (open) => {
            await Promise.all(open.map((session) => session.attach(sandbox)));
          })
          .catch((error: unknown) =>
            logger.error({ sandbox: sandbox.id, error: describeError(error) }, 'a lesson could not be prepared'),
          )
          .then(() => {
            if (sandboxes.statusOf(learner) === status) gateway.tell(learner, 'sandbox:changed', { sandbox: status });
          });
      } else {
        const isReset = status.state === 'resetting';
        const lost = isReset ? sandboxes.idOf(learner) : (readyIds.get(learner) ?? null);
        readyIds.delete(learner);
        if (lost !== null) {
          if (isReset) {
            terminals.sandboxRemoved(lost);
            builds.forget(lost);
          } else {
            terminals.sandboxGone(lost);
          }
          void sessions.of(learner).then(
            (open) => {
              for (const session of open) {
                if (isReset) session.forget();
                else session.detach();
              }
            },
            () => undefined,
          );
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
