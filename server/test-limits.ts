import type { SandboxLimits } from './docker/sandbox-host.ts';

/** Ceilings of a sandbox in tests: small, so that a test that leaves one behind costs little. */
export const testLimits: SandboxLimits = {
  memory: 1024 * 2 ** 20,
  cpus: 2,
  pids: 1024,
  disk: { bytes: 4 * 2 ** 30, inodes: 200_000 },
  home: { bytes: 256 * 2 ** 20, inodes: 20_000 },
  openFiles: 16_384,
  logBytes: 10 * 2 ** 20,
};
