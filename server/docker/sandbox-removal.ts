import { setTimeout as sleep } from 'node:timers/promises';
import { DrydockError } from '../errors.ts';
import { deadlines, type Engine } from './engine.ts';
import { engineStatus, withDeadline } from './engine-errors.ts';

/** Removes the sandbox's container, whatever its state, and resolves once nothing of it uses its volumes any more. */
export async function removeContainer(engine: Engine, id: string): Promise<void> {
  const found = await engine.find(id);
  if (found === null) return;
  await withDeadline('remove the sandbox', deadlines.change, async (abortSignal) => {
    try {
      await found.container.remove({ force: true, abortSignal });
    } catch (error) {
      // 409: another call is removing it already.
      if (engineStatus(error) !== 404 && engineStatus(error) !== 409) throw error;
    }
  });
  const giveUpAt = performance.now() + deadlines.change;
  while ((await engine.find(id)) !== null) {
    if (performance.now() > giveUpAt) {
      throw new DrydockError(
        'engine.failed',
        'The Docker Engine does not get done with removing the sandbox. Try again in a minute.',
      );
    }
    await sleep(200);
  }
}
