import { constants, unlinkSync } from 'node:fs';
import { access, mkdir, readdir, realpath, rename, rm, statfs, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Disposable } from '../disposable.ts';
import { errorForLog } from '../errors.ts';
import { type DiskShape, growDiskFile, makeDiskFile, mendDiskFile } from './disk-file.ts';
import type { Engine } from './engine.ts';
import { diskError, hostDiskFull } from './host-tool.ts';
import { detachLoopDevice, type HeldDevice, hasKernelErrors, holdLoopDevice, loopDevicesIn } from './loop-device.ts';
import { type VolumeCopying, volumeNames } from './sandbox-container.ts';
import type { SandboxDisks } from './sandbox-disks.ts';
import type { SandboxSpec } from './sandbox-host.ts';
import { findVolume, makeVolume, removeVolume } from './sandbox-volumes.ts';
import { Turns } from './turns.ts';

/** Bytes that must be free for a sandbox to be made or started: its journals and what its start writes. */
const leastRoom = 64 * 2 ** 20;

type Part = 'docker' | 'home';
const parts: readonly Part[] = ['docker', 'home'];

/**
 * Where the engine finds the devices. Learners see this name in `df` and `mount`, so it is no path of the operator's;
 * and after a restart of the machine it is as empty as the list of devices.
 */
const linkFolder = '/dev/drydock';

/**
 * File systems of their own: two files with holes for each sandbox, shown to the engine as loop devices. A volume
 * names a symbolic link, which is there only while the engine mounts it and points at the device of the day; so
 * nothing is ever mounted from a device that shows something else by now, and nothing needs mending after a
 * power cut.
 */
export class LoopDisks implements SandboxDisks {
  readonly kind: 'hard' | 'watched';
  readonly reason: string;
  readonly #engine: Engine;
  readonly #folder: string;
  readonly #turns = new Turns();
  /** Sandboxes being started: how many wait for their devices, and the devices. */
  readonly #holds = new Map<string, { holders: number; devices: Map<Part, HeldDevice> }>();

  /**
   * @param folder absolute, without symbolic links
   * @param options.hard false: new sandboxes get plain volumes, and only those from before have disks
   */
  constructor(engine: Engine, folder: string, options: { hard: boolean; reason: string }) {
    this.#engine = engine;
    this.#folder = folder;
    this.kind = options.hard ? 'hard' : 'watched';
    this.reason = options.reason;
  }

  /** Makes the folders and gives the real path of the files'. */
  static async prepareFolders(folder: string): Promise<string> {
    await mkdir(linkFolder, { recursive: true, mode: 0o755 });
    await access(linkFolder, constants.W_OK);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return realpath(folder);
  }

  async make(spec: SandboxSpec): Promise<VolumeCopying> {
    if (this.kind === 'hard') await this.#requireRoom();
    return this.#turns.take(spec.id, async () => {
      const [docker, home] = await Promise.all(parts.map((part) => this.#make(part, spec)));
      return { docker: docker ?? true, home: home ?? true };
    });
  }

  async attach(id: string): Promise<Disposable> {
    await this.#requireRoom();
    return this.#turns.take(id, async () => {
      const held = this.#holds.get(id) ?? { holders: 0, devices: new Map<Part, HeldDevice>() };
      this.#holds.set(id, held);
      held.holders += 1;
      let released = false;
      const hold = {
        dispose: () => {
          if (released) return;
          released = true;
          this.#release(id);
        },
      };
      // All of them settled, so that what was attached beside a failure is let go with the rest.
      const attached = await Promise.allSettled(parts.map((part) => this.#attach(part, id, held.devices)));
      const failure = attached.find((result) => result.status === 'rejected');
      if (failure === undefined) return hold;
      hold.dispose();
      throw diskError(failure.reason);
    });
  }

  async remove(id: string, options: { keepHome: boolean }): Promise<void> {
    await this.#turns.take(id, async () => {
      const names = volumeNames(this.#engine.lab, id);
      for (const part of parts) {
        if (part === 'home' && options.keepHome) continue;
        await removeVolume(this.#engine, names[part], id);
        await this.#removeFile(part, id);
      }
    });
  }

