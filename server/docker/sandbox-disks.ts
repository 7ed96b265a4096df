import type { Disposable } from '../disposable.ts';
import type { VolumeCopying } from './sandbox-container.ts';
import type { SandboxSpec } from './sandbox-host.ts';

/**
 * Where a sandbox's data root and home lie, and what bounds them. Two kinds are there: plain volumes, whose size
 * the lab can only watch, and file systems of their own on loop devices. Project quotas of XFS or datasets of ZFS
 * would be others. Every step can be repeated, and mends what one that was cut short left behind.
 */
export interface SandboxDisks {
  readonly kind: 'hard' | 'watched';
  /** In words, for the operator: why it is this kind. */
  readonly reason: string;

  /**
   * Makes what is missing of the sandbox's volumes. Those that are there stay, of whatever kind they are.
   * @throws host.disk-full, engine.failed
   */
  make(spec: SandboxSpec): Promise<VolumeCopying>;

  /**
   * Lets the engine mount them until the hold is disposed of; what it has mounted by then stays usable until the
   * container ends. @throws host.disk-full, sandbox.failed
   */
  attach(id: string): Promise<Disposable>;

  /** After the container is gone. What is not there is no error. */
  remove(id: string, options: { keepHome: boolean }): Promise<void>;

  /** Ids of sandboxes of which there is something, beside volumes. */
  found(): Promise<string[]>;

  /** Ids of running sandboxes whose disk the kernel found an error in, so that they have to be started anew. */
  broken(): Promise<string[]>;

  /** Bytes free where they lie, or null: not known. */
  free(): Promise<number | null>;
}
