import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { access, mkdir, mkdtemp, readdir, readFile, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { extract } from 'tar-stream';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { testLimits } from '../test-limits.ts';
import { testSandboxImage } from '../test-sandbox-image.ts';
// biome-ignore lint/style/noRestrictedImports: what a learner sees when their home is full
import { createWorkspace } from '../workspace/workspace.ts';
import { createDockerSandboxHost } from './docker-sandbox-host.ts';
import { loopDevicesIn } from './loop-device.ts';
import type { SandboxHost, SandboxSpec } from './sandbox-host.ts';
import { failure, seccompProfile, silent, socketPath, until as untilSoon } from './test-host.ts';

const run = promisify(execFile);
const lab = `disks-${randomBytes(4).toString('hex')}`;
const megabyte = 2 ** 20;

const folder = join(await realpath(await mkdtemp(join(tmpdir(), 'drydock-disks-'))), 'disks');
const base = { engine: { socketPath }, lab, seccompProfile, logger: silent };
const host = createDockerSandboxHost({ ...base, disks: { folder, limit: 'auto' } });
/** The same lab after its operator chose to watch. */
const watching = createDockerSandboxHost({ ...base, disks: { folder, limit: 'watched' } });
/** The same lab as a version before disks, or one without the rights, sees it. */
const plain = createDockerSandboxHost(base);
const { diskLimit } = await host.describe();

function specOf(id: string, limits: Partial<SandboxSpec['limits']> = {}): SandboxSpec {
  const small = { disk: { bytes: 300 * megabyte, inodes: 20_000 }, home: { bytes: 40 * megabyte, inodes: 2_000 } };
  return {
    id,
    learner: null,
    image: testSandboxImage(),
    limits: { ...testLimits, ...small, ...limits },
    registryVolume: null,
  };
}

async function open(spec: SandboxSpec, on: SandboxHost = host): Promise<void> {
  await on.make(spec);
  await on.start(spec.id, { timeoutMs: 60_000 });
}

async function shell(id: string, script: string): Promise<{ code: number; out: string }> {
  const session = await host.exec(id, { argv: ['sh', '-c', `exec 2>&1; ${script}`] });
  session.stdin.end();
  const [out, , code] = await Promise.all([text(session.stdout), text(session.stderr), session.exit]);
  return { code, out };
}

/** An image of nothing but a shell and the sandbox's own tools: there is no network to pull one from. */
async function makeToolImage(id: string): Promise<void> {
  const files = 'usr/bin/dd usr/bin/dash usr/bin/touch usr/bin/mkdir lib/x86_64-linux-gnu/libc.so.6 lib64';
  const script = `cd / && tar -ch ${files} | docker import - tools:1 && docker image ls -q tools:1`;
  expect(await shell(id, script)).toMatchObject({ code: 0 });
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

const until = (condition: () => boolean | Promise<boolean>) => untilSoon(condition, 15_000);

/** A device goes with the container's mounts, which the kernel takes down a moment after its end. */
async function untilDetached(id: string): Promise<void> {
  await until(() => loopDevicesIn(folder).every(({ file }) => !file.startsWith(id)));
}

async function namesIn(tar: Readable): Promise<string[]> {
  const names: string[] = [];
  const parser = extract();
  tar.on('error', (error: Error) => parser.destroy(error));
  tar.pipe(parser as unknown as NodeJS.WritableStream);
  for await (const entry of parser) {
    names.push(entry.header.name);
    entry.resume();
  }
  return names;
}

async function removeAll(): Promise<void> {
  for (const record of await host.list()) await host.remove(record.id, { keepHome: false });
  await host.sweep([]);
}

afterEach(removeAll);

afterAll(async () => {
  await removeAll();
  await rm(join(folder, '..'), { recursive: true });
});

// Where the tests do not run as root on the engine's machine there is nothing to see.
describe.runIf(diskLimit.kind === 'hard')('a disk of its own', () => {
  it('has the room that was promised and nothing in it', async () => {
    const spec = specOf('roomysandbox');
    await open(spec);
    const df = (path: string, columns: string) => shell('roomysandbox', `df -B1 --output=${columns} ${path} | tail -1`);
    for (const [path, limit] of [
      ['/var/lib/docker', spec.limits.disk],
      ['/root', spec.limits.home],
    ] as const) {
      const [used, free, inodes] = (await df(path, 'used,avail,itotal')).out.trim().split(/\s+/).map(Number);
      // Never less; and what is more is what groups of 128 MiB leave over.
      expect((used ?? 0) + (free ?? 0)).toBeGreaterThanOrEqual(limit.bytes);
      expect((used ?? 0) + (free ?? 0)).toBeLessThan(limit.bytes * 1.02 + 4 * megabyte);
      expect(inodes).toBeGreaterThanOrEqual(limit.inodes);
      expect(inodes).toBeLessThan(limit.inodes * 1.02 + 512);
    }
    expect((await shell('roomysandbox', 'ls -A /root; stat -c %a /root')).out).toBe(
      '.gitconfig\n.nanorc\n.vimrc\n700\n',
    );
    // What a learner is shown says nothing of where this server keeps its data.
    expect((await shell('roomysandbox', 'cat /proc/mounts')).out).not.toContain(folder);
  });

  it('ends a container that fills it with “No space left on device”, and nobody else', async () => {
    await open(specOf('fullsandbox1'));
    await open(specOf('neighbour1'));
    await makeToolImage('fullsandbox1');
    const filled = await shell('fullsandbox1', 'docker run --name fill tools:1 dd if=/dev/zero of=/fill bs=1M');
    expect(filled.out).toContain('No space left on device');
    expect(filled.code).not.toBe(0);
    expect(await shell('fullsandbox1', 'docker ps -a --format "{{.Names}}"')).toEqual({ code: 0, out: 'fill\n' });
    expect(await shell('neighbour1', 'docker volume create vol && echo ok > ~/ok && cat ~/ok')).toMatchObject({
      code: 0,
      out: 'vol\nok\n',
    });
    // There is room again as soon as the learner makes some, on the host as well.
    const file = join(folder, 'fullsandbox1-docker.ext4');
    const taken = (await stat(file)).blocks * 512;
    expect(await shell('fullsandbox1', 'docker rm fill && docker run --rm tools:1 touch /x')).toMatchObject({
      code: 0,
    });
    await shell('fullsandbox1', 'sync -f /var/lib/docker');
    await until(async () => (await stat(file)).blocks * 512 < taken - 150 * megabyte);
  });

  it('ends a flood of small files the same way', async () => {
    await open(specOf('manyfiles1'));
    await makeToolImage('manyfiles1');
    const loop = 'i=0; while [ $i -lt 1000000 ]; do : > /f$i || exit 9; i=$((i+1)); done';
    const flood = await shell('manyfiles1', `docker run tools:1 dash -c '${loop}'`);
    expect(flood.out).toContain('No space left on device');
    expect(flood.code).not.toBe(0);
    expect((await shell('manyfiles1', 'docker version --format ok')).out).toContain('ok');
  });

  it('says so to a learner who saves a file in a full home', async () => {
    await open(specOf('fullhome1'));
    // In ever smaller pieces: one that does not fit is refused whole.
    await shell('fullhome1', 'for size in 1M 4k 1; do dd if=/dev/zero bs=$size >> /root/fill; sync; done');
    const workspace = createWorkspace({ host, sandboxId: 'fullhome1', root: '/root/lesson' });
    const saved = workspace.write('a.txt', 'x'.repeat(100_000), { basedOn: null, overwrite: false });
    await expect(saved).rejects.toMatchObject({ code: 'file.no-space' });
    // Neither its Docker nor what was there suffers.
    expect(await shell('fullhome1', 'docker volume create vol')).toMatchObject({ code: 0 });
    await shell('fullhome1', 'rm /root/fill');
    await workspace.write('a.txt', 'x', { basedOn: null, overwrite: false });
  });

  it('is made anew by a reset, beside a home that stays', async () => {
    await open(specOf('resetbox1'));
    await shell('resetbox1', 'echo mine > /root/note; docker volume create old');
    await host.remove('resetbox1', { keepHome: true });
    expect(await readdir(folder)).toEqual(['resetbox1-home.ext4']);
    await open(specOf('resetbox1'));
    expect((await shell('resetbox1', 'cat /root/note; docker volume ls -q')).out).toBe('mine\n');
  });

  it('goes from the devices with its sandbox, however that ends, and comes back with it', async () => {
    const id = 'devices1';
    await open(specOf(id));
    expect(loopDevicesIn(folder)).toHaveLength(2);
    expect(await readdir('/dev/drydock')).not.toContain(`${lab}-${id}-home`);
    await shell(id, 'echo mine > /root/note; sync');
    await host.stop(id, { graceSeconds: 5 });
    await untilDetached(id);
    // A power cut between attaching a device and marking it: it would stay for ever.
    await run('losetup', ['--find', join(folder, `${id}-home.ext4`)]);
    await host.start(id, { timeoutMs: 60_000 });
    expect((await shell(id, 'cat /root/note')).out).toBe('mine\n');
    await run('docker', ['kill', `drydock-${lab}-${id}`]);
    await untilDetached(id);
    await host.start(id, { timeoutMs: 60_000 });
    expect((await shell(id, 'cat /root/note')).out).toBe('mine\n');
  });

  it('is never mounted twice, when it is started again at once or by two', async () => {
    const id = 'hurrysandbox';
    await open(specOf(id));
    for (let round = 1; round <= 3; round += 1) {
      await shell(id, `echo ${round} >> /root/rounds`);
      await run('docker', ['kill', `drydock-${lab}-${id}`]);
      await Promise.all([host.start(id, { timeoutMs: 60_000 }), host.start(id, { timeoutMs: 60_000 })]);
      expect(loopDevicesIn(folder)).toHaveLength(2);
    }
    expect((await shell(id, 'cat /root/rounds')).out).toBe('1\n2\n3\n');
  });

  it('leaves nothing behind', async () => {
    const id = 'leavesnothing';
    await open(specOf(id));
    await host.remove(id, { keepHome: false });
    expect(await readdir(folder)).toEqual([]);
    await untilDetached(id);
    const { stdout } = await run('docker', ['volume', 'ls', '-q', '--filter', `label=drydock.sandbox=${id}`]);
    expect(stdout).toBe('');
  });

  it('keeps its home, and grows, when the limits change', async () => {
    const id = 'growsandbox1';
    await open(specOf(id));
    await shell(id, 'echo mine > /root/note; docker volume create old');
    const [before] = await host.list();
    const larger = specOf(id, { home: { bytes: 80 * megabyte, inodes: 4_000 }, memory: 512 * megabyte });
    // Not under a running sandbox.
    await host.make(larger);
    expect((await host.list())[0]?.spec).toBe(before?.spec);
    await host.stop(id, { graceSeconds: 5 });
    await host.make(larger);
    await host.start(id, { timeoutMs: 60_000 });
    expect((await host.list())[0]).toMatchObject({ id, spec: await host.specOf(larger) });
    expect((await shell(id, 'cat /root/note; docker volume ls -q')).out).toBe('mine\nold\n');
    const size = Number((await shell(id, 'df -B1 --output=avail /root | tail -1')).out);
    expect(size).toBeGreaterThan(79 * megabyte);
    expect(await readFile(await memoryLimitOf(id), 'utf8')).toBe(`${512 * megabyte}\n`);
  });

  it('can be read while the sandbox runs, is frozen, or is stopped', async () => {
    const id = 'readable1';
    await open(specOf(id));
    await shell(id, 'mkdir /root/lesson; echo mine > /root/lesson/note; sync');
    const expected = expect.arrayContaining(['root/', 'root/lesson/note']);
    expect(await namesIn(await host.readHome(id))).toEqual(expected);
    await host.pause(id);
    await host.pause(id);
    expect((await host.list())[0]?.state).toBe('paused');
    expect(await namesIn(await host.readHome(id))).toEqual(expected);
    await host.start(id, { timeoutMs: 60_000 });
    expect(await shell(id, 'cat /root/lesson/note')).toEqual({ code: 0, out: 'mine\n' });
    await host.stop(id, { graceSeconds: 5 });
    await host.pause(id);
    await untilDetached(id);
    expect(await namesIn(await host.readHome(id))).toEqual(expected);
    await untilDetached(id);
    // A file with a hole of a terabyte is no reason to write a terabyte.
    await host.start(id, { timeoutMs: 60_000 });
    await shell(id, 'truncate -s 1T /root/huge');
    await expect(namesIn(await host.readHome(id))).rejects.toMatchObject({ code: 'file.too-large' });
  });

  it('is swept away with its volumes when nobody knows of it any more', async () => {
    await open(specOf('runningbox'));
    for (const id of ['forgotten1', 'remembered1']) {
      await host.make(specOf(id));
      await run('docker', ['rm', `drydock-${lab}-${id}`]);
    }
    await plain.make(specOf('forgotten2'));
    await run('docker', ['rm', `drydock-${lab}-forgotten2`]);
    // A home without its container is not taken for none at all.
    expect(await failure(host.readHome('remembered1'))).toBe('sandbox.failed');
    expect(await failure(host.readHome('nosuchbox1'))).toBe('sandbox.gone');
    expect((await host.sweep(['remembered1'])).sort()).toEqual(['forgotten1', 'forgotten2']);
    const files = ['docker', 'home'].map((part) => `remembered1-${part}.ext4`);
    expect((await readdir(folder)).filter((name) => !name.startsWith('runningbox'))).toEqual(files);
    expect(await host.sweep([])).toEqual(['remembered1']);
    expect(await shell('runningbox', 'docker volume create vol')).toMatchObject({ code: 0 });
  });

  it('takes over a sandbox with plain volumes, and leaves one with disks when they are wished no more', async () => {
    const id = 'movessandbox';
    await open(specOf(id), plain);
    await shell(id, 'echo mine > /root/note');
    await plain.stop(id, { graceSeconds: 5 });
    await open(specOf(id));
    expect((await host.list())[0]?.spec).toBe(await host.specOf(specOf(id)));
    expect((await shell(id, 'cat /root/note')).out).toBe('mine\n');
    // The reset gives its Docker a disk of its own; its home is what it was.
    await host.remove(id, { keepHome: true });
    await open(specOf(id));
    expect(loopDevicesIn(folder).map(({ file }) => file)).toEqual([`${id}-docker.ext4`]);
    expect((await shell(id, 'cat /root/note')).out).toBe('mine\n');

    expect((await watching.describe()).diskLimit.kind).toBe('watched');
    await host.stop(id, { graceSeconds: 5 });
    await open(specOf(id), watching);
    expect((await shell(id, 'cat /root/note')).out).toBe('mine\n');
    expect(loopDevicesIn(folder)).toHaveLength(1);
    // A lab without the rights says what is the matter instead of giving an empty home.
    await host.stop(id, { graceSeconds: 5 });
    await expect(plain.start(id, { timeoutMs: 60_000 })).rejects.toMatchObject({ code: 'sandbox.failed' });
    await watching.remove(id, { keepHome: true });
    await open(specOf(id), watching);
    expect(loopDevicesIn(folder)).toEqual([]);
    expect((await shell(id, 'cat /root/note')).out).toBe('mine\n');
  });

  it('is mended when the kernel noted an error in it', async () => {
    const id = 'mendsandbox1';
    await open(specOf(id));
    await shell(id, 'echo mine > /root/note; sync');
    await host.stop(id, { graceSeconds: 5 });
    await untilDetached(id);
    const file = join(folder, `${id}-home.ext4`);
    await run('debugfs', ['-w', '-R', 'ssv state 2', file]);
    expect((await run('dumpe2fs', ['-h', file])).stdout).toContain('with errors');
    await host.start(id, { timeoutMs: 60_000 });
    expect((await shell(id, 'cat /root/note')).out).toBe('mine\n');
    await host.stop(id, { graceSeconds: 5 });
    expect((await run('dumpe2fs', ['-h', file])).stdout).not.toContain('with errors');
  });
});

describe.runIf(diskLimit.kind === 'hard')('the disk below', () => {
  it('may be full: its sandboxes come back by themselves when there is room', async () => {
    const place = join(folder, '..', 'small');
    await mkdir(place);
    await run('truncate', ['-s', '700M', `${place}.img`]);
    await run('mkfs.ext4', ['-q', `${place}.img`]);
    await run('mount', ['-o', 'loop', `${place}.img`, place]);
    const small = createDockerSandboxHost({ ...base, disks: { folder: join(place, 'disks'), limit: 'auto' } });
    const abort = new AbortController();
    try {
      const id = 'waitsforroom';
      const events: string[] = [];
      small.watch((event) => events.push(event.type), abort.signal);
      await open(specOf(id), small);
      expect((await small.describe()).diskFree).toBeGreaterThan(500 * megabyte);
      await shell(id, 'echo mine > /root/note; sync');
      await run('sh', ['-c', `cat /dev/zero > ${place}/fill || true`]);
      // Its own disk has room, the one below has not.
      expect((await shell(id, 'head -c 30000000 /dev/zero > /root/more; sync; touch /root/other')).out).toMatch(
        /Read-only|Input\/output/,
      );
      await small.stop(id, { graceSeconds: 1 });
      expect(await failure(small.start(id, { timeoutMs: 60_000 }))).toBe('host.disk-full');
      expect(await failure(small.make(specOf('another1')))).toBe('host.disk-full');
      await rm(`${place}/fill`);
      await small.start(id, { timeoutMs: 60_000 });
      expect((await shell(id, 'cat /root/note; ls -A /root')).out).toMatch(/^mine\n(?!.*lost\+found)/s);

      // The same while it runs on: it is stopped, so that whoever follows it starts it again.
      await run('sh', ['-c', `cat /dev/zero > ${place}/fill || true`]);
      await shell(id, 'head -c 30000000 /dev/zero > /root/more; sync; touch /root/other');
      events.length = 0;
      await rm(`${place}/fill`);
      await until(() => events.includes('died'));
      await small.start(id, { timeoutMs: 60_000 });
      expect(await shell(id, 'cat /root/note; touch /root/other')).toEqual({ code: 0, out: 'mine\n' });
    } finally {
      abort.abort();
      for (const record of await small.list()) await small.remove(record.id, { keepHome: false });
      await small.sweep([]);
      await until(async () => (await failure(run('umount', [place]))) === 'no failure');
    }
  });
});

describe('a plain disk', () => {
  it('is counted', async () => {
    const id = 'countedbox1';
    await open(specOf(id), plain);
    const before = (await plain.diskUse()).get(id) ?? 0;
    await shell(
      id,
      'head -c 50000000 /dev/zero > /root/some; head -c 50000000 /dev/zero > /var/lib/docker/tmp/some; sync',
    );
    const after = (await plain.diskUse()).get(id) ?? 0;
    expect(after - before).toBeGreaterThan(99_000_000);
    expect(after - before).toBeLessThan(110_000_000);
  });
});

/** The file in which the kernel has the sandbox's memory limit. */
async function memoryLimitOf(id: string): Promise<string> {
  const { stdout } = await run('docker', ['inspect', '-f', '{{.Id}}', `drydock-${lab}-${id}`]);
  const one = `/sys/fs/cgroup/memory/docker/${stdout.trim()}/memory.limit_in_bytes`;
  const scope = `/sys/fs/cgroup/system.slice/docker-${stdout.trim()}.scope/memory.max`;
  return (await isThere(one)) ? one : scope;
}
