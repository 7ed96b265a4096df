import { DrydockError } from '../errors.ts';
import type { Handlers, RequestContext } from './dispatch.ts';
import type { LabServices } from './lab-services.ts';

type Names = 'file:list' | 'file:read' | 'file:write' | 'file:rename' | 'file:remove' | 'folder:make' | 'file:apply';

/** The files of a lesson. Changes are told to pages by the watcher, whoever made them. */
export function fileHandlers({ library, workspaceOf }: LabServices): Pick<Handlers, Names> {
  const open = ({ actor }: RequestContext, lesson: string) => {
    library.lesson(lesson);
    return workspaceOf(actor.learner, lesson);
  };
  return {
    'file:list': async (context, { lesson }) => open(context, lesson).list(),
    'file:read': async (context, { lesson, path }) => open(context, lesson).read(path),

    'file:write': async (context, { lesson, path, content, basedOn, overwrite }) =>
      open(context, lesson).write(path, content, { basedOn, overwrite }),

    'file:rename': async (context, { lesson, from, to }) => {
      await open(context, lesson).rename(from, to);
      return null;
    },

    'file:remove': async (context, { lesson, path }) => {
      await open(context, lesson).remove(path);
      return null;
    },

    'folder:make': async (context, { lesson, path }) => {
      await open(context, lesson).makeFolder(path);
      return null;
    },

    'file:apply': async (context, { lesson, block }) => {
      const workspace = open(context, lesson);
      const named = library.block(lesson, block);
      const found = named.kind === 'solution' ? named.of : named;
      if (found.kind !== 'file') {
        throw new DrydockError(
          'lesson.block-not-found',
          'This lesson has no such file any more. Reload the page to see its newest text.',
        );
      }
      const { path, code, mode } = found;
      switch (mode.type) {
        case 'write':
          return { path, ...(await workspace.write(path, code, { basedOn: null, overwrite: true })) };
        case 'append':
          return { path, ...(await workspace.append(path, code)) };
        case 'lines':
          return { path, ...(await workspace.replaceLines(path, mode.from, mode.to, code)) };
      }
    },
  };
}
