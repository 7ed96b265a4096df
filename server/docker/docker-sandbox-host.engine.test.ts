import { execFile } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDockerSandboxHost } from './docker-sandbox-host.ts';
import type { HostEvent } from './sandbox-host.ts';
import {
  failure,
  hostOf,
  seccompProfile,
  silent,
  socketPath,
  specOf,
  TestHost,
  terminalSpec,
  until,
} from './test-host.ts';

const run = promisify(execFile);
const ground = new TestHost();
const { host, id, lab } = ground;
/** The neighbour that must not be seen. */
const otherLab = `${lab}-b`;

beforeAll(() => ground.open());

afterAll(async () => {
  await ground.dispose();
  const other = hostOf(otherLab);
  for (const record of await other.list()) await other.remove(record.id, { keepHome: false });
});

describe('the engine', () => {
  it('describes itself', async () => {
    const found = await host.describe();
    expect(found.engineVersion).toMatch(/^\d+\./);
    expect(found.cpus).toBeGreaterThan(0);
    expect(found.memory).toBeGreaterThan(0);
    expect(['1', '2']).toContain(found.cgroupVersion);
  });

  it('is unreachable where there is none', async () => {
    const nowhere = createDockerSandboxHost({
      engine: { socketPath: '/nonexistent/engine.sock' },
      lab,
      seccompProfile,
      logger: silent,
    });
    expect(await failure(nowhere.describe())).toBe('engine.unreachable');
    expect(await failure(nowhere.list())).toBe('engine.unreachable');
    expect(await failure(nowhere.exec(id, { argv: ['true'] }))).toBe('engine.unreachable');
  });

  it('says when the image is missing', async () => {
    const missing = specOf('imagemissing');
    expect(await failure(host.make({ ...missing, image: 'drydock/no-such-image:none' }))).toBe('sandbox.image-missing');
    await host.remove(missing.id, { keepHome: false });
  });
});

describe('a sandbox', () => {
  it('is made once, however often it is asked for, and unprivileged', async () => {
    await host.make(specOf(id));
    const records = await host.list();
    expect(records).toMatchObject([{ id, learner: 'ada', state: 'running' }]);
    const { stdout } = await run('docker', ['inspect', `drydock-${lab}-${id}`]);
    const [found] = JSON.parse(stdout) as [{ HostConfig: Record<string, unknown>; Config: Record<string, unknown> }];
    expect(found.HostConfig).toMatchObject({
      Privileged: false,
      NetworkMode: 'none',
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
    });
    expect(found.Config.User).toBe('1000:1000');
  });

  it('starts at once when it runs already', async () => {
    const stages: string[] = [];
    await host.start(id, { timeoutMs: 5_000, onStage: (stage) => stages.push(stage) });
    expect(stages).toEqual(['waiting-for-daemon']);
  });

  it('is gone for every call when there is none', async () => {
    const none = 'nosuchsandbox';
    expect(await failure(host.start(none, { timeoutMs: 1_000 }))).toBe('sandbox.gone');
    expect(await failure(host.exec(none, { argv: ['true'] }))).toBe('sandbox.gone');
    expect(await failure(host.dialDaemon(none))).toBe('sandbox.gone');
    expect(await failure(host.stop(none, { graceSeconds: 1 }))).toBe('sandbox.gone');
    await host.remove(none, { keepHome: false });
  });

  it('cannot be seen or touched by another lab', async () => {
    const other = hostOf(otherLab);
    expect(await other.list()).toEqual([]);
    expect(await failure(other.exec(id, { argv: ['true'] }))).toBe('sandbox.gone');
    await other.remove(id, { keepHome: false });
    expect((await host.list()).map((record) => record.id)).toEqual([id]);
  });

  it('is left alone when a container of its name has other labels', async () => {
    const stray = `drydock-${otherLab}-straysandbox`;
    await run('docker', ['create', '--name', stray, '--label', `drydock.lab=${lab}`, specOf(id).image, 'true']);
    try {
      const other = hostOf(otherLab);
      expect(await failure(other.remove('straysandbox', { keepHome: false }))).toBe('engine.failed');
      expect(await failure(other.start('straysandbox', { timeoutMs: 1_000 }))).toBe('engine.failed');
      expect(await other.list()).toEqual([]);
    } finally {
      await run('docker', ['rm', '-v', '-f', stray]);
    }
  });
});

describe('a life', () => {
  it('keeps home and images over stop and start, and tells of it', async () => {
    const events: HostEvent[] = [];
    const abort = new AbortController();
    host.watch((event) => events.push(event), abort.signal);
    const own = 'lifesandbox1';
    await host.make(specOf(own));
    await host.start(own, { timeoutMs: 30_000 });
    await until(() => events.some((event) => event.type === 'started'));
    const put = await host.exec(own, { argv: ['sh', '-c', 'echo kept > /root/note; docker volume create kept'] });
    expect(await put.exit).toBe(0);
    await host.stop(own, { graceSeconds: 10 });
    await until(() => events.some((event) => event.type === 'died'));
    expect(events.find((event) => event.type === 'died')).toMatchObject({ id: own, exitCode: 0, outOfMemory: false });
    expect(await failure(host.exec(own, { argv: ['true'] }))).toBe('sandbox.gone');
    await host.start(own, { timeoutMs: 30_000 });
    const get = await host.exec(own, { argv: ['sh', '-c', 'cat /root/note; docker volume ls -q'] });
    expect(await text(get.stdout)).toBe('kept\nkept\n');

    // Somebody kills it under a running program and an open terminal.
    const program = await host.exec(own, { argv: ['sleep', '600'] });
    const terminal = await host.attachTerminal(own, terminalSpec('dies'));
    let ended: number | null | undefined;
    terminal.onOutput = () => undefined;
    terminal.onEnd = (exitCode) => {
      ended = exitCode;
    };
    events.length = 0;
    await run('docker', ['kill', `drydock-${lab}-${own}`]);
    expect(await failure(program.exit)).toBe('sandbox.gone');
    await until(() => ended === null);
    await until(() => events.some((event) => event.type === 'died'));
    expect(events).toContainEqual({ type: 'died', id: own, exitCode: 137, outOfMemory: false });
    abort.abort();

    await host.remove(own, { keepHome: true });
    expect((await host.list()).map((record) => record.id)).not.toContain(own);
    const { stdout } = await run('docker', ['volume', 'ls', '-q', '--filter', `label=drydock.sandbox=${own}`]);
    expect(stdout.trim()).toBe(`drydock-${lab}-${own}-home`);
    await host.remove(own, { keepHome: false });
    await host.remove(own, { keepHome: false });
  });

  it('fails clearly, in the words of the sandbox, when it cannot start', async () => {
    const own = 'failsandbox1';
    const broken = createDockerSandboxHost({
      engine: { socketPath },
      lab,
      // Without namespaces there is no sandbox.
      seccompProfile: {
        defaultAction: 'SCMP_ACT_ALLOW',
        syscalls: [{ names: ['unshare', 'clone3'], action: 'SCMP_ACT_ERRNO' }],
      },
      logger: silent,
    });
    await broken.make(specOf(own));
    await expect(broken.start(own, { timeoutMs: 20_000 })).rejects.toMatchObject({ code: 'sandbox.failed' });
    await broken.remove(own, { keepHome: false });
  });
});
