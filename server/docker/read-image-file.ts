import type { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import { deadlines, type Engine } from './engine.ts';
import { engineStatus, withDeadline } from './engine-errors.ts';

/** The first `limit` bytes of a file in an image, as text, out of a container that is made and never run; null: there is none. */
export async function readImageFile(
  engine: Engine,
  reference: string,
  path: string,
  limit: number,
): Promise<string | null> {
  return withDeadline(`read ${path} of ${reference}`, deadlines.change, async () => {
    // An image need not have a command; a container must.
    const container = await engine.docker.createContainer({
      Image: reference,
      Cmd: ['none'],
      Labels: { 'drydock.lab': engine.lab, 'drydock.role': 'image-reader' },
      NetworkDisabled: true,
    });
    try {
      return await firstFile((await container.getArchive({ path })) as Readable, limit);
    } catch (error) {
      if (engineStatus(error) === 404) return null;
      throw error;
    } finally {
      await container.remove({ force: true, v: true });
    }
  });
}

async function firstFile(archive: Readable, limit: number): Promise<string | null> {
  const tar = extract();
  archive.on('error', (error) => tar.destroy(error));
  archive.pipe(tar);
  for await (const entry of tar) {
    if (entry.header.type !== 'file') return null;
    const parts: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of entry as AsyncIterable<Buffer>) {
      parts.push(chunk);
      bytes += chunk.length;
      if (bytes >= limit) break;
    }
    archive.destroy();
    return Buffer.concat(parts).subarray(0, limit).toString('utf8');
  }
  return null;
}
