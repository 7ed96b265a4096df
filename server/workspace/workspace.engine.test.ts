import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { BuildStatus } from '../../protocol/build.ts';
import { createBuildService } from '../builds/build-service.ts';
import { createDockerSandboxHost } from '../docker/docker-sandbox-host.ts';
import { buildSeccompProfile } from '../sandbox/seccomp/build-seccomp-profile.ts';
import { randomIds, systemClock } from '../system-clock.ts';
import { testLimits } from '../test-limits.ts';
import { testSandboxImage } from '../test-sandbox-image.ts';
import { runProgram } from './run-program.ts';
import { createWorkspace } from './workspace.ts';
import { describeWorkspace } from './workspace-contract.ts';
import { watchWorkspace } from './workspace-watcher.ts';

const logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const host = createDockerSandboxHost({
  engine: { socketPath: process.env.DRYDOCK_TEST_ENGINE_SOCKET ?? '/var/run/docker.sock' },
  lab: `test-${randomBytes(4).toString('hex')}`,
  seccompProfile: buildSeccompProfile(),
  logger,
});
const id = 'workspacebox';
let count = 0;

beforeAll(async () => {
  await host.make({
    id,
    learner: 'ada',
    image: testSandboxImage(),
    limits: testLimits,
    registryVolume: null,
  });
  await host.start(id, { timeoutMs: 30_000 });
});

afterAll(() => host.remove(id, { keepHome: false }));

async function shellIn(folder: string, command: string): Promise<string> {
  const argv: [string, ...string[]] = ['sh', '-c', 'cd "$1" && eval "$2"', 'sh', folder, command];
  const result = await runProgram(host, id, { argv }, { maxOutput: 65_536, timeoutMs: 30_000 });
  if (result.exitCode !== 0) throw new Error(`${command}: ${result.stderr}`);
  return result.stdout.toString();
}

async function freshFolder(): Promise<string> {
  count += 1;
  const root = `/root/lesson-${count}`;
  await shellIn('/root', `mkdir ${root}`);
  return root;
}

describeWorkspace('workspace in a sandbox', async () => {
  const root = await freshFolder();
  return { workspace: createWorkspace({ host, sandboxId: id, root }), shell: (command) => shellIn(root, command) };
});

describe('a full disk', () => {
  it('is said in words, and the file stays as it was', async () => {
    await shellIn('/root', 'mkdir -p /tmp/small && mount -t tmpfs -o size=64k none /tmp/small && mkdir /tmp/small/l');
    const workspace = createWorkspace({ host, sandboxId: id, root: '/tmp/small/l' });
    const { version } = await workspace.write('a', 'small', { basedOn: null, overwrite: false });
    await expect(
      workspace.write('a', 'x'.repeat(200_000), { basedOn: version, overwrite: false }),
    ).rejects.toMatchObject({ code: 'file.no-space' });
    expect((await workspace.read('a')).content).toBe('small');
    expect(await shellIn('/tmp/small/l', 'ls -A')).toBe('a\n');
  });
});

describe('watching a workspace', () => {
  it('tells what changes, also after the folder was removed and made again', async () => {
    const root = await freshFolder();
    const told: (string[] | null)[] = [];
    const watcher = watchWorkspace({
      host,
      sandboxId: id,
      root,
      logger,
      onChanged: (paths) => told.push(paths),
      onEnded: vi.fn(),
    });
    try {
      await vi.waitFor(() => expect(told).toEqual([null]), { timeout: 5_000 }); // the watch stands
      await shellIn(root, 'echo hi > "a b"');
      await vi.waitFor(() => expect(told.at(-1)).toEqual(['a b']), { timeout: 1_000 });
      await createWorkspace({ host, sandboxId: id, root }).write('saved', 'x', { basedOn: null, overwrite: false });
      await vi.waitFor(() => expect(told.at(-1)).toEqual(['saved']), { timeout: 1_000 });
      await shellIn(root, 'mkdir -p deep/er; sleep 0.5; echo > deep/er/file');
      await vi.waitFor(() => expect(told.at(-1)).toEqual(['deep/er/file']), { timeout: 2_000 });
      const before = told.length;
      await shellIn('/root', `rm -rf ${root}`);
      await vi.waitFor(() => expect(told.length).toBeGreaterThan(before), { timeout: 2_000 });
      await sleep(500);
      await shellIn('/root', `mkdir ${root}`);
      await sleep(1_000);
      await shellIn(root, 'echo again > Dockerfile');
      await vi.waitFor(() => expect(told.at(-1)).toEqual(['Dockerfile']), { timeout: 2_000 });
    } finally {
      watcher.dispose();
    }
    await vi.waitFor(async () => expect(await shellIn('/root', 'pgrep -c inotifywait || true')).toBe('0\n'), {
      timeout: 5_000,
    });
  });
});

describe('building in a sandbox', () => {
  const builds = createBuildService({ host, logger, clock: systemClock, ids: randomIds });
  const start = async (root: string, changes: BuildStatus[]) =>
    builds.start({
      sandboxId: id,
      lesson: 'docker/first-dockerfile',
      root,
      path: 'Dockerfile',
      onChanged: (status) => changes.push(status),
      onOutput: () => undefined,
    });
  const output = () => builds.current(id, 'docker/first-dockerfile')?.outputSince(0).text;

  it('makes the image, and says which', async () => {
    const root = await freshFolder();
    await shellIn(root, 'echo hello > file; printf "FROM scratch\\nCOPY file /\\n" > Dockerfile');
    const changes: BuildStatus[] = [];
    await start(root, changes);
    await vi.waitFor(() => expect(changes.at(-1)?.state).not.toBe('running'), { timeout: 30_000 });
    expect(output()).toMatch(/^\$ docker build -t first-dockerfile \.\n[\s\S]*#\d+ .*COPY file/);
    expect(changes.at(-1)).toMatchObject({ state: 'succeeded', image: { id: expect.stringMatching(/^sha256:/) } });
    expect(await shellIn(root, 'docker image ls -q first-dockerfile | wc -l')).toBe('1\n');
  });

  it('shows why a Dockerfile does not build', async () => {
    const root = await freshFolder();
    await shellIn(root, 'printf "FROM scratch\\nCOPI file /\\n" > Dockerfile');
    const changes: BuildStatus[] = [];
    await start(root, changes);
    await vi.waitFor(() => expect(changes.at(-1)?.state).toBe('failed'), { timeout: 30_000 });
    expect(output()).toContain('unknown instruction: COPI');
  });

  it('stops at once when asked', async () => {
    const root = await freshFolder();
    // The build context alone keeps it busy for a while.
    await shellIn(
      root,
      'head -c 600000000 /dev/urandom > large; printf "FROM scratch\\nCOPY large /\\nCOPY large /again\\n" > Dockerfile',
    );
    const changes: BuildStatus[] = [];
    const { build } = await start(root, changes);
    await sleep(300);
    builds.cancel(id, build);
    await vi.waitFor(() => expect(changes.at(-1)?.state).toBe('cancelled'), { timeout: 10_000 });
    expect(await shellIn(root, 'pgrep -fc "[d]ocker build" || true')).toBe('0\n');
  });

  it('is lost with the sandbox', async () => {
    const root = await freshFolder();
    await shellIn(root, 'head -c 300000000 /dev/urandom > large; printf "FROM scratch\\nCOPY large /\\n" > Dockerfile');
    const changes: BuildStatus[] = [];
    await start(root, changes);
    await host.stop(id, { graceSeconds: 0 });
    await vi.waitFor(() => expect(changes.at(-1)).toMatchObject({ state: 'lost' }), { timeout: 20_000 });
  });
});
