import type { Readable } from 'node:stream';
import { DrydockError, describeError } from '../errors.ts';
import { followReports } from './build-stream.ts';
import type { Engine } from './engine.ts';
import { toEngineError } from './engine-errors.ts';
import type { Following } from './image-builder.ts';

/**
 * Gives images to the engine, as `docker load` does. @param archive in the form of `docker save`, with manifest.json
 * @throws host.disk-full, engine.failed with the engine's words, engine.unreachable; whatever the archive fails with
 */
export async function loadImages(engine: Engine, archive: Readable, options: Following = {}): Promise<void> {
  const doing = 'load images into the engine';
  const request = new AbortController();
  let broken: Error | null = null;
  // dockerode pipes the archive and does not look whether it ends well.
  archive.once('error', (error) => {
    broken = error;
    request.abort();
  });
  const give = (): void => void archive.destroy(new Error('interrupted'));
  options.signal?.addEventListener('abort', give, { once: true });
  try {
    options.signal?.throwIfAborted();
    const answer = (await engine.docker.loadImage(archive, { abortSignal: request.signal })) as Readable;
    request.signal.addEventListener('abort', () => answer.destroy(new Error('interrupted')), { once: true });
    await followReports(answer, doing, ({ stream, status }) => {
      const line = (stream ?? status ?? '').trim();
      if (line !== '') options.onLine?.(line);
    });
  } catch (error) {
    options.signal?.throwIfAborted();
    if (broken !== null) throw broken;
    if (/no space left on device/i.test(describeError(error))) {
      throw new DrydockError(
        'host.disk-full',
        'The disk on which the Docker Engine keeps its images is full, so the images of the lab could not be loaded. Make room there, then run the same again.',
        { cause: error },
      );
    }
    throw toEngineError(error, doing);
  } finally {
    options.signal?.removeEventListener('abort', give);
    archive.destroy();
  }
}
