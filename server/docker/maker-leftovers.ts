import { deadlines, type Engine } from './engine.ts';
import { withDeadline } from './engine-errors.ts';

/** Containers that make an image for learners and live for moments, by the role in their label. */
const passing = new Set(['image-reader', 'registry-filler']);

/**
 * Takes away what a process left that was killed while it made an image: containers that do not run, and images under
 * the names that only making gives. Only while nobody else makes images for this lab. Best effort: the next time
 * tries again.
 * @param name whether an image is called so only while it is made
 */
export async function removeMakersLeftovers(engine: Engine, name: (reference: string) => boolean): Promise<void> {
  await withDeadline('look for what an earlier process left', deadlines.change, async (abortSignal) => {
    const containers = await engine.docker.listContainers({
      all: true,
      filters: { label: [`drydock.lab=${engine.lab}`], status: ['created', 'exited', 'dead'] },
      abortSignal,
    });
    for (const { Id, Labels } of containers) {
      if (!passing.has(Labels['drydock.role'] ?? '')) continue;
      await attempt(engine, Id, () => engine.docker.getContainer(Id).remove({ force: true, v: true, abortSignal }));
    }
    const images = await engine.docker.listImages({ filters: { reference: ['drydock/image-*'] }, abortSignal });
    for (const reference of images.flatMap(({ RepoTags }) => (RepoTags as string[] | null) ?? []).filter(name))
      await attempt(engine, reference, () => engine.docker.getImage(reference).remove({ abortSignal }));
  });
}

async function attempt(engine: Engine, what: string, remove: () => Promise<unknown>): Promise<void> {
  try {
    await remove();
    engine.logger.info({ what }, 'removed what an earlier process left that made images');
  } catch (error) {
    engine.logger.debug({ what, error }, 'what an earlier process left stays');
  }
}
