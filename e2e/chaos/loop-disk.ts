import { mkdirSync } from 'node:fs';
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loopDevices, run, unmountAll, until } from './machine.ts';

/** Of linux/fs.h: `EXT4_IOC_SHUTDOWN` with `EXT4_GOING_FLAGS_NOLOGFLUSH`. */
const shutDown = 'open(F,"<",$ARGV[0]) or die $!; my $how=pack("L",2); ioctl(F,0x8004587D,$how) or die $!;';

/** A file system in a file: small enough to be filled, and its power can be cut. */
export class LoopDisk {
  readonly folder: string;
  readonly #file: string;

  constructor(file: string, folder: string) {
    this.#file = file;
    this.folder = folder;
  }

  async make(bytes: number): Promise<void> {
    await writeFile(this.#file, '');
    await truncate(this.#file, bytes);
    await run('mkfs.ext4', ['-q', '-F', '-m', '0', '-E', 'lazy_itable_init=1,nodiscard', this.#file]);
    mkdirSync(this.folder, { recursive: true });
    await this.mount();
  }

  async mount(): Promise<void> {
    await run('mount', ['-o', 'loop', this.#file, this.folder]);
  }

  /** From now on nothing reaches it, and what was written but not synced is lost, as when the power goes. */
  async cutPower(): Promise<void> {
    await cutPower(this.folder);
  }

  async unmount(): Promise<void> {
    await unmountAll(this.folder);
  }

  /** Finds what is wrong with it, as the next start of a machine would. @throws with fsck's words */
  async check(): Promise<void> {
    // Mounting has replayed the journal before; read-only, it only looks.
    await run('e2fsck', ['-f', '-n', this.#file]);
  }
}

/** Cuts the power of the ext4 that is mounted there. */
export async function cutPower(folder: string): Promise<void> {
  await run('perl', ['-e', shutDown, folder]);
}

/**
 * Unmounts and detaches all that is in the folder of a test, from the inside out: sandboxes' disks are files on the
 * lab's disk, mounted among the engine's volumes. A disk taken off before them would stay, and nobody would find it.
 */
export async function takeOff(folder: string): Promise<void> {
  for (const part of ['engine', 'run', 'lab', '.']) {
    const inside = join(folder, part);
    await unmountAll(inside);
    await detachLoops(part === 'engine' ? join(folder, 'lab') : inside);
  }
}

async function detachLoops(folder: string): Promise<void> {
  for (const { device } of await loopDevices(folder)) await run('losetup', ['-d', device]).catch(() => undefined);
  // The kernel lets go a moment later.
  await until(async () => (await loopDevices(folder)).length === 0, 5_000);
}
