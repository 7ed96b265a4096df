import { DrydockError } from '../errors.ts';
import { deadlines, type Engine } from './engine.ts';
import { engineStatus, withDeadline } from './engine-errors.ts';
import { labels, sandboxLabels } from './sandbox-container.ts';

/**
 * Makes a volume, or takes the one of that name when it is this sandbox's own.
 * @throws engine.failed when it is somebody else's
 */
export async function makeVolume(
  engine: Engine,
  name: string,
  spec: { id: string; learner: string | null },
): Promise<void> {
  await withDeadline('make the disk of the sandbox', deadlines.change, async (abortSignal) => {
    // Creating what exists answers with the existing volume, whose labels tell whether it is ours.
    await engine.docker.createVolume({ Name: name, Labels: sandboxLabels(engine.lab, spec), abortSignal });
    const info = await engine.docker.getVolume(name).inspect({ abortSignal });
    if (!isOwn(engine, info.Labels, spec.id)) throw foreign(name);
  });
}

/** Removes a volume of this sandbox; one that is not there is no error. */
export async function removeVolume(engine: Engine, name: string, id: string): Promise<void> {
  await withDeadline('remove the disk of the sandbox', deadlines.change, async (abortSignal) => {
    try {
      const volume = engine.docker.getVolume(name);
      const info = await volume.inspect({ abortSignal });
      if (!isOwn(engine, info.Labels, id)) throw foreign(name);
      await volume.remove({ abortSignal });
    } catch (error) {
      if (engineStatus(error) !== 404) throw error;
    }
  });
}

function isOwn(engine: Engine, found: Record<string, string> | null | undefined, id: string): boolean {
  return found?.[labels.lab] === engine.lab && found[labels.sandbox] === id;
}

function foreign(name: string): DrydockError {
  return new DrydockError(
    'engine.failed',
    `There is a volume named ${name} on this engine that does not belong to this lab, so Drydock leaves it alone. Whoever runs this Drydock has to rename or remove it.`,
  );
}