  async found(): Promise<string[]> {
    // Devices of a process that died between attaching and marking them: none of them is held now, or marking
    // them again changes nothing.
    await Promise.all(loopDevicesIn(this.#folder).map(({ device }) => this.#letGo(device)));
    const prefix = `${this.#engine.lab}-`;
    for (const name of await readdir(linkFolder)) {
      const id = name.startsWith(prefix) ? sandboxOf(name.slice(prefix.length)) : undefined;
      if (id !== undefined && !this.#holds.has(id)) await rm(join(linkFolder, name), { force: true });
    }
    const ids = (await readdir(this.#folder)).map(sandboxOf);
    return [...new Set(ids.filter((id) => id !== undefined))];
  }

  async broken(): Promise<string[]> {
    const devices = loopDevicesIn(this.#folder).filter(({ device }) => hasKernelErrors(device));
    return [...new Set(devices.map(({ file }) => sandboxOf(file)).filter((id) => id !== undefined))];
  }

  async free(): Promise<number> {
    const facts = await statfs(this.#folder);
    return facts.bavail * facts.bsize;
  }

  /** The kernel gives up a file system whose journal cannot be written. @throws host.disk-full */
  async #requireRoom(): Promise<void> {
    if ((await this.free()) < leastRoom) throw hostDiskFull(undefined);
  }

  /** @returns whether it is a volume the engine copies into */
  async #make(part: Part, spec: SandboxSpec): Promise<boolean> {
    const name = volumeNames(this.#engine.lab, spec.id)[part];
    const file = this.#file(part, spec.id);
    const found = await findVolume(this.#engine, name, spec.id);
    if (found === null && this.kind === 'watched') {
      await makeVolume(this.#engine, name, spec);
      return true;
    }
    if (found !== null && found.device === null) return true;
    try {
      const shape = shapeOf(part, spec);
      // Without its volume a data root is what a reset that was cut short has left; a home is somebody's work.
      if (!(await isThere(file)) || (found === null && part === 'docker')) {
        await this.#detach(part, spec.id);
        await makeDiskFile(file, shape);
      } else if (!this.#isAttached(part, spec.id)) {
        await growDiskFile(file, shape);
      }
    } catch (error) {
      throw diskError(error);
    }
    // discard: what a learner removes becomes a hole in the file again. Set-uid programs work for whom the
    // namespace has, so not nosuid: images have `su` and `ping`.
    const options = { type: 'ext4', device: this.#link(part, spec.id), o: 'nodev,discard' };
    if (found === null) await makeVolume(this.#engine, name, spec, options);
    return false;
  }

  async #attach(part: Part, id: string, devices: Map<Part, HeldDevice>): Promise<void> {
    const file = this.#file(part, id);
    // A sandbox from before has a plain volume.
    if (devices.has(part) || !(await isThere(file))) return;
    if (!this.#isAttached(part, id)) await mendDiskFile(file);
    const device = await holdLoopDevice(file);
    devices.set(part, device);
    const fresh = `${this.#link(part, id)}.new`;
    await rm(fresh, { force: true });
    await symlink(device.path, fresh);
    await rename(fresh, this.#link(part, id));
  }

  #release(id: string): void {
    const held = this.#holds.get(id);
    if (held === undefined) return;
    held.holders -= 1;
    if (held.holders > 0) return;
    this.#holds.delete(id);
    for (const [part, device] of held.devices) {
      try {
        unlinkSync(this.#link(part, id));
      } catch (error) {
        this.#engine.logger.warn({ sandbox: id, ...errorForLog(error) }, 'a link to a disk stays');
      }
      device.release().catch((error: unknown) => {
        this.#engine.logger.warn({ sandbox: id, ...errorForLog(error) }, 'a disk is not let go');
      });
    }
  }

  async #removeFile(part: Part, id: string): Promise<void> {
    await this.#detach(part, id);
    const file = this.#file(part, id);
    for (const path of [file, `${file}.new`, this.#link(part, id), `${this.#link(part, id)}.new`]) {
      await rm(path, { force: true });
    }
  }

  async #detach(part: Part, id: string): Promise<void> {
    const name = fileName(part, id);
    for (const { device, file } of loopDevicesIn(this.#folder)) if (file === name) await this.#letGo(device);
  }

  async #letGo(device: string): Promise<void> {
    await detachLoopDevice(device).catch((error: unknown) => {
      // It went by itself, as it is meant to.
      this.#engine.logger.debug({ device, ...errorForLog(error) }, 'a loop device was gone already');
    });
  }

  #isAttached(part: Part, id: string): boolean {
    return loopDevicesIn(this.#folder).some(({ file }) => file === fileName(part, id));
  }

  #file(part: Part, id: string): string {
    return join(this.#folder, fileName(part, id));
  }

  #link(part: Part, id: string): string {
    return join(linkFolder, `${this.#engine.lab}-${id}-${part}`);
  }
}

function fileName(part: Part, id: string): string {
  return `${id}-${part}.ext4`;
}

/** Whose a file or link is, by its name. */
function sandboxOf(name: string): string | undefined {
  return /^([a-z0-9]{8,32})-(?:docker|home)(?:\.|$)/.exec(name)?.[1];
}

function shapeOf(part: Part, { limits }: SandboxSpec): DiskShape {
  return part === 'docker' ? { ...limits.disk, mode: '0755' } : { ...limits.home, mode: '0700' };
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
