import { createHash } from 'node:crypto';
import type { ContainerCreateOptions, MountSettings } from 'dockerode';
import { DrydockError } from '../errors.ts';
import type { SandboxSpec } from './sandbox-host.ts';

export const labels = {
  /** Which lab on this engine a container or volume belongs to. Nothing without it is ever touched. */
  lab: 'drydock.lab',
  sandbox: 'drydock.sandbox',
  /** Whose it was when it was made. The lab's database is the authority, for a label cannot change. */
  learner: 'drydock.learner',
  /** Hash of all it was made from, see `specHash`. */
  spec: 'drydock.spec',
  /** Bytes of the home it was made for. */
  homeBytes: 'drydock.home-bytes',
} as const;

/** The learner's account in the sandbox image: root of its own namespace, nobody outside of it. */
export const sandboxUser = '1000:1000';

/** Where the image expects the registry's socket volume (mounted read-only), and the socket in it. */
const registryFolder = '/opt/drydock/registry';
const registrySocket = `${registryFolder}/registry.sock`;

export function containerName(lab: string, id: string): string {
  return `drydock-${lab}-${id}`;
}

export function volumeNames(lab: string, id: string): { docker: string; home: string } {
  const name = containerName(lab, id);
  return { docker: `${name}-docker`, home: `${name}-home` };
}

/** Ids become names on the engine, so nothing else than the documented form gets through. */
export function requireSandboxId(id: string): void {
  if (!/^[a-z0-9]{8,32}$/.test(id)) {
    throw new DrydockError('request.malformed', 'A sandbox id is 8 to 32 small letters and digits.');
  }
}

export function requireLabId(lab: string): void {
  if (!/^[a-z0-9][a-z0-9-]{0,30}$/.test(lab)) {
    throw new DrydockError('config.invalid', 'The lab id must be 1 to 31 small letters, digits and dashes.');
  }
}

export function sandboxLabels(lab: string, spec: { id: string; learner: string | null }): Record<string, string> {
  return {
    [labels.lab]: lab,
    [labels.sandbox]: spec.id,
    ...(spec.learner === null ? {} : { [labels.learner]: spec.learner }),
  };
}

/** What is the same for all sandboxes of a lab. */
export interface Confinement {
  /** Sent inline; see `server/sandbox/seccomp`. */
  seccompProfile: object;
  /** Name of a profile the engine's machine has loaded, or null: AppArmor stays out. */
  apparmorProfile: string | null;
}

/** Relative weight of a sandbox when there is not enough processor for all (the engine's own default is 1024). */
export const cpuShares = { normal: 1024, background: 64 } as const;

/** The engine's answer to what is a volume's content when it is first mounted. */
export interface VolumeCopying {
  /**
   * Whether the engine shall copy what the image has at that place into an empty volume, which gives it its owner.
   * A disk that was made with its owner needs none, and its device is not attached when the container is made.
   */
  docker: boolean;
  home: boolean;
}

/**
 * What the engine is told to make. Unprivileged: no capability but the two that write the uid map of the
 * learner's namespace, no network, a read-only root. `no-new-privileges` cannot be set, because the uid map is
 * written by programs with file capabilities. /proc and /sys come unmasked (`MaskedPaths: []`), for a masked
 * /proc keeps a user namespace from mounting its own.
 */
export function createOptions(
  lab: string,
  spec: SandboxSpec,
  confinement: Confinement,
  copying: VolumeCopying = { docker: true, home: true },
): ContainerCreateOptions {
  const volumes = volumeNames(lab, spec.id);
  const { limits, registryVolume } = spec;
  const apparmor = confinement.apparmorProfile ?? 'unconfined';
  return {
    name: containerName(lab, spec.id),
    Image: spec.image,
    Hostname: 'drydock',
    User: sandboxUser,
    Labels: { ...sandboxLabels(lab, spec), [labels.homeBytes]: String(limits.home.bytes) },
    Env: [
      // How much log the learner's dockerd keeps of one container, over all of its files.
      `DRYDOCK_LOG_MAX_SIZE=${limits.logBytes}`,
      ...(registryVolume === null ? [] : [`DRYDOCK_REGISTRY_SOCKET=${registrySocket}`]),
    ],
    AttachStdin: false,
    AttachStdout: false,
    AttachStderr: false,
    Tty: false,
    OpenStdin: false,
    HostConfig: {
      NetworkMode: 'none',
      CapDrop: ['ALL'],
      CapAdd: ['SETUID', 'SETGID'],
      SecurityOpt: [`seccomp=${JSON.stringify(confinement.seccompProfile)}`, `apparmor=${apparmor}`],
      MaskedPaths: [],
      ReadonlyPaths: [],
      ReadonlyRootfs: true,
      Tmpfs: {
        '/run/user/1000': 'rw,nosuid,nodev,mode=700,uid=1000,gid=1000,size=64m',
        '/tmp': 'rw,nosuid,nodev,exec,mode=1777,size=256m',
      },
      Init: true,
      Memory: limits.memory,
      MemorySwap: limits.memory,
      NanoCpus: Math.round(limits.cpus * 1e9),
      CpuShares: cpuShares.normal,
      PidsLimit: limits.pids,
      // An engine that runs without CAP_SYS_RESOURCE cannot raise its own limit (20 000 was met), and then makes no
      // container that wants more.
      Ulimits: [{ Name: 'nofile', Soft: limits.openFiles, Hard: limits.openFiles }],
      // Only the entry's few lines go there; the learner's root must not be able to fill the host's disk.
      LogConfig: { Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '1' } },
      RestartPolicy: { Name: 'no' },
      Mounts: [
        volumeMount(volumes.docker, '/var/lib/docker', copying.docker),
        volumeMount(volumes.home, '/root', copying.home),
        ...(registryVolume === null
          ? []
          : [{ Type: 'volume' as const, Source: registryVolume, Target: registryFolder, ReadOnly: true }]),
      ],
    },
  };
}

function volumeMount(Source: string, Target: string, copy: boolean): MountSettings {
  const mount: MountSettings = { Type: 'volume', Source, Target };
  // dockerode's types want all options of a volume at once; the engine does not.
  return copy
    ? mount
    : { ...mount, VolumeOptions: { NoCopy: true, Labels: {}, DriverConfig: { Name: '', Options: {} } } };
}

/**
 * A short name for everything a sandbox is made from, whoever it is for: image, limits, registry, confinement and
 * the kind of its disks.
 */
export function specHash(
  spec: Pick<SandboxSpec, 'image' | 'limits' | 'registryVolume'>,
  confinement: Confinement,
  diskKind: 'hard' | 'watched',
): string {
  const { image, limits, registryVolume } = spec;
  const options = createOptions('lab', { id: 'anybody', learner: null, image, limits, registryVolume }, confinement);
  const { memory, cpus, pids, disk, home, openFiles, logBytes } = limits;
  const sizes = [memory, cpus, pids, disk.bytes, disk.inodes, home.bytes, home.inodes, openFiles, logBytes];
  return createHash('sha256')
    .update(JSON.stringify([options, sizes, diskKind]))
    .digest('hex')
    .slice(0, 16);
}
