import { sandboxesThatFit } from '../server/config.ts';
import type { EngineFacts } from '../server/docker/engine-facts.ts';
import type { KernelFacts } from './kernel-facts.ts';

/** One line of `npm run doctor`. */
export interface Finding {
  id: string;
  title: string;
  status: 'pass' | 'warn' | 'fail';
  /** What was found. */
  found: string;
  /** What to do about it; empty when nothing is wrong. */
  remedy: string;
}

/**
 * Kernel objects to reckon with for one sandbox, all under the same user id. Measured with six inner containers:
 * no key (the seccomp profile answers keyctl with ENOSYS) and no inotify instance, to which comes the watch on
 * the workspace and, with control groups 2, one inotify instance for each inner container.
 */
const perSandbox = { keys: 2, inotifyInstances: 6 } as const;

const gib = 2 ** 30;

/** What the engine's machine offers sandboxes, judged. Pure, so that every kind of machine can be tested. */
export function judgeHost(
  engine: EngineFacts,
  kernel: KernelFacts | null,
  wanted: { sandboxes: number; memoryLimit: number },
): Finding[] {
  return [
    ...judgeEngine(engine),
    ...(kernel === null ? [unknownKernel] : judgeKernel(engine, kernel, wanted.sandboxes)),
    judgeMemory(engine, wanted),
  ];
}

const unknownKernel: Finding = {
  id: 'kernel',
  title: 'Kernel',
  status: 'warn',
  found: 'the engine runs on another kernel, which can be looked at once the base image is there',
  remedy: 'npm start, then npm run doctor again',
};

function judgeEngine(engine: EngineFacts): Finding[] {
  const missing = [
    ...(engine.limits.memory ? [] : ['memory']),
    ...(engine.limits.cpus ? [] : ['CPU']),
    ...(engine.limits.pids ? [] : ['pids']),
  ];
  return [
    engine.rootless
      ? warn(
          'engine-mode',
          'Engine mode',
          'rootless',
          'Sandboxes in a rootless engine were not tried. Use an engine that runs as root.',
        )
      : pass('engine-mode', 'Engine mode', 'runs as root; sandboxes do not'),
    engine.cgroupVersion === '2'
      ? pass('cgroup', 'Control groups', 'version 2')
      : warn(
          'cgroup',
          'Control groups',
          'version 1: limits of sandboxes hold, but `docker run --memory` inside a sandbox has no effect',
          'Boot with systemd.unified_cgroup_hierarchy=1, or use a distribution with version 2.',
        ),
    missing.length === 0
      ? pass('limits', 'Limits', 'memory, CPU and pids can be limited')
      : warn(
          'limits',
          'Limits',
          `this engine cannot limit ${missing.join(', ')}`,
          'Boot with cgroup_enable=memory swapaccount=1, or enable these control groups.',
        ),
  ];
}

function judgeKernel(engine: EngineFacts, kernel: KernelFacts, sandboxes: number): Finding[] {
  return [
    judgeUserNamespaces(kernel),
    judgeAppArmor(kernel),
    judgeOverlay(engine, kernel),
    judgeKeys(kernel, sandboxes),
    judgeInotify(kernel, sandboxes),
  ];
}

function judgeUserNamespaces(kernel: KernelFacts): Finding {
  const id = 'user-namespaces';
  const title = 'User namespaces';
  if (kernel.maxUserNamespaces === null || kernel.maxUserNamespaces === 0) {
    return fail(id, title, 'switched off', 'sudo sysctl -w user.max_user_namespaces=28633');
  }
  if (kernel.unprivilegedUserNamespaces === 0) {
    return fail(id, title, 'only root may make them', 'sudo sysctl -w kernel.unprivileged_userns_clone=1');
  }
  return kernel.maxUserNamespaces < 64
    ? warn(id, title, `at most ${kernel.maxUserNamespaces}`, 'sudo sysctl -w user.max_user_namespaces=28633')
    : pass(id, title, 'allowed');
}

