import { describe, expect, it } from 'vitest';
import type { EngineFacts } from '../server/docker/engine-facts.ts';
import { type Finding, judgeHost } from './host-checks.ts';
import type { KernelFacts } from './kernel-facts.ts';

const engine: EngineFacts = {
  version: '27.0.1',
  apiVersion: '1.46',
  osType: 'linux',
  operatingSystem: 'Debian GNU/Linux 13 (trixie)',
  kernel: '6.12.0-1-amd64',
  architecture: 'x86_64',
  cgroupVersion: '2',
  cpus: 4,
  memory: 16 * 2 ** 30,
  dataRoot: '/var/lib/docker',
  storageDriver: 'overlay2',
  rootless: false,
  limits: { memory: true, cpus: true, pids: true },
};

const kernel: KernelFacts = {
  overlay: true,
  maxUserNamespaces: 60_000,
  unprivilegedUserNamespaces: null,
  apparmorRestrictsUserNamespaces: null,
  maxKeys: 200,
  inotifyInstances: 1024,
  inotifyWatches: 60_000,
};

function finding(
  id: string,
  changes: { engine?: Partial<EngineFacts>; kernel?: Partial<KernelFacts>; sandboxes?: number },
): Finding {
  const findings = judgeHost(
    { ...engine, ...changes.engine },
    { ...kernel, ...changes.kernel },
    { sandboxes: changes.sandboxes ?? 10, memoryLimit: 2 * 2 ** 30 },
  );
  const found = findings.find((each) => each.id === id);
  if (found === undefined) throw new Error(`no finding ${id}`);
  return found;
}

describe('judgeHost', () => {
  it('finds nothing wrong with a usual machine', () => {
    const findings = judgeHost(engine, kernel, { sandboxes: 10, memoryLimit: 2 * 2 ** 30 });
    expect(findings.filter((each) => each.status !== 'pass')).toEqual([]);
    expect(findings.every((each) => each.remedy === '')).toBe(true);
  });

  it.each<[string, Parameters<typeof finding>[1], Finding['status'], string]>([
    ['cgroup', { engine: { cgroupVersion: '1' } }, 'warn', 'systemd.unified_cgroup_hierarchy=1'],
    ['user-namespaces', { kernel: { maxUserNamespaces: 0 } }, 'fail', 'user.max_user_namespaces'],
    ['user-namespaces', { kernel: { unprivilegedUserNamespaces: 0 } }, 'fail', 'kernel.unprivileged_userns_clone=1'],
    [
      'apparmor',
      { kernel: { apparmorRestrictsUserNamespaces: 1 } },
      'warn',
      'kernel.apparmor_restrict_unprivileged_userns=0',
    ],
    ['overlay', { kernel: { overlay: false } }, 'fail', 'modprobe overlay'],
    ['overlay', { engine: { kernel: '5.10.0-8-amd64' } }, 'warn', 'newer kernel'],
    ['keys', { sandboxes: 150 }, 'warn', 'kernel.keys.maxkeys=512'],
    ['inotify', { kernel: { inotifyInstances: 128 }, sandboxes: 40 }, 'warn', 'fs.inotify.max_user_instances=256'],
    ['memory', { engine: { memory: 2 ** 30 } }, 'fail', '2 GiB'],
    ['memory', { sandboxes: 100 }, 'warn', 'DRYDOCK_MAX_SANDBOXES'],
    ['engine-mode', { engine: { rootless: true } }, 'warn', 'root'],
    ['limits', { engine: { limits: { memory: false, cpus: true, pids: true } } }, 'warn', 'cgroup_enable=memory'],
  ])('judges %s with %o as %s', (id, changes, status, remedy) => {
    expect(finding(id, changes).status).toBe(status);
    expect(finding(id, changes).remedy).toContain(remedy);
  });

  it('says so when the kernel cannot be looked at', () => {
    const findings = judgeHost(engine, null, { sandboxes: 10, memoryLimit: 2 * 2 ** 30 });
    expect(findings.find((each) => each.id === 'kernel')?.status).toBe('warn');
  });
});
