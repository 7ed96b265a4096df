import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { extract, pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
// biome-ignore lint/style/noRestrictedImports: the suite needs the profile sandboxes really get
import { buildSeccompProfile } from '../sandbox/seccomp/build-seccomp-profile.ts';
import { testLimits } from '../test-limits.ts';
import { testSandboxImage } from '../test-sandbox-image.ts';
import { DaemonState } from './daemon-state.ts';
import { createDockerSandboxHost } from './docker-sandbox-host.ts';
import type { HostLogger } from './engine.ts';
import { connectInnerDaemon } from './inner-daemon.ts';
import type {
  ExecSpec,
  HostEvent,
  SandboxHost,
  SandboxSpec,
  TerminalConnection,
  TerminalSpec,
} from './sandbox-host.ts';

const run = promisify(execFile);
const image = testSandboxImage();
const socketPath = process.env.DRYDOCK_TEST_ENGINE_SOCKET ?? '/var/run/docker.sock';
const logger: HostLogger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** A lab of its own for every run, and for the neighbour that must not be seen. */
const lab = `test-${randomBytes(4).toString('hex')}`;
const otherLab = `${lab}-b`;
const seccompProfile = buildSeccompProfile();

function hostOf(name: string): SandboxHost {
  return createDockerSandboxHost({ engine: { socketPath }, lab: name, seccompProfile, logger });
}

function specOf(id: string): SandboxSpec {
  return {
    id,
    learner: 'ada',
    image,
    limits: testLimits,
    registryVolume: null,
  };
}

const host = hostOf(lab);
const id = 'mainsandbox1';

async function execText(
  argv: ExecSpec['argv'],
  rest: Omit<ExecSpec, 'argv'> = {},
): Promise<{ code: number; out: string; err: string }> {
  const session = await host.exec(id, { argv, ...rest });
  session.stdin.end();
  const [out, err, code] = await Promise.all([text(session.stdout), text(session.stderr), session.exit]);
  return { code, out, err };
}

async function until(condition: () => boolean | Promise<boolean>, milliseconds = 10_000): Promise<void> {
  const deadline = Date.now() + milliseconds;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('it did not come about in time');
    await sleep(25);
  }
}

async function failure(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'no failure',
    (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error)),
  );
}

beforeAll(async () => {
  await host.make(specOf(id));
  await host.start(id, { timeoutMs: 30_000 });
});

