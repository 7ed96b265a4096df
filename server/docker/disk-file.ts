import { open, rename, rm, stat, truncate } from 'node:fs/promises';
import { runTool, ToolError } from './host-tool.ts';

/** A file system in a file with holes: it takes room on the host only for what is in it. */
export interface DiskShape {
  bytes: number;
  inodes: number;
  /** Of its top folder. */
  mode: '0755' | '0700';
}

/** A learner's home shows nothing they did not make. One with something in it is refused, and stays. */
const withoutLostAndFound = 'rmdir lost+found\n';

const block = 4096;
const inode = 256;
const journalMegabytes = 8;

/**
 * Size of the file for a file system that can hold `bytes`. Beside them it has its inodes, journal, maps (by groups
 * of 128 MiB), and a fiftieth, at most 16 MiB, that ext4 keeps back for itself.
 */
export function diskFileBytes({ bytes, inodes }: Pick<DiskShape, 'bytes' | 'inodes'>): number {
  const groups = Math.ceil(bytes / (128 * 2 ** 20)) + 1;
  const inodeBlocks = Math.ceil((inodes * inode) / block) + groups;
  const own = Math.ceil(bytes / block) + inodeBlocks + journalMegabytes * 256 + groups * 4 + 64;
  const blocks = own + Math.min(4096, Math.ceil(own / 49));
  return Math.ceil(blocks / 256) * 256 * block;
}

/** Makes the file whole or not at all, in place of one that is there. */
export async function makeDiskFile(path: string, shape: DiskShape): Promise<void> {
  const unfinished = `${path}.new`;
  try {
    await rm(unfinished, { force: true });
    await (await open(unfinished, 'wx', 0o600)).close();
    await truncate(unfinished, diskFileBytes(shape));
    await runTool('mkfs.ext4', [
      ...['-q', '-F', '-m', '0', '-b', String(block), '-I', String(inode), '-N', String(shape.inodes)],
      // Only learners' uid 1000 is ever in there; it never grows while it is mounted, so it needs no room for that.
      ...['-O', '^resize_inode', '-J', `size=${journalMegabytes}`],
      ...['-E', 'root_owner=1000:1000,lazy_itable_init=1,lazy_journal_init=1', unfinished],
    ]);
    await runTool('debugfs', ['-w', '-f', '-', unfinished], `${withoutLostAndFound}sif / mode 04${shape.mode}\n`);
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** Makes it larger where it is too small; it must not be attached. A file that is too large stays as it is. */
export async function growDiskFile(path: string, shape: DiskShape): Promise<void> {
  const wanted = diskFileBytes(shape);
  if ((await stat(path)).size >= wanted) return;
  await check(path, ['-f']);
  await truncate(path, wanted);
  await runTool('resize2fs', [path]);
}

/**
 * Repairs a file system the kernel noted errors of, as it does when the disk below was full; it must not be
 * attached. One without errors is only looked at (two bytes).
 */
export async function mendDiskFile(path: string): Promise<void> {
  if (await hasErrors(path)) await check(path, []);
}

async function check(path: string, options: string[]): Promise<void> {
  const code = await exitCode('e2fsck', ['-p', ...options, path]);
  // 4: something that wants a yes. There is nobody to ask, and without one the sandbox is lost.
  const last = code === 4 ? await exitCode('e2fsck', ['-y', '-f', path]) : code;
  // 1: mended.
  if (last > 1) throw new Error(`e2fsck could not mend a disk (${last})`);
  await runTool('debugfs', ['-w', '-f', '-', path], withoutLostAndFound);
}

async function exitCode(tool: string, args: string[]): Promise<number> {
  return runTool(tool, args).then(
    () => 0,
    (error: unknown) => {
      if (error instanceof ToolError && error.exitCode !== null) return error.exitCode;
      throw error;
    },
  );
}

/** `s_state` of the ext4 superblock: bit 1 is set when errors were found. */
async function hasErrors(path: string): Promise<boolean> {
  const handle = await open(path, 'r');
  try {
    const state = Buffer.alloc(2);
    await handle.read(state, 0, 2, 1024 + 0x3a);
    return (state.readUInt16LE(0) & 2) !== 0;
  } finally {
    await handle.close();
  }
}
