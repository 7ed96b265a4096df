import { createHash, randomBytes } from 'node:crypto';
import { buffer, text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DaemonState } from './daemon-state.ts';
import { connectInnerDaemon } from './inner-daemon.ts';
import { failure, silent, TestHost, until } from './test-host.ts';

const ground = new TestHost();
const { host, id } = ground;
const execText = ground.execText.bind(ground);

beforeAll(() => ground.open());
afterAll(() => ground.dispose());

describe('a program', () => {
  it('runs as root of the namespace, in the home, and gives its exit code', async () => {
    expect(await execText(['sh', '-c', 'id -u; pwd; echo oops >&2; exit 7'])).toEqual({
      code: 7,
      out: '0\n/root\n',
      err: 'oops\n',
    });
  });

  it('gets environment and folder', async () => {
    const { out } = await execText(['sh', '-c', 'echo "$GREETING"; pwd'], { env: { GREETING: 'a b=c' }, cwd: '/tmp' });
    expect(out).toBe('a b=c\n/tmp\n');
  });

  it('answers like a shell when there is no such program', async () => {
    expect((await execText(['no-such-program'])).code).toBe(127);
  });

  it('reads its input to the end', async () => {
    const session = await host.exec(id, { argv: ['sha256sum'] });
    const data = randomBytes(3 * 1024 * 1024);
    session.stdin.end(data);
    expect(await text(session.stdout)).toContain(createHash('sha256').update(data).digest('hex'));
    expect(await session.exit).toBe(0);
  });

  it('delivers a large output whole', async () => {
    const session = await host.exec(id, { argv: ['sh', '-c', 'head -c 30000000 /dev/zero; echo done >&2'] });
    session.stdin.end();
    const [out, err] = await Promise.all([buffer(session.stdout), text(session.stderr)]);
    expect(out.length).toBe(30_000_000);
    expect(err).toBe('done\n');
    expect(await session.exit).toBe(0);
  });

  it('waits for a reader that stalls, while others go on', async () => {
    const stalled = await host.exec(id, { argv: ['sh', '-c', 'yes'] });
    await sleep(300);
    expect(stalled.stdout.readableLength).toBeLessThan(1024 * 1024);
    expect((await execText(['echo', 'free'])).out).toBe('free\n');
    stalled.dispose();
    await stalled.exit;
  });

  it('ends when it is disposed of, with what it started', async () => {
    const session = await host.exec(id, { argv: ['sh', '-c', 'sleep 4321 & sleep 4322'] });
    await until(async () => (await execText(['pgrep', '-f', 'sleep 432[12]'])).code === 0);
    session.dispose();
    await session.exit;
    expect((await execText(['pgrep', '-f', 'sleep 432[12]'])).code).toBe(1);
  });

  it('is refused a name or folder that is none', async () => {
    expect(await failure(host.exec(id, { argv: ['true'], env: { 'A=B': 'c' } }))).toBe('request.malformed');
    expect(await failure(host.exec(id, { argv: ['true'], cwd: 'relative' }))).toBe('request.malformed');
  });
});

