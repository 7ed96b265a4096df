import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testLimits } from '../test-limits.ts';
import { mainLabConfig, testSandboxImage } from '../test-sandbox-image.ts';
import { createDockerSandboxHost } from './docker-sandbox-host.ts';
import { Engine } from './engine.ts';
import { runToEnd } from './exec-session.ts';
import { ExecStreams } from './exec-stream.ts';
import type { SandboxHost } from './sandbox-host.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const lab = `image-${process.pid}`;
const id = 'imagesandbox';
/** A small image with a shell, made of what is in the sandbox. */
const makeTiny = `programs=$(which sh sleep true id ps kill cat); \
  tar -chf - $programs $(ldd $programs | grep -o '/lib[^ ]*' | sort -u) 2> /dev/null | docker import - tiny`;
let host: SandboxHost;
const engine = new Engine(mainLabConfig().engine, lab, silent);

beforeAll(async () => {
  host = createDockerSandboxHost({ engine: mainLabConfig().engine, lab, seccompProfile: {}, logger: silent });
  await host.make({ id, learner: null, image: testSandboxImage(), limits: testLimits, registryVolume: null });
  await host.start(id, { timeoutMs: 60_000 });
  expect((await shell(makeTiny)).code).toBe(0);
}, 120_000);
afterAll(() => host?.remove(id, { keepHome: false }), 60_000);

/** Runs a line of shell as the learner. */
async function shell(line: string): Promise<{ code: number; said: string }> {
  const session = await host.exec(id, { argv: ['bash', '-c', line] });
  let said = '';
  for (const stream of [session.stdout, session.stderr]) stream.on('data', (data: Buffer) => (said += data.toString()));
  session.stdin.end();
  return { code: await session.exit, said };
}

describe('what this sandbox is the reason of says so, before the words of runc', () => {
  test.each([
    ['--privileged', /--privileged does not work in this sandbox\..*--cap-add.*\(runc: .*mounting "sysfs"/],
    ['--privileged --network=host', /--privileged does not work in this sandbox\./],
    ['--ulimit nofile=1000000', /Ask for at most \d+\. \(runc: .*setting rlimit/],
    ['--user 70000', /There are the ids 0 to 65536 here.*\(runc: .*unable to setup user/],
    ['--sysctl net.core.rmem_max=1000000', /a setting of the whole machine.*\(runc: /],
  ])('docker run %s', async (options, words) => {
    const { code, said } = await shell(`docker run --rm ${options} tiny true`);
    expect(said).toMatch(words);
    // 126 is what Docker makes of runc's "permission denied".
    expect(code).toBe(options.startsWith('--sysctl') ? 126 : 125);
  });

  test('what is not the sandbox’s doing keeps its own words', async () => {
    const { code, said } = await shell('docker run --rm tiny nosuchprogram');
    expect(said).toContain('executable file not found');
    expect(said).not.toContain('sandbox');
    expect(code).toBe(127);
  });

  test('a mount that fails without --privileged is not blamed on it', async () => {
    const { said } = await shell('docker run --rm --mount type=bind,src=/etc/hostname,dst=/proc/x tiny true');
    expect(said).toContain('Error response from daemon');
    expect(said).not.toContain('--privileged');
  });
});

test('what works stays as it is: rights, statuses, builds, lists of processes', async () => {
  expect((await shell('docker run --rm --cap-add ALL tiny true')).code).toBe(0);
  expect((await shell("docker run --rm tiny sh -c 'exit 7'")).code).toBe(7);
  expect((await shell("docker run --rm tiny sh -c 'kill -KILL $$; true'")).said).toBe('');
  const build = `printf 'FROM tiny\\nRUN ["sh", "-c", "id -u > /x"]\\n' | docker build -q -`;
  expect((await shell(build)).code).toBe(0);
  const { said } = await shell(
    "docker run -d --name listed tiny sh -c 'sleep 999 & wait' > /dev/null; docker top listed; docker rm -f listed",
  );
  expect(said).toMatch(/sleep 999/);
  expect(said.split('\n').filter((line) => /sh -c|sleep/.test(line))).toHaveLength(2);
});

test('no program of the image gives rights but the two that map ids', async () => {
  const audit = (argv: string[]) => runToEnd(engine, id, argv, 60_000);
  expect(await audit(['find', '/', '-xdev', '-perm', '/6000', '!', '-type', 'd'])).toBe('');
  const capable = await audit(['sh', '-c', 'getcap -r / 2> /dev/null | sort']);
  expect(capable).toBe('/usr/bin/newgidmap cap_setgid=ep\n/usr/bin/newuidmap cap_setuid=ep\n');
  expect(await audit(['find', '/', '-xdev', '-perm', '-0002', '!', '-type', 'l', '!', '-path', '/tmp'])).toBe('');
});

test('measuring tells what is used, and ends with its input', async () => {
  const { socket } = await engine.startExec(id, ['drydock-measure', '0.2'], { stdin: true });
  const streams = new ExecStreams(socket);
  let said = '';
  streams.stdout.on('data', (data: Buffer) => (said += data.toString()));
  streams.stderr.resume();
  await expect.poll(() => said.split('\n').length, { timeout: 10_000 }).toBeGreaterThan(3);
  const [first, , third] = said.split('\n').map((line) => (line === '' ? null : (JSON.parse(line) as Measured)));
  expect(first?.memory).toBeGreaterThan(2 ** 20);
  expect(first?.memory).toBeLessThan(testLimits.memory);
  expect(first?.pids).toBeGreaterThan(10);
  expect(first?.openFiles).toBeGreaterThan(5);
  expect(first?.logBytes).toBeGreaterThanOrEqual(0);
  expect(third?.cpuNs).toBeGreaterThan(first?.cpuNs ?? 0);
  streams.destroy();
  const running = () => runToEnd(engine, id, ['pgrep', '-x', 'drydock-measure'], 10_000);
  await expect.poll(running, { timeout: 10_000 }).toBe('');
});

test('measuring sees files, open files and logs grow', async () => {
  const measure = async () =>
    JSON.parse(await runToEnd(engine, id, ['timeout', '0.5', 'drydock-measure', '5'], 10_000)) as Measured;
  const before = await measure();
  await shell("docker run --name talker tiny sh -c 'i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done'");
  await shell('(for fd in $(seq 100 400); do eval "exec $fd< /dev/null"; done; exec sleep 997) > /dev/null 2>&1 &');
  const after = await measure();
  expect(after.logBytes).toBeGreaterThan((before.logBytes ?? 0) + 3000 * 10);
  expect(after.openFiles).toBeGreaterThan(300);
  if (before.disk !== null) expect(after.disk?.bytes).toBeGreaterThan(before.disk.bytes);
  await shell("docker rm talker; pkill -f 'sleep 997'");
});

interface Measured {
  memory: number | null;
  cpuNs: number | null;
  pids: number | null;
  disk: { bytes: number; inodes: number } | null;
  openFiles: number | null;
  logBytes: number | null;
}
