import { sandboxesThatFit } from '../server/config.ts';
import type { EngineFacts } from '../server/docker/engine-facts.ts';
import { type Finding, fail, pass, warn } from './finding.ts';
import type { KernelFacts } from './kernel-facts.ts';
import { judgeSharedLimits } from './shared-limits.ts';

const gib = 2 ** 30;

/** What the engine's machine offers sandboxes, judged. Pure, so that every kind of machine can be tested. */
export function judgeHost(
  engine: EngineFacts,
  kernel: KernelFacts | null,
  wanted: { sandboxes: number; memoryLimit: number; apparmorProfile: string | null },
): Finding[] {
  return [
    ...judgeEngine(engine),
    ...(kernel === null ? [unknownKernel] : judgeKernel(engine, kernel, wanted.sandboxes, wanted.apparmorProfile)),
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
          'version 1: limits of sandboxes hold, but lessons that need version 2 cannot be done here',
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

function judgeKernel(engine: EngineFacts, kernel: KernelFacts, sandboxes: number, profile: string | null): Finding[] {
  return [
    judgeUserNamespaces(kernel),
    judgeAppArmor(kernel, profile),
    judgeOverlay(engine, kernel),
    ...judgeSharedLimits(kernel, sandboxes),
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
  return pass(id, title, 'allowed');
}

/** @param profile the one the set-up loaded and tried; null: sandboxes run without */
function judgeAppArmor(kernel: KernelFacts, profile: string | null): Finding {
  const id = 'apparmor';
  const title = 'AppArmor';
  if (!kernel.apparmor && kernel.apparmorRestrictsUserNamespaces !== 1)
    return pass(id, title, 'not used by this kernel');
  if (profile !== null) return pass(id, title, `sandboxes have the profile ${profile}`);
  const load = 'sudo npm start, which loads the profile setup/apparmor/drydock-sandbox and tries it';
  // Ubuntu since 23.10. The profile has the rule that gives the rights back, to sandboxes alone.
  return kernel.apparmorRestrictsUserNamespaces === 1
    ? warn(
        id,
        title,
        'takes the rights in a user namespace from programs without a profile (Ubuntu since 23.10), so sandboxes will not start',
        `${load}. Where that cannot be done: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`,
      )
    : warn(id, title, 'used by this kernel, but sandboxes run without a profile', load);
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