afterAll(async () => {
  for (const each of [host, hostOf(otherLab)]) {
    for (const record of await each.list()) await each.remove(record.id, { keepHome: false });
  }
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
      logger,
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
    await run('docker', ['create', '--name', stray, '--label', `drydock.lab=${lab}`, image, 'true']);
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
    const state = new DaemonState(daemon, { logger });
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

/** What a terminal shows, and its end. */
class Screen {
  text = '';
  bytes = 0;
  next: number;
  exit: number | null | 'running' = 'running';
  readonly connection: TerminalConnection;

  constructor(connection: TerminalConnection, options: { allow: boolean }) {
    this.connection = connection;
    this.next = connection.replayFrom;
    connection.onOutput = ({ seq, data }) => {
      expect(seq).toBe(this.next);
      this.next = seq + data.length;
      this.bytes += data.length;
      this.text = (this.text + data.toString('utf8')).slice(-100_000);
      if (options.allow) connection.allow(this.next + 256 * 1024);
    };
    connection.onEnd = (exitCode) => {
      this.exit = exitCode;
    };
  }

  async shows(pattern: RegExp): Promise<void> {
    await until(() => pattern.test(this.text)).catch(() => {
      throw new Error(`${pattern} is not in ${JSON.stringify(this.text.slice(-500))}`);
    });
  }

  type(line: string): void {
    this.connection.write(Buffer.from(line));
  }
}

function terminalSpec(name: string, after = 0): TerminalSpec {
  return { name, cols: 80, rows: 24, cwd: '/root', nonce: 'n0nce', after };
}

async function openTerminal(name: string, after = 0, allow = true): Promise<Screen> {
  return new Screen(await host.attachTerminal(id, terminalSpec(name, after)), { allow });
}

describe('a terminal', () => {
  it('runs commands, and outlives its connection with what was missed', async () => {
    const first = await openTerminal('outlive');
    expect(first.connection.fresh).toBe(true);
    expect(first.connection.nonce).toBe('n0nce');
    first.type('echo one-$((40+2))\n');
    await first.shows(/one-42/);
    first.type('sleep 1; echo two-$((40+3))\n');
    await first.shows(/sleep 1/);
    const seen = first.next;
    first.connection.dispose();
    await sleep(1500);
    const second = await openTerminal('outlive', seen);
    expect(second.connection.fresh).toBe(false);
    expect(second.connection.replayFrom).toBe(seen);
    await second.shows(/two-43/);
    expect(second.text).not.toContain('one-42');
    const whole = await openTerminal('outlive', 0);
    await whole.shows(/one-42[\s\S]*two-43/);
    // The newer attachment ended the older one.
    await until(() => second.exit === null);
    expect(first.exit).toBe('running');
    whole.connection.kill();
    await until(() => whole.exit !== 'running');
  });

  it('tells the exit code of its shell', async () => {
    const screen = await openTerminal('leaves');
    screen.type('exit 5\n');
    await until(() => screen.exit === 5);
  });

  it('interrupts with Ctrl-C and follows its size', async () => {
    const screen = await openTerminal('ctrlc');
    screen.type('sleep 600\n');
    await screen.shows(/sleep 600/);
    await sleep(300);
    screen.type('\u0003');
    screen.connection.resize(123, 45);
    screen.type('stty size; echo back-$((1+1))\n');
    await screen.shows(/45 123[\s\S]*back-2/);
    screen.connection.kill();
    await until(() => screen.exit !== 'running');
  });

  it('makes a flood wait until more is allowed', async () => {
    const screen = await openTerminal('flood', 0, false);
    screen.type('head -c 3000000 /dev/zero | tr "\\0" x; echo flood-$((1+1))\n');
    await until(() => screen.bytes > 200_000);
    await sleep(500);
    const stopped = screen.bytes;
    expect(stopped).toBeLessThanOrEqual(256 * 1024 + screen.connection.end);
    screen.connection.allow(screen.next + 500_000);
    await until(() => screen.bytes > stopped + 400_000);
    screen.connection.allow(10_000_000);
    await screen.shows(/flood-2/);
    expect(screen.bytes).toBeGreaterThan(3_000_000);
    screen.connection.kill();
    await until(() => screen.exit !== 'running');
  });

  it('is refused a name that is none', async () => {
    expect(await failure(host.attachTerminal(id, terminalSpec('../x')))).toBe('request.malformed');
  });
});

async function namesIn(tar: Readable): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const parser = extract();
  tar.on('error', (error: Error) => parser.destroy(error));
  tar.pipe(parser as unknown as NodeJS.WritableStream);
  for await (const entry of parser) found[entry.header.name] = await text(entry as unknown as Readable);
  return found;
}

function tarOf(fill: (archive: ReturnType<typeof pack>) => void): Readable {
  const archive = pack();
  fill(archive);
  archive.finalize();
  return archive as unknown as Readable;
}

describe('files', () => {
  it('go in and come out', async () => {
    const tar = tarOf((archive) => {
      archive.entry({ name: './', type: 'directory' });
      archive.entry({ name: 'src/', type: 'directory' });
      archive.entry({ name: 'src/app.js', mode: 0o4755 }, 'console.log("é")\n');
      archive.entry({ name: 'Dockerfile' }, 'FROM scratch\n');
    });
    await host.putArchive(id, '/root/les son/one', tar);
    expect((await execText(['stat', '-c', '%a %u', '/root/les son/one/src/app.js'])).out).toBe('755 0\n');
    const found = await namesIn(await host.readHome(id));
    expect(found).toMatchObject({
      'root/les son/one/Dockerfile': 'FROM scratch\n',
      'root/les son/one/src/app.js': 'console.log("é")\n',
    });
  });

  it('are refused when they are links or climb out', async () => {
    const link = tarOf((archive) => archive.entry({ name: 'evil', type: 'symlink', linkname: '/etc/passwd' }));
    expect(await failure(host.putArchive(id, '/root/evil', link))).toBe('file.path-invalid');
    const climbing = tarOf((archive) => archive.entry({ name: '../climbed' }, 'x'));
    expect(await failure(host.putArchive(id, '/root/evil', climbing))).toBe('file.path-invalid');
    expect((await execText(['ls', '/root/climbed'])).code).not.toBe(0);
  });

  it('say when the disk is full', async () => {
    // /tmp of the sandbox is a small tmpfs.
    await execText(['sh', '-c', 'dd if=/dev/zero of=/tmp/fill bs=1M; truncate -s -2M /tmp/fill']);
    const large = tarOf((archive) => archive.entry({ name: 'large' }, Buffer.alloc(10 * 1024 * 1024)));
    await expect(host.putArchive(id, '/tmp/small', large)).rejects.toMatchObject({ code: 'file.no-space' });
    await execText(['rm', '-rf', '/tmp/small', '/tmp/fill']);
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
      logger,
    });
    await broken.make(specOf(own));
    await expect(broken.start(own, { timeoutMs: 20_000 })).rejects.toMatchObject({ code: 'sandbox.failed' });
    await broken.remove(own, { keepHome: false });
  });
});
