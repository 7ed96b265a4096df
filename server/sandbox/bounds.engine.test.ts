import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createDockerSandboxHost } from '../docker/docker-sandbox-host.ts';
import type { SandboxLimits } from '../docker/sandbox-host.ts';
import { mainLabConfig, testSandboxImage } from '../test-sandbox-image.ts';
import { buildSeccompProfile } from './seccomp/build-seccomp-profile.ts';

/*
 * Every bound by doing: somebody uses up all they can in one sandbox, and it ends there, in the words a Linux machine
 * has for it, while the neighbour's Docker answers.
 */

/** Milliseconds for a test on a busy machine. */
const patience = 240_000;
const silent = { debug() {}, info() {}, warn() {}, error() {} };
const mebibyte = 2 ** 20;
/** Near the smallest that can be configured, so that each end is reached soon. */
const limits: SandboxLimits = {
  memory: 384 * mebibyte,
  cpus: 1,
  pids: 300,
  disk: { bytes: 512 * mebibyte, inodes: 50_000 },
  home: { bytes: 32 * mebibyte, inodes: 1_000 },
  openFiles: 1_024,
  logBytes: 256 * 1024,
};
const folder = mkdtempSync(join(tmpdir(), 'drydock-bounds-'));
const host = createDockerSandboxHost({
  engine: mainLabConfig().engine,
  lab: `bounds-${randomBytes(4).toString('hex')}`,
  seccompProfile: buildSeccompProfile(),
  disks: { folder, limit: 'auto' },
  logger: silent,
});
const neighbour = 'neighboursandbox';
const attacker = 'attackersandbox';
/** How many have run out of memory or died, by sandbox. */
const died: string[] = [];
const watching = new AbortController();

async function open(id: string): Promise<void> {
  await host.make({ id, learner: null, image: testSandboxImage(), limits, registryVolume: null });
  await host.start(id, { timeoutMs: 60_000 });
}

/** What a command printed on both of its outputs, and how it ended; `seconds` at most. */
async function shell(id: string, script: string, seconds = 60): Promise<{ code: number; out: string }> {
  const argv = ['timeout', '-k', '1', String(seconds), 'bash', '-c', `exec 2>&1\n${script}`] as const;
  const session = await host.exec(id, { argv: [...argv], env: { LC_ALL: 'C' } });
  session.stdin.end();
  const [out, , code] = await Promise.all([text(session.stdout), text(session.stderr), session.exit]);
  return { code, out };
}

/** A small image with a shell, as `tiny`. */
const makeTiny = `programs="$(command -v sh dd sleep yes head)"
  tar -chf - $programs $(ldd $programs | grep -o '/lib[^ ]*' | sort -u) 2> /dev/null | docker import - tiny`;

async function expectNeighbourAnswers(): Promise<void> {
  const answer = await shell(neighbour, 'docker ps --format "{{.Names}}"');
  expect(answer).toEqual({ code: 0, out: 'of-the-neighbour\n' });
}

beforeAll(async () => {
  host.watch((event) => {
    if (event.type === 'died') died.push(event.id);
  }, watching.signal);
  await open(neighbour);
  const made = await shell(neighbour, `${makeTiny} && docker run -d --name of-the-neighbour tiny sleep 3600`);
  expect(made).toMatchObject({ code: 0 });
});
beforeEach(() => open(attacker));
afterEach(async () => {
  await host.remove(attacker, { keepHome: false });
  await expectNeighbourAnswers();
  expect(died).not.toContain(neighbour);
});
afterAll(async () => {
  watching.abort();
  for (const { id } of await host.list()) await host.remove(id, { keepHome: false });
  rmSync(folder, { recursive: true, force: true });
});

test(
  'a fork bomb runs into the limit of processes',
  async () => {
    const { out } = await shell(attacker, 'bomb() { bomb | bomb & }; bomb; sleep 5', 10);
    expect(out).toContain('Resource temporarily unavailable');
    await expectNeighbourAnswers();
  },
  patience,
);

test(
  'a program that takes all memory is killed, and nothing else',
  async () => {
    // A learner's container runs beside it, and does so afterwards.
    await shell(attacker, `${makeTiny}; docker run -d --name beside tiny sleep 1000`);
    const hog = await shell(attacker, `perl -e '$all .= "x" x 1048576 for 1..4096'; echo ended with $?`);
    expect(hog.out).toContain('ended with 137');
    await expectNeighbourAnswers();
    expect((await shell(attacker, 'docker ps --format "{{.Names}}"')).out).toBe('beside\n');
  },
  patience,
);

