import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import type { SandboxUse } from '../../protocol/sandbox.ts';
// biome-ignore lint/style/noRestrictedImports: sandboxes with the profile they really get
import { buildSeccompProfile } from '../sandbox/seccomp/build-seccomp-profile.ts';
import { testLimits } from '../test-limits.ts';
import { testSandboxImage } from '../test-sandbox-image.ts';
import { createDockerSandboxHost } from './docker-sandbox-host.ts';
import type { SandboxSpec } from './sandbox-host.ts';

const run = promisify(execFile);
const socketPath = process.env.DRYDOCK_TEST_ENGINE_SOCKET ?? '/var/run/docker.sock';
const logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const lab = `controls-${randomBytes(4).toString('hex')}`;
const host = createDockerSandboxHost({ engine: { socketPath }, lab, seccompProfile: buildSeccompProfile(), logger });

const limits = { ...testLimits, memory: 384 * 2 ** 20, openFiles: 2048 };

async function open(id: string): Promise<void> {
  const spec: SandboxSpec = { id, learner: null, image: testSandboxImage(), limits, registryVolume: null };
  await host.make(spec);
  await host.start(id, { timeoutMs: 60_000 });
}

async function shell(id: string, script: string): Promise<string> {
  const session = await host.exec(id, { argv: ['sh', '-c', `exec 2>&1; ${script}`] });
  session.stdin.end();
  const [out] = await Promise.all([text(session.stdout), text(session.stderr), session.exit]);
  return out;
}

async function inspect(id: string, format: string): Promise<string> {
  return (await run('docker', ['inspect', '-f', format, `drydock-${lab}-${id}`])).stdout.trim();
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('it did not come about in time');
    await sleep(25);
  }
}

afterAll(async () => {
  for (const record of await host.list()) await host.remove(record.id, { keepHome: false });
});

it('gives a sandbox less of the processor, and all of its share again', async () => {
  await open('priority1');
  await host.setPriority('priority1', 'background');
  expect(await inspect('priority1', '{{.HostConfig.CpuShares}}')).toBe('64');
  await host.setPriority('priority1', 'normal');
  expect(await inspect('priority1', '{{.HostConfig.CpuShares}} {{.HostConfig.Memory}}')).toBe(`1024 ${limits.memory}`);
  await expect(host.setPriority('nosuchbox1', 'normal')).rejects.toMatchObject({ code: 'sandbox.gone' });
});

it('freezes every program, and lets it go on', async () => {
  const id = 'frozenbox1';
  await open(id);
  await shell(id, 'nohup sh -c "while sleep 0.1; do date +%s%N > /tmp/beat; done" > /dev/null 2>&1 &');
  await host.pause(id);
  expect(await inspect(id, '{{.State.Status}}')).toBe('paused');
  await expect(host.exec(id, { argv: ['true'] })).rejects.toMatchObject({ code: 'sandbox.gone' });
  await host.start(id, { timeoutMs: 30_000 });
  const beat = await shell(id, 'cat /tmp/beat');
  await until(async () => (await shell(id, 'cat /tmp/beat')) !== beat);
  await expect(host.pause('nosuchbox1')).rejects.toMatchObject({ code: 'sandbox.gone' });
});

it('tells how a sandbox ended', async () => {
  const id = 'endedbox01';
  const before = Date.now();
  await host.make({ id, learner: null, image: testSandboxImage(), limits, registryVolume: null });
  expect(await host.endOf(id)).toBeNull();
  await host.start(id, { timeoutMs: 60_000 });
  expect(await host.endOf(id)).toBeNull();
  await host.stop(id, { graceSeconds: 5 });
  expect(await host.endOf(id)).toEqual({ at: expect.any(Number), exitCode: 0, outOfMemory: false });
  expect((await host.endOf(id))?.at).toBeGreaterThan(before);
  expect(await host.endOf('nosuchbox1')).toBeNull();
});

it('counts what is kept in memory as files against the limit: who fills it ends their own sandbox', async () => {
  const id = 'hungrybox1';
  await open(id);
  expect(await shell(id, 'ulimit -n; ulimit -Hn')).toBe('2048\n2048\n');
  // It may be ended by a bound of that folder, or by the sandbox's memory; the machine's is not touched.
  const said = await shell(id, 'head -c 800M /dev/zero > /run/fill && echo all').catch(() => 'ended');
  expect(said).not.toContain('all');
  await host.start(id, { timeoutMs: 60_000 });
  await shell(id, 'rm -f /run/fill');
  expect(await shell(id, 'docker version --format ok')).toContain('ok');
});

it('measures a running sandbox until it ends or nobody wants to know', async () => {
  const id = 'measured01';
  await open(id);
  const uses: SandboxUse[] = [];
  let ended = false;
  const measuring = host.measure(id, {
    intervalMs: 1_000,
    onUse: (use) => uses.push(use),
    onEnd: () => {
      ended = true;
    },
  });
  const program = await host.exec(id, { argv: ['sh', '-c', 'while :; do :; done'] });
  await until(() => uses.some((use) => (use.cpus ?? 0) > 0.2));
  const last = uses.at(-1);
  expect(last?.memory).toBeGreaterThan(2 ** 20);
  expect(last?.memory).toBeLessThan(limits.memory);
  expect(last?.pids).toBeGreaterThan(2);
  expect(last?.openFiles).toBeGreaterThan(2);
  expect(ended).toBe(false);
  measuring.dispose();
  const heard = uses.length;
  await until(async () => !(await shell(id, 'cat /proc/[0-9]*/comm')).includes('drydock-measure'));
  expect(uses.length).toBe(heard);
  program.dispose();

  const again = new Promise<void>((resolve) => {
    host.measure(id, { intervalMs: 1_000, onUse: () => undefined, onEnd: resolve });
  });
  await host.stop(id, { graceSeconds: 1 });
  await again;
  await new Promise<void>((resolve) => {
    host.measure(id, { intervalMs: 1_000, onUse: () => undefined, onEnd: resolve });
  });
});
