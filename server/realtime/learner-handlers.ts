import type { Handlers } from './dispatch.ts';
import type { LabServices } from './lab-services.ts';

type Names = 'placement:answer' | 'placement:begin' | 'certificate:name';

/** What is a learner's own and of no lesson: where they begin, and how they want to be called. */
export function learnerHandlers({
  placement,
  certificates,
}: Pick<LabServices, 'placement' | 'certificates'>): Pick<Handlers, Names> {
  return {
    'placement:answer': async ({ actor }, { question, answer }) => placement.answer(actor.learner, question, answer),
    'placement:begin': async ({ actor }) => placement.begin(actor.learner),
    'certificate:name': async ({ actor }, { name }) => {
      await certificates.rename(actor.learner, name);
      return { name };
    },
  };
}
