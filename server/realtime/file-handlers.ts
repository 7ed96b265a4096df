import { DrydockError } from '../errors.ts';
import { applyFileBlock } from '../preparation/apply-file-block.ts';
import type { Handlers, RequestContext } from './dispatch.ts';
import type { LabServices } from './lab-services.ts';

type Names = 'file:list' | 'file:read' | 'file:write' | 'file:rename' | 'file:remove' | 'folder:make' | 'file:apply';

/** The files of a lesson. Changes are told to pages by the watcher, whoever made them. */
export function fileHandlers({ reader, preparations, workspaceOf }: LabServices): Pick<Handlers, Names> {
  const open = async ({ actor }: RequestContext, lesson: string) => {
    await reader.lesson(actor, lesson);
    return workspaceOf(actor.learner, lesson);
  };
  return {
    'file:list': async (context, { lesson }) => (await open(context, lesson)).list(),
    'file:read': async (context, { lesson, path }) => (await open(context, lesson)).read(path),

    'file:write': async (context, { lesson, path, content, basedOn, overwrite }) =>
      (await open(context, lesson)).write(path, content, { basedOn, overwrite }),

    'file:rename': async (context, { lesson, from, to }) => {
      await (await open(context, lesson)).rename(from, to);
      return null;
    },

    'file:remove': async (context, { lesson, path }) => {
      await (await open(context, lesson)).remove(path);
      return null;
    },

    'folder:make': async (context, { lesson, path }) => {
      await (await open(context, lesson)).makeFolder(path);
      return null;
    },

    'file:apply': async (context, { lesson, block }) => {
      const workspace = await open(context, lesson);
      const named = await reader.block(context.actor, lesson, block);
      const found = named.kind === 'solution' ? named.of : named;
      if (found.kind !== 'file') {
        throw new DrydockError(
          'lesson.block-not-found',
          'This lesson has no such file any more. Reload the page to see its newest text.',
        );
      }
      await preparations.assertIdle(context.actor.learner, lesson);
      return applyFileBlock(workspace, found);
    },
  };
}
