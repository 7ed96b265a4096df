import { describe, expect, it } from 'vitest';
import type { EngineFacts } from '../server/docker/engine-facts.ts';
import type { Finding } from './finding.ts';
import { judgeHost } from './host-checks.ts';
import type { KernelFacts, LimitName } from './kernel-facts.ts';

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
  apparmor: false,
  apparmorRestrictsUserNamespaces: null,
  limits: {
    inotifyInstances: 1024,
    inotifyWatches: 60_000,
    keys: 200,
    openFiles: 1_600_000,
    pids: 4_194_304,
    threads: 127_000,
    neighbours: 1024,
    mapCount: 65_530,
    userNamespaces: 60_000,
    mountNamespaces: 60_000,
    networkNamespaces: 60_000,
    pidNamespaces: 60_000,
    ipcNamespaces: 60_000,
    utsNamespaces: 60_000,
  },
};

const limits = (changes: Partial<Record<LimitName, number | null>>): Partial<KernelFacts> => ({
  limits: { ...kernel.limits, ...changes },
});

function finding(
  id: string,
  changes: { engine?: Partial<EngineFacts>; kernel?: Partial<KernelFacts>; sandboxes?: number; profile?: string },
): Finding {
  const findings = judgeHost(
    { ...engine, ...changes.engine },
    { ...kernel, ...changes.kernel },
    { sandboxes: changes.sandboxes ?? 10, memoryLimit: 2 * 2 ** 30, apparmorProfile: changes.profile ?? null },
  );
  const found = findings.find((each) => each.id === id);
  if (found === undefined) throw new Error(`no finding ${id}`);
  return found;
}

describe('judgeHost', () => {
  it('finds nothing wrong with a usual machine', () => {
    const findings = judgeHost(engine, kernel, { sandboxes: 10, memoryLimit: 2 * 2 ** 30, apparmorProfile: null });
    expect(findings.filter((each) => each.status !== 'pass')).toEqual([]);
    expect(findings.every((each) => each.remedy === '')).toBe(true);
  });

  it.each<[string, Parameters<typeof finding>[1], Finding['status'], string]>([
    ['cgroup', { engine: { cgroupVersion: '1' } }, 'warn', 'systemd.unified_cgroup_hierarchy=1'],
    ['user-namespaces', { kernel: { maxUserNamespaces: 0 } }, 'fail', 'user.max_user_namespaces'],
    ['user-namespaces', { kernel: { unprivilegedUserNamespaces: 0 } }, 'fail', 'kernel.unprivileged_userns_clone=1'],
    // Ubuntu 24.04 as it comes
    ['apparmor', { kernel: { apparmor: true, apparmorRestrictsUserNamespaces: 1 } }, 'warn', 'sudo npm start'],
    [
      'apparmor',
      { kernel: { apparmor: true, apparmorRestrictsUserNamespaces: 1 } },
      'warn',
      'kernel.apparmor_restrict_unprivileged_userns=0',
    ],
    [
      'apparmor',
      { kernel: { apparmor: true, apparmorRestrictsUserNamespaces: 1 }, profile: 'drydock-sandbox' },
      'pass',
      '',
    ],
    // Debian
    ['apparmor', { kernel: { apparmor: true, apparmorRestrictsUserNamespaces: 0 } }, 'warn', 'drydock-sandbox'],
    ['apparmor', { kernel: { apparmor: true }, profile: 'drydock-sandbox' }, 'pass', ''],
    ['apparmor', {}, 'pass', ''],
    ['overlay', { kernel: { overlay: false } }, 'fail', 'modprobe overlay'],
    ['overlay', { engine: { kernel: '5.10.0-8-amd64' } }, 'warn', 'newer kernel'],
    ['keys', { sandboxes: 150 }, 'warn', 'kernel.keys.maxkeys=512 kernel.keys.maxbytes=51200'],
    [
      'inotifyInstances',
      { kernel: limits({ inotifyInstances: 128 }), sandboxes: 40 },
      'warn',
      'sudo sysctl -w fs.inotify.max_user_instances=256',
    ],
    ['neighbours', { sandboxes: 120 }, 'warn', 'net.ipv4.neigh.default.gc_thresh3=2048'],
    ['pids', { kernel: limits({ pids: 32_768 }), sandboxes: 220 }, 'warn', 'sudo sysctl -w kernel.pid_max=65536'],
    ['threads', { kernel: limits({ threads: 8_000 }), sandboxes: 100 }, 'warn', 'kernel.threads-max=32768'],
    ['openFiles', { kernel: limits({ openFiles: 50_000 }), sandboxes: 100 }, 'warn', 'fs.file-max=131072'],
    ['networkNamespaces', { kernel: limits({ networkNamespaces: 100 }) }, 'warn', 'user.max_net_namespaces=256'],
    ['mapCount', { kernel: limits({ mapCount: 1_000 }) }, 'warn', 'vm.max_map_count=65530'],
    ['kernel-limits', { kernel: limits({ neighbours: null }) }, 'pass', ''],
    ['memory', { engine: { memory: 2 ** 30 } }, 'fail', '2 GiB'],
    ['memory', { sandboxes: 100 }, 'warn', 'DRYDOCK_MAX_SANDBOXES'],
    ['engine-mode', { engine: { rootless: true } }, 'warn', 'root'],
    ['limits', { engine: { limits: { memory: false, cpus: true, pids: true } } }, 'warn', 'cgroup_enable=memory'],
  ])('judges %s with %o as %s', (id, changes, status, remedy) => {
    expect(finding(id, changes).status).toBe(status);
    expect(finding(id, changes).remedy).toContain(remedy);
  });

  it('says so when the kernel cannot be looked at', () => {
    const findings = judgeHost(engine, null, { sandboxes: 10, memoryLimit: 2 * 2 ** 30, apparmorProfile: null });
    expect(findings.find((each) => each.id === 'kernel')?.status).toBe('warn');
  });
});
