import { access, readdir, rm, stat, statfs } from 'node:fs/promises';
import { hostname, release } from 'node:os';
import { join } from 'node:path';
import { describeError } from '../errors.ts';
import { makeDiskFile } from './disk-file.ts';
import { deadlines, type Engine } from './engine.ts';
import { withDeadline } from './engine-errors.ts';
import { readEngineSurroundings } from './engine-facts.ts';
import { ToolError } from './host-tool.ts';
import { holdLoopDevice } from './loop-device.ts';
import { LoopDisks } from './loop-disks.ts';
import { PlainDisks } from './plain-disks.ts';
import { labels } from './sandbox-container.ts';
import type { SandboxDisks } from './sandbox-disks.ts';

export interface DiskOptions {
  /** For the files of sandboxes' disks; made when it is needed. */
  folder: string;
  /** `auto`: hard where that can be had. */
  limit: 'auto' | 'watched';
}

/** @throws engine.unreachable; whatever else is missing makes the disks watched ones */
export async function chooseDisks(engine: Engine, options: DiskOptions | null): Promise<SandboxDisks> {
  const free = async () => freeBytes(engine);
  if (options === null) return new PlainDisks(engine, 'no folder is set for the disks of sandboxes.', free);
  const hard = options.limit === 'auto';
  // Without disks from before there is nothing to look for where none are wished.
  if (!hard && !(await isThere(options.folder))) return new PlainDisks(engine, asWished, free);
  const obstacle = await findObstacle(engine, options.folder);
  if (obstacle !== null) return new PlainDisks(engine, hard ? obstacle : asWished, free);
  const reason = hard ? 'each sandbox has file systems of its own, on loop devices.' : asWished;
  return new LoopDisks(engine, await LoopDisks.prepareFolders(options.folder), { hard, reason });
}

const asWished = 'DRYDOCK_DISK_LIMIT is watched.';

/** Why sandboxes cannot have file systems of their own here, or null: by doing on a small scale what they need. */
async function findObstacle(engine: Engine, wished: string): Promise<string | null> {
  if (process.getuid?.() !== 0) return 'file systems of their own need a server that runs as root.';
  const where = await engineObstacle(engine);
  if (where !== null) return where;
  const first = await tryDisk(wished);
  // The choice holds for as long as the server runs, and a busy machine can fail a trial once.
  return first === null ? null : tryDisk(wished);
}

async function tryDisk(wished: string): Promise<string | null> {
  try {
    const folder = await LoopDisks.prepareFolders(wished);
    const file = join(folder, `${probePrefix}${process.pid}.ext4`);
    await removeOldProbes(folder);
    try {
      await makeDiskFile(file, { bytes: 16 * 2 ** 20, inodes: 1024, mode: '0755' });
      await (await holdLoopDevice(file)).release();
    } finally {
      await rm(file, { force: true });
    }
    return null;
  } catch (error) {
    const code = error instanceof ToolError && error.exitCode === null ? 'a program is missing or hangs: ' : '';
    return `a disk could not be made as a trial: ${code}${describeError(error)}`;
  }
}

/** What the engine mounts must be what we see: same machine, same files, same numbers of users. */
async function engineObstacle(engine: Engine): Promise<string | null> {
  if (!engine.isLocalSocket) return 'the engine is reached over the network, and disks are made on its own machine.';
  const { security, kernel, name } = await readEngineSurroundings(engine);
  if (security.includes('rootless')) return 'a rootless engine cannot mount file systems.';
  if (security.includes('userns')) return 'an engine with userns-remap gives files other owners.';
  if (kernel !== release() || name !== hostname()) return 'the engine runs on another machine than the server.';
  return (await seesItsFiles(engine)) ? null : 'the engine runs in a container or on a machine of its own.';
}

const probePrefix = 'probe-';
const probeLabel = { 'drydock.role': 'disk-probe' };

/** Whether a folder the engine makes is one we see. */
async function seesItsFiles(engine: Engine): Promise<boolean> {
  return withDeadline('look where the engine keeps volumes', deadlines.request, async (abortSignal) => {
    const Labels = { [labels.lab]: engine.lab, ...probeLabel };
    const Name = `drydock-${engine.lab}-${probePrefix}${process.pid}`;
    await engine.docker.createVolume({ Name, Labels, abortSignal });
    const volume = engine.docker.getVolume(Name);
    try {
      return await isThere((await volume.inspect({ abortSignal })).Mountpoint);
    } finally {
      await volume.remove({ abortSignal });
    }
  });
}

/** Of servers that were killed while they tried. */
async function removeOldProbes(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(probePrefix)) continue;
    const path = join(folder, name);
    // A fresh one is of a server that is starting beside us.
    const made = (await stat(path).catch(() => null))?.mtimeMs ?? Date.now();
    if (Math.abs(Date.now() - made) > 60_000) await rm(path, { force: true });
  }
}

/** Volumes of servers that were killed while they tried. */
export async function removeProbes(engine: Engine): Promise<void> {
  await withDeadline('tidy up on the engine', deadlines.request, async (abortSignal) => {
    const label = Object.entries({ [labels.lab]: engine.lab, ...probeLabel }).map((pair) => pair.join('='));
    const { Volumes } = await engine.docker.listVolumes({ filters: JSON.stringify({ label }), abortSignal });
    for (const { Name } of Volumes ?? []) await engine.docker.getVolume(Name).remove({ abortSignal });
  });
}

/** Bytes free where the engine keeps its volumes, when that is on this machine. */
export async function freeBytes(engine: Engine): Promise<number | null> {
  if (!engine.isLocalSocket) return null;
  const { dataRoot, kernel, name } = await readEngineSurroundings(engine);
  if (kernel !== release() || name !== hostname()) return null;
  return statfs(dataRoot).then(
    ({ bavail, bsize }) => bavail * bsize,
    // It is a folder we may not look at, or of another machine after all.
    () => null,
  );
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
