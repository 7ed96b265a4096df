import { expect, it } from 'vitest';
import { testLimits } from '../test-limits.ts';
import { type Confinement, createOptions, specHash } from './sandbox-container.ts';
import type { SandboxSpec } from './sandbox-host.ts';

const confinement: Confinement = { seccompProfile: { defaultAction: 'SCMP_ACT_ERRNO' }, apparmorProfile: null };
const spec: SandboxSpec = {
  id: 'abcdefgh',
  learner: 'ada',
  image: 'sandbox:1',
  limits: { ...testLimits, memory: 512 * 2 ** 20, cpus: 1.5, pids: 700, openFiles: 4096, logBytes: 65_536 },
  registryVolume: 'registry-socket',
};

it('gives a sandbox no privilege, and a limit of everything the kernel counts', () => {
  const { HostConfig, User } = createOptions('lab1', spec, confinement);
  expect(User).toBe('1000:1000');
  expect(HostConfig).toMatchObject({
    NetworkMode: 'none',
    CapDrop: ['ALL'],
    CapAdd: ['SETUID', 'SETGID'],
    ReadonlyRootfs: true,
    Memory: 512 * 2 ** 20,
    // Of memory and swap together, so there is none.
    MemorySwap: 512 * 2 ** 20,
    NanoCpus: 1_500_000_000,
    CpuShares: 1024,
    PidsLimit: 700,
    Ulimits: [{ Name: 'nofile', Soft: 4096, Hard: 4096 }],
    LogConfig: { Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '1' } },
    RestartPolicy: { Name: 'no' },
  });
  expect(HostConfig?.Privileged).toBeUndefined();
  expect(HostConfig?.Devices).toBeUndefined();
  expect(HostConfig?.Binds).toBeUndefined();
});

it('mounts its own volumes and the registry’s socket, which it cannot change', () => {
  const { HostConfig, Env } = createOptions('lab1', spec, confinement, { docker: false, home: true });
  expect(HostConfig?.Mounts).toEqual([
    {
      Type: 'volume',
      Source: 'drydock-lab1-abcdefgh-docker',
      Target: '/var/lib/docker',
      VolumeOptions: { NoCopy: true, Labels: {}, DriverConfig: { Name: '', Options: {} } },
    },
    { Type: 'volume', Source: 'drydock-lab1-abcdefgh-home', Target: '/root' },
    { Type: 'volume', Source: 'registry-socket', Target: '/opt/drydock/registry', ReadOnly: true },
  ]);
  expect(Env).toEqual(['DRYDOCK_LOG_MAX_SIZE=65536', 'DRYDOCK_REGISTRY_SOCKET=/opt/drydock/registry/registry.sock']);
  expect(createOptions('lab1', { ...spec, registryVolume: null }, confinement).Env).toEqual([
    'DRYDOCK_LOG_MAX_SIZE=65536',
  ]);
});

it('confines with the AppArmor profile where there is one', () => {
  const optionsWith = (apparmorProfile: string | null) =>
    createOptions('lab1', spec, { ...confinement, apparmorProfile }).HostConfig?.SecurityOpt;
  expect(optionsWith(null)).toEqual(['seccomp={"defaultAction":"SCMP_ACT_ERRNO"}', 'apparmor=unconfined']);
  expect(optionsWith('drydock-sandbox')).toContain('apparmor=drydock-sandbox');
});

it('names a spec by what a sandbox is made from, and by nothing else', () => {
  const name = specHash(spec, confinement, 'hard');
  expect(name).toMatch(/^[0-9a-f]{16}$/);
  const other = { image: spec.image, registryVolume: spec.registryVolume, limits: { ...spec.limits } };
  expect(specHash(other, confinement, 'hard')).toBe(name);
  const limits = spec.limits;
  const unlike = [
    specHash({ ...spec, image: 'sandbox:2' }, confinement, 'hard'),
    specHash({ ...spec, registryVolume: null }, confinement, 'hard'),
    specHash(spec, { ...confinement, seccompProfile: {} }, 'hard'),
    specHash(spec, { ...confinement, apparmorProfile: 'drydock-sandbox' }, 'hard'),
    specHash(spec, confinement, 'watched'),
    ...(['memory', 'cpus', 'pids', 'openFiles', 'logBytes'] as const).map((limit) =>
      specHash({ ...spec, limits: { ...limits, [limit]: limits[limit] + 1 } }, confinement, 'hard'),
    ),
    ...(['disk', 'home'] as const).flatMap((disk) =>
      (['bytes', 'inodes'] as const).map((unit) => {
        const changed = { ...limits, [disk]: { ...limits[disk], [unit]: limits[disk][unit] + 1 } };
        return specHash({ ...spec, limits: changed }, confinement, 'hard');
      }),
    ),
  ];
  expect(new Set([name, ...unlike]).size).toBe(unlike.length + 1);
});
