import type { Handlers } from './dispatch.ts';
import type { LabServices } from './lab-services.ts';

type Names = 'lesson:start-over' | 'preparation:retry' | 'preparation:cancel';

/** What the lab does in a sandbox by itself, and how a learner has a say in it. */
export function preparationHandlers({ preparations }: Pick<LabServices, 'preparations'>): Pick<Handlers, Names> {
  return {
    'lesson:start-over': async ({ actor }, { lesson, step }) => {
      await preparations.startOver(actor, lesson, step);
      return null;
    },

    'preparation:retry': async ({ actor }, { lesson }) => {
      await preparations.retry(actor, lesson);
      return null;
    },

    'preparation:cancel': async ({ actor }, { lesson }) => {
      await preparations.cancel(actor.learner, lesson);
      return null;
    },
  };
}
