import { tagInLesson } from '../builds/tag-in-lesson.ts';
import { blocksOfLesson, type LessonBlock } from '../lessons/lesson.ts';
import type { Handlers } from './dispatch.ts';
import type { LabServices } from './lab-services.ts';

/** The Build button: `docker build` in the learner's sandbox, told to all of their pages. */
export function buildHandlers({
  reader,
  preparations,
  sandboxes,
  builds,
  gateway,
  rootOf,
}: LabServices): Pick<Handlers, 'build:start' | 'build:cancel'> {
  return {
    'build:start': async ({ actor }, { lesson, path }) => {
      const blocks = [...blocksOfLesson(await reader.lesson(actor, lesson))];
      const commands = blocks.flatMap((block) => commandOf(block) ?? []);
      await preparations.assertIdle(actor.learner, lesson);
      return builds.start({
        sandboxId: sandboxes.ready(actor.learner).id,
        lesson,
        root: rootOf(lesson),
        path,
        tag: tagInLesson(commands, path),
        onChanged: (build) => gateway.tell(actor.learner, 'build:changed', { lesson, build }),
        onOutput: (output) => gateway.tell(actor.learner, 'build:output', { lesson, ...output }),
      });
    },

    'build:cancel': async ({ actor }, { build }) => {
      builds.cancel(sandboxes.ready(actor.learner).id, build);
      return null;
    },
  };
}

function commandOf(block: LessonBlock): string | null {
  if (block.kind === 'run') return block.command;
  return block.kind === 'solution' && block.of.kind === 'run' ? block.of.command : null;
}
