import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import type { WorkspaceArchive } from '../../protocol/sandbox.ts';
import type { Clock, Ids } from '../clock.ts';
import type { SandboxHost } from '../docker/sandbox-host.ts';
import { DrydockError, errorForLog } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { ArchiveStore } from '../store/archive-store.ts';
import { restoreFiles } from './restore-files.ts';

export interface WorkspaceArchivesOptions {
  /** Of the lab; the archives lie in `archives/` there. */
  dataDir: string;
  store: ArchiveStore;
  host: SandboxHost;
  clock: Clock;
  ids: Ids;
  logger: Logger;
  /** Bytes of one archive at most, compressed. */
  largest: number;
}

/** So much stays free on the lab's own disk, in bytes: the database needs it more. */
const reserve = 256 * 2 ** 20;
/** What a server that is making an archive now may still be writing, in milliseconds. */
const staleAfter = 60 * 60_000;

/**
 * The files of sandboxes that were removed. An archive is first whole on disk, then in the database in the place of
 * its sandbox, and only then is the sandbox removed: whenever the power goes, there is one or the other.
 */
export class WorkspaceArchives {
  readonly #options: WorkspaceArchivesOptions;
  readonly #folder: string;

  constructor(options: WorkspaceArchivesOptions) {
    this.#options = options;
    this.#folder = join(options.dataDir, 'archives');
  }

  /**
   * Puts an archive in the place of a sandbox that does not run, and removes the sandbox.
   * @param seenAt the database's word that it was not used; false when it was used since, and nothing was done
   * @throws archive.failed, host.disk-full, engine.*; then the sandbox is as it was
   */
  async replace(
    sandbox: { id: string; learner: string; seenAt: number | null },
    files: 'keep' | 'discard' = 'keep',
  ): Promise<boolean> {
    const { store, host, clock, logger } = this.#options;
    const made = files === 'discard' ? null : await this.#write(sandbox.id);
    let replaced = false;
    try {
      replaced = await store.replaceSandbox(
        sandbox,
        made === null ? null : { id: made.id, createdAt: clock.now(), bytes: made.bytes },
      );
    } finally {
      if (!replaced && made !== null) await rm(this.#pathOf(made.id), { force: true });
    }
    if (!replaced) return false;
    // From here on it is nobody's: if this fails, the next look for sandboxes of nobody removes it.
    await host.remove(sandbox.id, { keepHome: false }).catch((error: unknown) => {
      logger.warn({ sandbox: sandbox.id, ...errorForLog(error) }, 'an archived sandbox could not be removed yet');
    });
    return true;
  }

  of(learner: string): Promise<WorkspaceArchive[]> {
    return this.#options.store.of(learner);
  }

  announce(learner: string): Promise<WorkspaceArchive | null> {
    return this.#options.store.announce(learner);
  }

  /** Whose it is, for whoever decides about access. @throws archive.not-found */
  async find(id: string): Promise<WorkspaceArchive & { learner: string }> {
    const found = await this.#options.store.find(id);
    if (found === null) throw notFound();
    return found;
  }

  /** The gzipped tar. @throws archive.not-found */
  async read(id: string): Promise<{ bytes: number; stream: Readable }> {
    try {
      const { size } = await stat(this.#pathOf(id));
      return { bytes: size, stream: createReadStream(this.#pathOf(id)) };
    } catch (cause) {
      throw notFound(cause);
    }
  }

  /** Unpacks it in a running sandbox, where nothing of that name is. @throws archive.*, sandbox.gone, file.no-space */
  async restore(id: string, sandboxId: string): Promise<{ restored: number; kept: string[] }> {
    const { stream } = await this.read(id);
    const result = await restoreFiles(this.#options.host, sandboxId, stream.pipe(createGunzip()), stream);
    await this.#options.store.restored(id, this.#options.clock.now());
    return result;
  }

  /** Removes what a power cut left: files that are half written, or whose sandbox is still there. */
  async sweep(): Promise<void> {
    const { store, clock, logger } = this.#options;
    const names = await readdir(this.#folder).catch(() => []);
    if (names.length === 0) return;
    const known = await store.ids();
    for (const name of names) {
      if (known.has(name.replace(/\.tar\.gz$/, ''))) continue;
      const path = join(this.#folder, name);
      const written = await stat(path).catch(() => null);
      if (written === null || Math.abs(clock.now() - written.mtimeMs) < staleAfter) continue;
      logger.info({ file: name }, 'removing an archive that was never finished');
      await rm(path, { force: true });
    }
  }

  /** null: the sandbox has no files, because it was never made or its disks are gone. */
  async #write(sandboxId: string): Promise<{ id: string; bytes: number } | null> {
    const { host, ids, largest } = this.#options;
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const space = await statfs(this.#folder);
    if (space.bavail * space.bsize < reserve) throw diskFull();
    const home = await host.readHome(sandboxId).catch((error: unknown) => {
      if (error instanceof DrydockError && error.code === 'sandbox.gone') return null;
      throw error;
    });
    if (home === null) return null;
    const id = ids.next();
    const temporary = join(this.#folder, `${id}.part`);
    try {
      const bounded = new ByteLimit(largest);
      // Flushed to the disk before it has its name: a name on a file whose bytes are lost is worse than no file.
      const file = createWriteStream(temporary, { mode: 0o600, flags: 'wx', flush: true });
      await pipeline(home, createGzip({ level: 6 }), bounded, file);
      await rename(temporary, this.#pathOf(id));
      await syncFolder(this.#folder);
      return { id, bytes: bounded.bytes };
    } catch (cause) {
      await rm(temporary, { force: true });
      if (cause instanceof DrydockError) throw cause;
      if (cause instanceof Error && 'code' in cause && cause.code === 'ENOSPC') throw diskFull(cause);
      throw new DrydockError('archive.failed', 'The files of a sandbox could not be archived, so it stays.', { cause });
    }
  }

  #pathOf(id: string): string {
    return join(this.#folder, `${id}.tar.gz`);
  }
}

class ByteLimit extends Transform {
  bytes = 0;
  readonly #most: number;

  constructor(most: number) {
    super();
    this.#most = most;
  }

  override _transform(chunk: Buffer, _encoding: string, done: (error: Error | null, chunk?: Buffer) => void): void {
    this.bytes += chunk.length;
    if (this.bytes > this.#most) {
      done(
        new DrydockError('archive.failed', 'The files of a sandbox are more than an archive may hold, so it stays.'),
      );
    } else {
      done(null, chunk);
    }
  }
}

/** A new name is on disk only when its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function notFound(cause?: unknown): DrydockError {
  return new DrydockError('archive.not-found', 'There is no such archive of your files.', { cause });
}

function diskFull(cause?: unknown): DrydockError {
  return new DrydockError(
    'host.disk-full',
    'The disk that holds the lab’s data is nearly full, so no archive was made and the sandbox stays. Make room on it.',
    { cause },
  );
}
