import { existsSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '../../setup/run-program.ts';

const programs = ['dockerd', 'containerd', 'docker', 'losetup', 'mkfs.ext4', 'mount', 'umount', 'perl', 'e2fsck'];
/** What images and sandboxes take, in bytes. */
const room = 6 * 2 ** 30;

/** Why the chaos test cannot run on this machine; null: it can. */
export function whyNot(server: string): string | null {
  if (!existsSync(join(server, 'dist/server.js'))) return 'there is no built server; `npm run build` makes it';
  return whyNoEngine();
}

/** Why there can be no engine of a test's own on this machine; null: there can. */
export function whyNoEngine(): string | null {
  if (process.platform !== 'linux') return 'it needs a Linux of its own to break';
  if (process.getuid?.() !== 0) return 'it starts an engine of its own, which only root may';
  const missing = programs.filter((program) => findProgram(program, process.env) === null);
  if (missing.length > 0) return `${missing.join(', ')} not found`;
  if (!existsSync('/dev/loop-control')) return 'this kernel has no loop devices';
  const { bavail, bsize } = statfsSync(tmpdir());
  if (bavail * bsize < room) return `${tmpdir()} has less than ${room / 2 ** 30} GiB free`;
  return null;
}

const libraries = ['x86_64-linux-gnu', 'aarch64-linux-gnu'].map(
  (machine) => `/usr/lib/${machine}/faketime/libfaketimeMT.so.1`,
);

/** Debian's libfaketime, or null: then clocks do not jump. */
export function fakeClockLibrary(): string | null {
  return libraries.find((file) => existsSync(file)) ?? null;
}
