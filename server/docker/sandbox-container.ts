import type { ContainerCreateOptions } from 'dockerode';
import { DrydockError } from '../errors.ts';
import type { SandboxSpec } from './sandbox-host.ts';

export const labels = {
  /** Which lab on this engine a container or volume belongs to. Nothing without it is ever touched. */
  lab: 'drydock.lab',
  sandbox: 'drydock.sandbox',
  /** Whose it was when it was made. The lab's database is the authority, for a label cannot change. */
  learner: 'drydock.learner',
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

/**
 * What the engine is told to make. Unprivileged: no capability but the two that write the uid map of the
 * learner's namespace, no network, a read-only root. `no-new-privileges` cannot be set, because the uid map is
 * written by programs with file capabilities. /proc and /sys come unmasked (`MaskedPaths: []`), for a masked
 * /proc keeps a user namespace from mounting its own.
 */
export function createOptions(lab: string, spec: SandboxSpec, seccompProfile: object): ContainerCreateOptions {
  const volumes = volumeNames(lab, spec.id);
  return {
    name: containerName(lab, spec.id),
    Image: spec.image,
    Hostname: 'drydock',
    User: sandboxUser,
    Labels: sandboxLabels(lab, spec),
    Env: spec.registryVolume === null ? [] : [`DRYDOCK_REGISTRY_SOCKET=${registrySocket}`],
    AttachStdin: false,
    AttachStdout: false,
    AttachStderr: false,
    Tty: false,
    OpenStdin: false,
    HostConfig: {
      NetworkMode: 'none',
      CapDrop: ['ALL'],
      CapAdd: ['SETUID', 'SETGID'],
      SecurityOpt: [`seccomp=${JSON.stringify(seccompProfile)}`, 'apparmor=unconfined'],
      MaskedPaths: [],
      ReadonlyPaths: [],
      ReadonlyRootfs: true,
      Tmpfs: {
        '/run/user/1000': 'rw,nosuid,nodev,mode=700,uid=1000,gid=1000,size=64m',
        '/tmp': 'rw,nosuid,nodev,exec,mode=1777,size=256m',
      },
      Init: true,
      Memory: spec.limits.memory,
      MemorySwap: spec.limits.memory,
      NanoCpus: Math.round(spec.limits.cpus * 1e9),
      PidsLimit: spec.limits.pids,
      // No higher: an engine that runs without CAP_SYS_RESOURCE cannot raise its own limit (20 000 was met).
      Ulimits: [{ Name: 'nofile', Soft: 16_384, Hard: 16_384 }],
      // Only the entry's few lines go there; the learner's root must not be able to fill the host's disk.
      LogConfig: { Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '1' } },
      RestartPolicy: { Name: 'no' },
      Mounts: [
        { Type: 'volume', Source: volumes.docker, Target: '/var/lib/docker' },
        { Type: 'volume', Source: volumes.home, Target: '/root' },
        ...(spec.registryVolume === null
          ? []
          : [{ Type: 'volume' as const, Source: spec.registryVolume, Target: registryFolder, ReadOnly: true }]),
      ],
    },
  };
}
