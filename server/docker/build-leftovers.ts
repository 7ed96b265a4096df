import { setTimeout as sleep } from 'node:timers/promises';
import type { BuildTrace } from './build-stream.ts';
import type { Engine } from './engine.ts';
import { engineStatus } from './engine-errors.ts';

/** Milliseconds the engine has to end the step of a build that was given up. */
const endsWithin = 15_000;

/** Best effort: an image in use, or one that another build shares, stays. */
export async function removeUnnamed(engine: Engine, id: string): Promise<void> {
  try {
    if (await hasNoName(engine, id)) await engine.docker.getImage(id).remove();
  } catch (error) {
    engine.logger.debug({ id, error }, 'an unnamed image of a build stays');
  }
}

/**
 * What a build leaves that failed or was given up: the last image of every stage, and what its last step became when
 * nobody read of it any more. The engine ends that step in its own time, so an image that is in use is tried again.
 */
export async function removeUnfinished(engine: Engine, trace: BuildTrace): Promise<void> {
  const giveUpAt = performance.now() + endsWithin;
  for (const id of trace.unfinished()) {
    for (;;) {
      const state = await tryToRemove(engine, id);
      if (state === 'gone' || performance.now() > giveUpAt) break;
      await sleep(100);
    }
  }
}

async function tryToRemove(engine: Engine, id: string): Promise<'gone' | 'in use'> {
  try {
    if (!(await hasNoName(engine, id))) return 'gone';
    for (const child of await unnamedChildren(engine, id)) await removeUnnamed(engine, child);
    await engine.docker.getImage(id).remove();
    return 'gone';
  } catch (error) {
    if (engineStatus(error) === 404) return 'gone';
    // A container of the step that is being ended, or another build that goes on from here.
    if (engineStatus(error) === 409 && !/dependent child/.test(String(error))) return 'in use';
    engine.logger.debug({ id, error }, 'an unnamed image of a build stays');
    return 'gone';
  }
}

async function unnamedChildren(engine: Engine, id: string): Promise<string[]> {
  const parent = (await engine.docker.getImage(id).inspect()).Id;
  const dangling = await engine.docker.listImages({ filters: { dangling: ['true'] } });
  return dangling.filter((image) => image.ParentId === parent).map((image) => image.Id);
}

async function hasNoName(engine: Engine, id: string): Promise<boolean> {
  const names: string[] | null | undefined = (await engine.docker.getImage(id).inspect()).RepoTags;
  return (names ?? []).length === 0;
}
