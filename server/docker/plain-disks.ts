import type { Disposable } from '../disposable.ts';
import { DrydockError } from '../errors.ts';
import type { Engine } from './engine.ts';
import { type VolumeCopying, volumeNames } from './sandbox-container.ts';
import type { SandboxDisks } from './sandbox-disks.ts';
import type { SandboxSpec } from './sandbox-host.ts';
import { findVolume, makeVolume, removeVolume } from './sandbox-volumes.ts';

/** Plain volumes of the engine: they work everywhere, and nothing but the lab's watching bounds them. */
export class PlainDisks implements SandboxDisks {
  readonly kind = 'watched';
  readonly reason: string;
  readonly #engine: Engine;
  readonly #free: () => Promise<number | null>;

  constructor(engine: Engine, reason: string, free: () => Promise<number | null>) {
    this.#engine = engine;
    this.reason = reason;
    this.#free = free;
  }

  async make(spec: SandboxSpec): Promise<VolumeCopying> {
    const names = volumeNames(this.#engine.lab, spec.id);
    const [docker, home] = await Promise.all([this.#make(names.docker, spec), this.#make(names.home, spec)]);
    return { docker, home };
  }

  async attach(id: string): Promise<Disposable> {
    const names = volumeNames(this.#engine.lab, id);
    const found = await Promise.all([names.docker, names.home].map((name) => findVolume(this.#engine, name, id)));
    if (found.some((volume) => volume?.device != null)) {
      throw new DrydockError(
        'sandbox.failed',
        `Your sandbox has a disk of its own that this Drydock cannot attach now: ${this.reason} Your files are safe. Whoever runs this Drydock has to start it as it was when the sandbox was made.`,
      );
    }
    return { dispose: () => undefined };
  }

  async remove(id: string, options: { keepHome: boolean }): Promise<void> {
    const names = volumeNames(this.#engine.lab, id);
    await removeVolume(this.#engine, names.docker, id);
    if (!options.keepHome) await removeVolume(this.#engine, names.home, id);
  }

  async found(): Promise<string[]> {
    return [];
  }

  async broken(): Promise<string[]> {
    return [];
  }

  async free(): Promise<number | null> {
    return this.#free();
  }

  /** @returns whether it is one the engine copies into */
  async #make(name: string, spec: SandboxSpec): Promise<boolean> {
    const found = await findVolume(this.#engine, name, spec.id);
    if (found === null) await makeVolume(this.#engine, name, spec);
    return found?.device == null;
  }
}