test(
  'a full disk says so: in the daemon’s data and in the learner’s home',
  async (context) => {
    if ((await host.describe()).diskLimit.kind !== 'hard') context.skip('disks are only watched on this machine');
    expect((await shell(attacker, makeTiny)).code).toBe(0);
    const container = await shell(attacker, 'docker run --rm tiny dd if=/dev/zero of=/full bs=1M', 120);
    expect(container.out).toContain('No space left on device');
    const home = await shell(attacker, 'dd if=/dev/zero of=/root/full bs=1M');
    expect(home.out).toContain('No space left on device');
    await expectNeighbourAnswers();
    expect((await shell(attacker, 'docker ps -q && rm /root/full && echo x > /root/y')).code).toBe(0);
  },
  patience,
);

test(
  'a million files end at the limit of inodes',
  async (context) => {
    if ((await host.describe()).diskLimit.kind !== 'hard') context.skip('disks are only watched on this machine');
    const many = (where: string) => `perl -e 'for (1..1e6) { open(F, ">", "${where}/$_") or die "at $_: $!\\n" }'`;
    const home = await shell(attacker, `mkdir /root/many; ${many('/root/many')}`);
    expect(home.out).toMatch(/^at \d{1,4}: No space left on device/);
    const data = await shell(attacker, `docker volume create many; ${many('/var/lib/docker/volumes/many/_data')}`, 120);
    expect(data.out).toMatch(/at \d{4,5}: No space left on device/);
    await expectNeighbourAnswers();
  },
  patience,
);

test(
  'a container that writes without end keeps a log of the size allowed',
  async () => {
    await shell(attacker, makeTiny);
    const flood = await shell(
      attacker,
      "docker run --name flood -d tiny sh -c 'yes line | head -c 5000000' > /dev/null; docker wait flood; du -cb /var/lib/docker/containers/*/*-json.log* | tail -1; docker logs --tail 1 flood",
      120,
    );
    expect(flood.code).toBe(0);
    const [exit, size, line] = flood.out.split('\n');
    expect([exit, line]).toEqual(['0', 'line']);
    // It is cut between two writes, so that one line more can be there.
    expect(Number.parseInt(size ?? '', 10)).toBeLessThanOrEqual(limits.logBytes * 1.1);
    expect(Number.parseInt(size ?? '', 10)).toBeGreaterThan(limits.logBytes / 4);
    await expectNeighbourAnswers();
  },
  patience,
);

test(
  'a hundred containers end at the limit of processes; those that run go on',
  async () => {
    await shell(attacker, makeTiny);
    const many = await shell(
      attacker,
      'for i in $(seq 100); do docker run -d --name c$i tiny sleep 1000 > /dev/null || { echo refused at $i; break; }; done',
      150,
    );
    const at = Number(/refused at (\d+)/.exec(many.out)?.[1]);
    expect(at).toBeGreaterThan(3);
    await expectNeighbourAnswers();
    expect((await shell(attacker, 'docker ps -q --filter name=c1$')).out).toMatch(/^[0-9a-f]{12}\n$/);
  },
  patience,
);

test(
  'a program opens so many files and no more',
  async () => {
    const { out } = await shell(
      attacker,
      `perl -e 'for (1..1e5) { open($f[$_], "<", "/dev/null") or die "at $_: $!\\n" }'`,
    );
    expect(out).toMatch(/^at \d{3,4}: Too many open files/);
    const soft = await shell(attacker, 'ulimit -n 1000000; ulimit -Hn');
    expect(soft.out).toMatch(/cannot modify limit: Operation not permitted\n1024\n/);
  },
  patience,
);

test(
  '`yes` in eight terminals that nobody reads waits, and costs the server nothing',
  async () => {
    const allowance = 64 * 1024;
    const terminals = await Promise.all(
      Array.from({ length: 8 }, async (_, index) => {
        const name = `yes-${index}`;
        const spec = { name, cols: 80, rows: 24, cwd: '/root', nonce: name, after: 0 };
        const connection = await host.attachTerminal(attacker, spec);
        const seen = { bytes: 0 };
        connection.onOutput = ({ data }) => {
          seen.bytes += data.length;
        };
        connection.allow(allowance);
        connection.write(Buffer.from('yes\r'));
        return { connection, seen };
      }),
    );
    // Until it stands still: no more comes than was allowed from the start.
    for (let before = -1; ; ) {
      const bytes = terminals.reduce((sum, { seen }) => sum + seen.bytes, 0);
      if (bytes === before && bytes > 0) break;
      before = bytes;
      await sleep(1_000);
    }
    await expectNeighbourAnswers();
    for (const { connection, seen } of terminals) {
      expect(seen.bytes).toBeGreaterThan(1_000);
      expect(seen.bytes).toBeLessThan(1 * mebibyte);
      connection.kill();
      connection.dispose();
    }
  },
  patience,
);