function judgeAppArmor(kernel: KernelFacts): Finding {
  const id = 'apparmor';
  const title = 'AppArmor';
  return kernel.apparmorRestrictsUserNamespaces === 1
    ? warn(
        id,
        title,
        'takes the rights in a user namespace from programs without a profile, so sandboxes will probably not start',
        'sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0',
      )
    : pass(id, title, 'does not restrict user namespaces');
}

function judgeOverlay(engine: EngineFacts, kernel: KernelFacts): Finding {
  const id = 'overlay';
  const title = 'Overlay file system';
  if (!kernel.overlay) return fail(id, title, 'this kernel does not have it', 'sudo modprobe overlay');
  const [major = 0, minor = 0] = engine.kernel.split('.').map((part) => Number.parseInt(part, 10));
  // Mounting it in a user namespace came with Linux 5.11; Debian and Ubuntu had it earlier.
  return major > 5 || (major === 5 && minor >= 11)
    ? pass(id, title, `Linux ${engine.kernel} has it in user namespaces`)
    : warn(id, title, `Linux ${engine.kernel} may refuse it in user namespaces (5.11 does not)`, 'Use a newer kernel.');
}

function judgeKeys(kernel: KernelFacts, sandboxes: number): Finding {
  const needed = sandboxes * perSandbox.keys;
  return judgeCount(
    'keys',
    'Kernel keys',
    kernel.maxKeys,
    needed,
    sandboxes,
    (count) => `sudo sysctl -w kernel.keys.maxkeys=${count} kernel.keys.maxbytes=${count * 100}`,
  );
}

function judgeInotify(kernel: KernelFacts, sandboxes: number): Finding {
  const needed = sandboxes * perSandbox.inotifyInstances;
  return judgeCount(
    'inotify',
    'inotify instances',
    kernel.inotifyInstances,
    needed,
    sandboxes,
    (count) => `sudo sysctl -w fs.inotify.max_user_instances=${count}`,
  );
}

/** All sandboxes share one user id, and so one user's share of these. */
function judgeCount(
  id: string,
  title: string,
  limit: number | null,
  needed: number,
  sandboxes: number,
  remedy: (count: number) => string,
): Finding {
  if (limit === null) return pass(id, title, 'not limited');
  if (limit >= needed) return pass(id, title, `${limit}, enough for ${sandboxes} sandboxes`);
  // Round numbers are easier to recognise in a configuration.
  const count = 2 ** Math.ceil(Math.log2(needed));
  return warn(id, title, `${limit}, where ${sandboxes} sandboxes may need ${needed}`, remedy(count));
}

function judgeMemory(engine: EngineFacts, wanted: { sandboxes: number; memoryLimit: number }): Finding {
  const fit = sandboxesThatFit(engine.memory, wanted.memoryLimit);
  const found = `${(engine.memory / gib).toFixed(1)} GiB and ${engine.cpus} cores: about ${fit} sandboxes of at most ${(wanted.memoryLimit / gib).toFixed(1)} GiB`;
  if (engine.memory < 1.5 * gib) return fail('memory', 'Memory', found, 'Drydock needs 2 GiB.');
  return wanted.sandboxes > fit
    ? warn(
        'memory',
        'Memory',
        `${found}, but ${wanted.sandboxes} are allowed`,
        'Lower DRYDOCK_MAX_SANDBOXES or DRYDOCK_SANDBOX_MEMORY.',
      )
    : pass('memory', 'Memory', found);
}

export function pass(id: string, title: string, found: string): Finding {
  return { id, title, status: 'pass', found, remedy: '' };
}

export function warn(id: string, title: string, found: string, remedy: string): Finding {
  return { id, title, status: 'warn', found, remedy };
}

export function fail(id: string, title: string, found: string, remedy: string): Finding {
  return { id, title, status: 'fail', found, remedy };
}
