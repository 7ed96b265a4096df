import { readFileSync } from 'node:fs';
import { runOnce } from '../server/docker/engine-facts.ts';
import type { SetupContext } from './context.ts';
import { baseReference } from './steps/base-image.ts';

/** Settings of the engine's kernel that decide whether and how many sandboxes run; null: this kernel has no such. */
export interface KernelFacts {
  overlay: boolean;
  maxUserNamespaces: number | null;
  unprivilegedUserNamespaces: number | null;
  apparmorRestrictsUserNamespaces: number | null;
  /** Keys one user may own, in number. */
  maxKeys: number | null;
  inotifyInstances: number | null;
  inotifyWatches: number | null;
}

const files = {
  filesystems: '/proc/filesystems',
  maxUserNamespaces: '/proc/sys/user/max_user_namespaces',
  unprivilegedUserNamespaces: '/proc/sys/kernel/unprivileged_userns_clone',
  apparmorRestrictsUserNamespaces: '/proc/sys/kernel/apparmor_restrict_unprivileged_userns',
  maxKeys: '/proc/sys/kernel/keys/maxkeys',
  inotifyInstances: '/proc/sys/fs/inotify/max_user_instances',
  inotifyWatches: '/proc/sys/fs/inotify/max_user_watches',
} as const;

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
  const script = Object.values(files)
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
    maxKeys: number(files.maxKeys),
    inotifyInstances: number(files.inotifyInstances),
    inotifyWatches: number(files.inotifyWatches),
  };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
