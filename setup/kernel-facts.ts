import { readFileSync } from 'node:fs';
import { runOnce } from '../server/docker/engine-facts.ts';
import { baseReference } from '../server/images/lab-images.ts';
import type { SetupContext } from './context.ts';

/** Settings of the engine's kernel that decide whether and how many sandboxes run; null: this kernel has no such. */
export interface KernelFacts {
  overlay: boolean;
  maxUserNamespaces: number | null;
  unprivilegedUserNamespaces: number | null;
  /** This kernel uses AppArmor. */
  apparmor: boolean;
  apparmorRestrictsUserNamespaces: number | null;
  /** What all sandboxes share, see `sharedLimits`. */
  limits: Readonly<Record<LimitName, number | null>>;
}

const files = {
  filesystems: '/proc/filesystems',
  maxUserNamespaces: '/proc/sys/user/max_user_namespaces',
  unprivilegedUserNamespaces: '/proc/sys/kernel/unprivileged_userns_clone',
  apparmorRestrictsUserNamespaces: '/proc/sys/kernel/apparmor_restrict_unprivileged_userns',
  apparmor: '/sys/module/apparmor/parameters/enabled',
} as const;

const limitFiles = {
  inotifyInstances: '/proc/sys/fs/inotify/max_user_instances',
  inotifyWatches: '/proc/sys/fs/inotify/max_user_watches',
  keys: '/proc/sys/kernel/keys/maxkeys',
  openFiles: '/proc/sys/fs/file-max',
  pids: '/proc/sys/kernel/pid_max',
  threads: '/proc/sys/kernel/threads-max',
  neighbours: '/proc/sys/net/ipv4/neigh/default/gc_thresh3',
  mapCount: '/proc/sys/vm/max_map_count',
  userNamespaces: '/proc/sys/user/max_user_namespaces',
  mountNamespaces: '/proc/sys/user/max_mnt_namespaces',
  networkNamespaces: '/proc/sys/user/max_net_namespaces',
  pidNamespaces: '/proc/sys/user/max_pid_namespaces',
  ipcNamespaces: '/proc/sys/user/max_ipc_namespaces',
  utsNamespaces: '/proc/sys/user/max_uts_namespaces',
} as const;

export type LimitName = keyof typeof limitFiles;
export const limitNames = Object.keys(limitFiles) as LimitName[];

/** As `sysctl` names it. */
export function sysctlOf(limit: LimitName): string {
  return limitFiles[limit].slice('/proc/sys/'.length).replaceAll('/', '.');
}

/** The file that holds it, on this machine. */
export function fileOfLimit(limit: LimitName): string {
  return limitFiles[limit];
}

/** True when the engine shares this machine's kernel: no virtual machine of Docker Desktop, no other host. */
export function isLocalEngine(context: SetupContext, operatingSystem: string): boolean {
  return (
    process.platform === 'linux' && 'socketPath' in context.config.engine && !operatingSystem.includes('Docker Desktop')
  );
}

/** Read here, or, where the engine's kernel is another one, in a container on it; null: not possible yet. */
export async function readKernelFacts(context: SetupContext, local: boolean): Promise<KernelFacts | null> {
  if (local) return interpret((file) => readText(file));
  if ((await context.images.find(baseReference)) === null) return null;
  const script = [...Object.values(files), ...Object.values(limitFiles)]
    .map((file) => `echo "== ${file}"; cat ${file} 2>/dev/null || true`)
    .join('; ');
  const { output } = await runOnce(context.engine, baseReference, ['sh', '-c', script]);
  const parts = new Map(
    output.split('== ').map((part) => [part.slice(0, part.indexOf('\n')).trim(), part.slice(part.indexOf('\n') + 1)]),
  );
  return interpret((file) => parts.get(file) ?? '');
}

function interpret(read: (file: string) => string): KernelFacts {
  const number = (file: string): number | null => {
    const text = read(file).trim();
    return /^\d+$/.test(text) ? Number(text) : null;
  };
  return {
    overlay: /\boverlay\b/.test(read(files.filesystems)),
    maxUserNamespaces: number(files.maxUserNamespaces),
    unprivilegedUserNamespaces: number(files.unprivilegedUserNamespaces),
    apparmorRestrictsUserNamespaces: number(files.apparmorRestrictsUserNamespaces),
    apparmor: read(files.apparmor).trim() === 'Y',
    limits: Object.fromEntries(limitNames.map((name) => [name, number(limitFiles[name])])) as Record<
      LimitName,
      number | null
    >,
  };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
