import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
// biome-ignore lint/style/noRestrictedImports: the suites need the profile sandboxes really get
import { buildSeccompProfile } from '../sandbox/seccomp/build-seccomp-profile.ts';
import { testLimits } from '../test-limits.ts';
import { testSandboxImage } from '../test-sandbox-image.ts';
import { createDockerSandboxHost } from './docker-sandbox-host.ts';
import type { HostLogger } from './engine.ts';
import type { ExecSpec, SandboxHost, SandboxSpec, TerminalSpec } from './sandbox-host.ts';

const image = testSandboxImage();
// biome-ignore lint/style/noProcessEnv: an engine for tests alone
export const socketPath = process.env.DRYDOCK_TEST_ENGINE_SOCKET ?? '/var/run/docker.sock';
export const silent: HostLogger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
export const seccompProfile = buildSeccompProfile();

/** The real engine, and a lab of its own on it for every run. For tests. */
export class TestHost {
  readonly lab = `test-${randomBytes(4).toString('hex')}`;
  readonly host: SandboxHost = hostOf(this.lab);
  /** Of the sandbox that `open` starts. */
  readonly id = 'mainsandbox1';

  async open(): Promise<void> {
    await this.host.make(specOf(this.id));
    await this.host.start(this.id, { timeoutMs: 30_000 });
  }

  /** Removes all sandboxes. */
  async dispose(): Promise<void> {
    for (const record of await this.host.list()) await this.host.remove(record.id, { keepHome: false });
  }

  async execText(
    argv: ExecSpec['argv'],
    rest: Omit<ExecSpec, 'argv'> = {},
  ): Promise<{ code: number; out: string; err: string }> {
    const session = await this.host.exec(this.id, { argv, ...rest });
    session.stdin.end();
    const [out, err, code] = await Promise.all([text(session.stdout), text(session.stderr), session.exit]);
    return { code, out, err };
  }
}

export function hostOf(lab: string): SandboxHost {
  return createDockerSandboxHost({ engine: { socketPath }, lab, seccompProfile, logger: silent });
}

export function specOf(id: string): SandboxSpec {
  return { id, learner: 'ada', image, limits: testLimits, registryVolume: null };
}

export function terminalSpec(name: string, after = 0): TerminalSpec {
  return { name, cols: 80, rows: 24, cwd: '/root', nonce: 'n0nce', after };
}

export async function until(condition: () => boolean | Promise<boolean>, milliseconds = 10_000): Promise<void> {
  const deadline = Date.now() + milliseconds;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('it did not come about in time');
    await sleep(25);
  }
}

/** The code with which it fails. */
export async function failure(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'no failure',
    (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error)),
  );
}
