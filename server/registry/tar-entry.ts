import type { Pack } from 'tar-stream';

/** The same content gives the same bytes, whoever packs it and when. */
const common = { mode: 0o644, uid: 0, gid: 0, mtime: new Date(0) };

/** Puts a file of exactly `size` bytes into a tar, as fast as that is read. @throws whatever `content` throws */
export async function writeEntry(
  tar: Pack,
  name: string,
  size: number,
  content: AsyncIterable<Uint8Array>,
): Promise<void> {
  const entry = tar.entry({ ...common, name, size });
  // Comes to whoever reads the tar.
  entry.on('error', () => undefined);
  let gone = false;
  const closed = new Promise<void>((resolve) => {
    entry.once('close', () => {
      gone = true;
      resolve();
    });
  });
  for await (const chunk of content) {
    if (gone) throw new Error('nobody reads it any more');
    if (!entry.write(chunk)) await Promise.race([drained(entry), closed]);
  }
  entry.end(null);
  await closed;
}

async function drained(entry: ReturnType<Pack['entry']>): Promise<void> {
  return new Promise((resolve) => {
    entry.once('drain', () => resolve());
  });
}
