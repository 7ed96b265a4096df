import { readFileSync, readlinkSync } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pack } from 'tar-stream';

/**
 * A folder as a tar stream for the builder. Owner, time and umask of this machine do not get into it, so the
 * same files give the same layers everywhere.
 */
export function packContext(folder: string): Readable {
  const tar = pack();
  fill(folder, '', tar).then(
    () => tar.finalize(),
    (error: unknown) => tar.destroy(error instanceof Error ? error : new Error(String(error))),
  );
  return Readable.from(tar, { objectMode: false });
}

/** A build context of nothing but a Dockerfile. */
export function packDockerfile(text: string): Readable {
  const tar = pack();
  tar.entry({ name: 'Dockerfile', uid: 0, gid: 0, mtime: new Date(0), mode: 0o644 }, text);
  tar.finalize();
  return Readable.from(tar, { objectMode: false });
}

async function fill(folder: string, prefix: string, tar: ReturnType<typeof pack>): Promise<void> {
  const names = (await readdir(folder)).sort();
  for (const name of names) {
    const path = join(folder, name);
    const inside = prefix + name;
    const stats = await lstat(path);
    const common = { uid: 0, gid: 0, mtime: new Date(0) };
    if (stats.isDirectory()) {
      tar.entry({ ...common, name: `${inside}/`, type: 'directory', mode: 0o755 });
      await fill(path, `${inside}/`, tar);
    } else if (stats.isSymbolicLink()) {
      tar.entry({ ...common, name: inside, type: 'symlink', linkname: readlinkSync(path) });
    } else if (stats.isFile()) {
      const mode = (stats.mode & 0o100) === 0 ? 0o644 : 0o755;
      tar.entry({ ...common, name: inside, mode }, readFileSync(path));
    }
  }
}
