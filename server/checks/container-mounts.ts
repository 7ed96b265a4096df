import { posix } from 'node:path';
import type { ContainerCheck } from '../../protocol/check-schema.ts';
import type { MountSummary } from '../../protocol/docker.ts';
import { listed, quoted, withoutSlash } from './words.ts';

type WantedMount = NonNullable<ContainerCheck['mounts']>[number];

interface Wanted {
  type: 'volume' | 'bind' | 'tmpfs' | null;
  source: string | null;
  target: string;
  readonly: boolean | null;
}

/** `data:/var/lib/data:ro`, `./site:/www`, `/cache`, or the object form. */
function readMount(mount: WantedMount): Wanted {
  if (typeof mount !== 'string') {
    return {
      type: mount.type ?? null,
      source: mount.source ?? null,
      target: mount.target,
      readonly: mount.readonly ?? null,
    };
  }
  const parts = mount.split(':');
  const options = parts.length > 1 && !(parts.at(-1) ?? '').startsWith('/') ? (parts.pop() ?? '').split(',') : [];
  const target = parts.pop() ?? '';
  const source = parts.length > 0 ? parts.join(':') : null;
  return {
    type: source === null ? null : /^[./~]/.test(source) ? 'bind' : 'volume',
    source,
    target,
    readonly: options.includes('ro') ? true : options.includes('rw') ? false : null,
  };
}

/**
 * Why the mounts are not as wanted: completes "web …, but …". Null: they are.
 * @param root folder of the lesson's files, in which the lesson's relative paths begin
 */
export function missingMount(
  wanted: readonly WantedMount[],
  mounts: readonly MountSummary[],
  root: string,
): string | null {
  for (const mount of wanted.map(readMount)) {
    const target = withoutSlash(mount.target);
    const found = mounts.find((candidate) => withoutSlash(candidate.destination) === target);
    if (!found) {
      const others = mounts.map((candidate) => candidate.destination);
      return `nothing is mounted at ${mount.target}${others.length > 0 ? `: you mounted something at ${listed(others)}` : ''}`;
    }
    if (mount.type !== null && found.type !== mount.type) {
      return `at ${mount.target} there is ${kindWords(found)}; it has to be ${mount.type === 'bind' ? 'a folder of the host' : `a ${mount.type}`}`;
    }
    if (mount.source !== null && !sameSource(mount.source, found, root)) {
      return `at ${mount.target} there is ${kindWords(found)}; it has to be ${quoted(mount.source)}`;
    }
    if (mount.readonly !== null && mount.readonly === found.writable) {
      return found.writable
        ? `${mount.target} can be written to; it has to be read-only`
        : `${mount.target} is read-only; it has to be writable`;
    }
  }
  return null;
}

/** A folder of the workspace is mounted under its absolute path, which a lesson does not know. */
function sameSource(wanted: string, found: MountSummary, root: string): boolean {
  if (found.source === null) return false;
  if (found.type !== 'bind') return found.source === wanted;
  // The workspace lies in the home folder.
  const home = /^~(?:\/|$)/.test(wanted) ? posix.dirname(root) : null;
  const meant = home === null ? posix.resolve(root, wanted) : posix.join(home, wanted.slice(1));
  return withoutSlash(found.source) === withoutSlash(meant);
}

function kindWords(found: MountSummary): string {
  switch (found.type) {
    case 'volume':
      return `the volume ${quoted(found.source ?? '')}`;
    case 'bind':
      return `the host’s ${quoted(found.source ?? '')}`;
    case 'tmpfs':
      return 'a tmpfs';
    case 'other':
      return 'something else';
  }
}