describe('the inner Docker', () => {
  it('is listed through a dialled connection, and its events follow', async () => {
    const daemon = connectInnerDaemon(() => host.dialDaemon(id));
    const state = new DaemonState(daemon, { logger: silent });
    try {
      await daemon.ping();
      expect((await daemon.version()).version).toMatch(/^\d+\./);
      await state.start();
      expect(
        state
          .snapshot()
          .networks.map((network) => network.name)
          .sort(),
      ).toEqual(['bridge', 'host', 'none']);
      expect((await execText(['docker', 'volume', 'create', 'tools'])).code).toBe(0);
      expect((await execText(['docker', 'network', 'create', 'shopnet'])).code).toBe(0);
      await until(() => state.snapshot().volumes.some((volume) => volume.name === 'tools'));
      await until(() => state.snapshot().networks.some((network) => network.name === 'shopnet'));
      expect(await daemon.network('shopnet')).toMatchObject({ driver: 'bridge', containers: [] });
      expect(await daemon.container('nothing')).toBeNull();
      expect((await execText(['docker', 'volume', 'rm', 'tools'])).code).toBe(0);
      await until(() => !state.snapshot().volumes.some((volume) => volume.name === 'tools'));
    } finally {
      state.dispose();
      daemon.dispose();
      await execText(['docker', 'network', 'rm', 'shopnet']);
    }
  });

  it('shows a container with all that checks ask for', async () => {
    // An image of nothing but the sandbox's own static program: there is no network to pull one from.
    const script =
      'cd /tmp && mkdir -p box && cp /usr/local/bin/drydock-enter box/ && tar -C box -c . | docker import -c "CMD [\\"/drydock-enter\\"]" - box:1';
    expect(await execText(['sh', '-c', script])).toMatchObject({ code: 0 });
    const daemon = connectInnerDaemon(() => host.dialDaemon(id));
    try {
      const created = await execText([
        'docker',
        'create',
        '--name',
        'web',
        '-p',
        '8080:80',
        '-e',
        'COLOR=blue',
        '--label',
        'tier=front',
        '--restart',
        'on-failure:3',
        '-v',
        'data:/data',
        '--user',
        '5:5',
        'box:1',
        '/drydock-enter',
        'x',
      ]);
      expect(created).toMatchObject({ code: 0 });
      expect(await daemon.container('web')).toMatchObject({
        name: 'web',
        image: 'box:1',
        state: 'created',
        publishedPorts: ['8080:80'],
        env: { COLOR: 'blue' },
        labels: { tier: 'front' },
        restartPolicy: 'on-failure',
        restartAttempts: 3,
        user: '5:5',
        command: ['/drydock-enter', 'x'],
        mounts: [{ type: 'volume', source: 'data', destination: '/data', writable: true }],
      });
      await execText(['docker', 'start', '-a', 'web']);
      expect((await daemon.containerLog('web', 5)) ?? '').toContain('drydock-enter: usage');
      await until(async () => (await daemon.container('web'))?.exitCode === 125);
      expect(await daemon.image('box:1')).toMatchObject({
        tags: ['box:1'],
        command: ['/drydock-enter'],
        layers: [expect.any(String)],
      });
      expect(await daemon.imageHistory('box:1')).toHaveLength(1);
      expect(await daemon.containers()).toMatchObject([{ name: 'web' }]);
      expect(Array.isArray(await daemon.containerChanges('web'))).toBe(true);
    } finally {
      daemon.dispose();
      await execText(['sh', '-c', 'docker rm -f web; docker volume rm data; docker image rm box:1']);
    }
  });

  it('leaves no relay behind when the connection goes away', async () => {
    const connection = await host.dialDaemon(id);
    expect((await execText(['pgrep', '-x', 'socat'])).code).toBe(0);
    connection.destroy();
    await until(async () => (await execText(['pgrep', '-x', 'socat'])).code === 1, 15_000);
  });
});

describe('a port', () => {
  it('is reached through the sandbox’s loopback', async () => {
    const server = await host.exec(id, {
      argv: ['socat', 'TCP-LISTEN:7070,bind=127.0.0.1,fork,reuseaddr', 'SYSTEM:tr a-z A-Z'],
    });
    try {
      await until(
        async () => (await failure(host.dialPort(id, 7070).then((stream) => stream.destroy()))) === 'no failure',
      );
      const connection = await host.dialPort(id, 7070);
      connection.end('hello\n');
      expect(await text(connection)).toBe('HELLO\n');
    } finally {
      server.dispose();
      await server.exit;
    }
  });

  it('is refused when nothing listens, and when it is none', async () => {
    await expect(host.dialPort(id, 7071)).rejects.toMatchObject({ details: { refused: true } });
    expect(await failure(host.dialPort(id, 70_000))).toBe('request.malformed');
  });
});
