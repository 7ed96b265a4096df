import { DrydockError } from '../errors.ts';
import { typeRunBlock } from '../preparation/run-block.ts';
import type { Handlers } from './dispatch.ts';
import type { LabServices } from './lab-services.ts';

type Names =
  | 'terminal:list'
  | 'terminal:open'
  | 'terminal:input'
  | 'terminal:resize'
  | 'terminal:acknowledge'
  | 'terminal:run'
  | 'terminal:close'
  | 'terminal:detach';

/** Terminals: the hub does the work, this says whose they are. */
export function terminalHandlers(services: LabServices): Pick<Handlers, Names> {
  const { sandboxes, terminals, reader, preparations, rootOf } = services;
  const addressOf = (learner: string, at: { lesson: string; terminal: string }) => {
    return { sandboxId: sandboxes.ready(learner).id, lesson: at.lesson, terminal: at.terminal };
  };
  return {
    // What is known of them is true of a sandbox that is paused, too.
    'terminal:list': async ({ actor }, { lesson }) => {
      const id = sandboxes.idOf(actor.learner);
      return id === null ? [] : terminals.list(id, lesson);
    },

    'terminal:open': async ({ actor, page }, payload) => {
      await reader.lesson(actor, payload.lesson);
      return terminals.open({
        ...addressOf(actor.learner, payload),
        learner: actor.learner,
        cols: payload.cols,
        rows: payload.rows,
        cwd: rootOf(payload.lesson),
        after: payload.after,
        generation: payload.generation,
        viewer: { id: page.id, send: ({ name, fact }) => page.send(name, fact) },
      });
    },

    'terminal:input': async ({ actor, page }, payload) => {
      terminals.input(addressOf(actor.learner, payload), page.id, payload.data);
      return null;
    },

    'terminal:resize': async ({ actor, page }, payload) => {
      const sandboxId = sandboxes.idOf(actor.learner) ?? sandboxes.ready(actor.learner).id;
      terminals.resize({ ...payload, sandboxId }, page.id, payload.cols, payload.rows);
      return null;
    },

    'terminal:acknowledge': async ({ actor, page }, payload) => {
      const sandboxId = sandboxes.idOf(actor.learner);
      if (sandboxId !== null) terminals.acknowledge({ ...payload, sandboxId }, page.id, payload.seq);
      return null;
    },

    'terminal:run': async ({ actor }, { lesson, block, interrupt }) => {
      const named = await reader.block(actor, lesson, block);
      const found = named.kind === 'solution' ? named.of : named;
      if (found.kind !== 'run') throw noSuchBlock();
      await preparations.assertIdle(actor.learner, lesson);
      const { learner } = actor;
      const place = { terminals, sandboxId: sandboxes.ready(learner).id, learner, lesson, cwd: rootOf(lesson) };
      await typeRunBlock(place, found, { interrupt });
      return { terminal: found.terminal };
    },

    'terminal:close': async ({ actor }, payload) => {
      await terminals.close(addressOf(actor.learner, payload));
      return null;
    },

    'terminal:detach': async ({ actor, page }, payload) => {
      const sandboxId = sandboxes.idOf(actor.learner);
      if (sandboxId !== null) terminals.detach({ ...payload, sandboxId }, page.id);
      return null;
    },
  };
}

function noSuchBlock(): DrydockError {
  return new DrydockError(
    'lesson.block-not-found',
    'This lesson has no such command any more. Reload the page to see its newest text.',
  );
}
