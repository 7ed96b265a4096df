import { describeError } from '../server/errors.ts';
import type { SetupContext } from './context.ts';

/** Milliseconds Docker Hub has for its first word. A network that cannot reach it must not cost more. */
const answerWithinMs = 8_000;

/**
 * Gives an image of Docker Hub a name of ours, pulling it where that is needed and possible. The engine's own
 * names stay as they are: one that was not there before is taken off again.
 * @returns false when Docker Hub gives nothing; why is in `context.hubTrouble`, and it is not asked again
 */
export async function takeFromHub(
  context: SetupContext,
  hubName: string,
  ourName: string,
  tell: (detail: string) => void,
  signal: AbortSignal,
): Promise<boolean> {
  const { images } = context;
  const [repository = hubName] = hubName.split(':');
  const local = await images.find(hubName);
  // Only what came from a registry has a digest; anyone can call an image of their own debian:trixie-slim.
  if (local?.digests.some((digest) => digest.startsWith(`${repository}@`)) === true) {
    await images.tag(local.id, ourName);
    return true;
  }
  if (local !== null || context.hubTrouble !== null) return false;
  tell(`asking Docker Hub for ${hubName}`);
  try {
    await images.pull(hubName, { answerWithinMs, signal, onLine: (line) => tell(`Docker Hub: ${line}`) });
  } catch (error) {
    signal.throwIfAborted();
    context.hubTrouble = describeError(error);
    return false;
  }
  const pulled = await images.find(hubName);
  if (pulled === null) return false;
  await images.tag(pulled.id, ourName);
  await images.remove(hubName);
  return true;
}
