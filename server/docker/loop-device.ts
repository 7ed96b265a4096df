import { readdirSync, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { runTool } from './host-tool.ts';

/** A loop device that shows a file as a disk. While it is held, the kernel does not give it another file. */
export interface HeldDevice {
  /** such as /dev/loop3 */
  path: string;
  /** From then on it goes when nothing has it mounted any more. */
  release(): Promise<void>;
}

/** How long a device that is going away is waited for. */
const patience = 10_000;

/**
 * Attaches the file, or takes the device it is attached to already: two devices on one file would ruin it. From the
 * beginning the device is marked to go with its last user (`losetup --detach` while it is open), so it outlives
 * neither the sandbox nor, while it is only held, this process, however they end.
 * @param file absolute, without symbolic links
 */
export async function holdLoopDevice(file: string): Promise<HeldDevice> {
  const giveUpAt = performance.now() + patience;
  for (;;) {
    const device = (await runTool('losetup', ['--nooverlap', '--find', '--show', file])).trim();
    const handle = await openDevice(device);
    if (handle !== null) {
      // Only now, with the device open, it cannot change its file any more.
      if (backingFile(device) === file) {
        try {
          await detachLoopDevice(device);
          return { path: device, release: () => handle.close() };
        } catch (error) {
          await handle.close();
          throw error;
        }
      }
      await handle.close();
    }
    // It was the device of a container that is just ending.
    if (performance.now() > giveUpAt) throw new Error(`${device} does not take ${file}`);
    await sleep(20);
  }
}

async function openDevice(device: string) {
  try {
    return await open(device, 'r');
  } catch (error) {
    // ENXIO: it is being taken down.
    if (error instanceof Error && 'code' in error && error.code === 'ENXIO') return null;
    throw error;
  }
}

/** The devices that show files of this folder, with the names of the files. */
export function loopDevicesIn(folder: string): { device: string; file: string }[] {
  return readdirSync('/sys/block')
    .filter((name) => name.startsWith('loop'))
    .flatMap((name) => {
      const path = backingFile(`/dev/${name}`);
      return path?.startsWith(`${folder}/`) === true
        ? [{ device: `/dev/${name}`, file: path.slice(folder.length + 1) }]
        : [];
    });
}

/** Lets a device go: at once, or when nothing has it mounted any more. */
export async function detachLoopDevice(device: string): Promise<void> {
  await runTool('losetup', ['--detach', device]);
}

/** Whether the kernel found an error in the ext4 file system that is mounted from this device. */
export function hasKernelErrors(device: string): boolean {
  const count = readOrNull(`/sys/fs/ext4/${device.slice('/dev/'.length)}/errors_count`);
  return count !== null && Number(count) > 0;
}

function backingFile(device: string): string | null {
  return readOrNull(`/sys/block/${device.slice('/dev/'.length)}/loop/backing_file`);
}

/** null: the kernel has no such file, for the device is attached to nothing or not mounted. */
function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trimEnd();
  } catch {
    return null;
  }
}
