import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
// biome-ignore lint/style/noRestrictedImports: the suite needs the profile sandboxes really get
import { buildSeccompProfile } from '../sandbox/seccomp/build-seccomp-profile.ts';
import { testLimits } from '../test-limits.ts';
import { mainLabConfig } from '../test-sandbox-image.ts';
import { createDockerSandboxHost } from './docker-sandbox-host.ts';
import type { HostLogger } from './engine.ts';

/* Real packets: every address that has to stay out of reach has somebody listening at it whom the host reaches. */

const run = promisify(execFile);
const quiet = (): void => undefined;
const logger: HostLogger = { debug: quiet, info: quiet, warn: quiet, error: quiet };
const lab = `test-${randomBytes(4).toString('hex')}`;
const { engine, dataDir } = mainLabConfig();
const made = JSON.parse(readFileSync(join(dataDir, 'setup.json'), 'utf8')) as {
  sandboxImage: string;
  registrySocketVolume: string;
};
const host = createDockerSandboxHost({
  engine,
  lab,
  seccompProfile: buildSeccompProfile(),
  // Not the default, in which a lab on this engine may have sandboxes.
  egressRange: '10.214.0.0/16',
  logger,
});
const ids = ['egresssandbox1', 'egresssandbox2'] as const;
const [id, neighbour] = ids;
const gate = `drydock-${lab}-${id}-gate`;
/** A network, and a container in it, that have nothing to do with the lab. */
const bystander = `drydock-${lab}-bystander`;

interface Result {
  code: number;
  out: string;
}

async function inside(script: string, sandbox: string = id): Promise<Result> {
  const session = await host.exec(sandbox, { argv: ['bash', '-c', `{ ${script}\n} 2>&1`] });
  session.stdin.end();
  session.stderr.resume();
  const [out, code] = await Promise.all([text(session.stdout), session.exit]);
  return { code, out };
}

/** Tries to open a connection from the learner's shell. What comes out when it is the gate that refuses: */
const refusedByGate = { code: 1, out: expect.stringContaining('No route to host') };
const opened = { code: 0, out: '' };
const dialling = (address: string, port: number): string => `timeout 5 bash -c 'exec 3<>/dev/tcp/${address}/${port}'`;

async function hostReaches(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: 3_000 }, () => end(true));
    const end = (reached: boolean): void => {
      socket.destroy();
      resolve(reached);
    };
    socket.on('error', () => end(false)).on('timeout', () => end(false));
  });
}

/** Counts who gets through to a listener on all addresses of this machine, by where they came from. */
const callers: string[] = [];
let listener: Server;
let port = 0;
/** Where the base image's packages come from: the internet, for these tests. */
let mirror = '';
/** What a daemon says that got there, and met neither a registry nor a certificate that it knows. */
const notARegistry = /server gave HTTP response to HTTPS client|: tls: /;
/** Something there to fetch. */
let release = '';
async function addressesOf(sandbox: string): Promise<{ gateway: string; gate: string }> {
  const format = '{{range .NetworkSettings.Networks}}{{.Gateway}} {{.IPAddress}}{{end}}';
  const { stdout } = await run('docker', ['inspect', '-f', format, `drydock-${lab}-${sandbox}-gate`]);
  const [gateway = '', own = ''] = stdout.trim().split(' ');
  return { gateway, gate: own };
}

async function leftovers(sandbox: string): Promise<string[]> {
  const label = ['--filter', `label=drydock.sandbox=${sandbox}`, '--filter', `label=drydock.lab=${lab}`];
  const gates = await run('docker', ['ps', '-aq', ...label, '--filter', 'label=drydock.role=gate']);
  const networks = await run('docker', ['network', 'ls', '-q', ...label]);
  return `${gates.stdout}${networks.stdout}`.split('\n').filter((line) => line !== '');
}

beforeAll(async () => {
  listener = createServer((socket) => {
    callers.push(socket.remoteAddress ?? '');
    socket.on('error', quiet).destroy();
  });
  await new Promise<void>((resolve) => listener.listen(0, '::', resolve));
  port = (listener.address() as AddressInfo).port;
  await run('docker', ['network', 'create', bystander]);
  const { sandboxImage: image, registrySocketVolume: registryVolume } = made;
  for (const each of ids) {
    await host.make({ id: each, learner: 'ada', image, limits: testLimits, registryVolume });
    await host.start(each, { timeoutMs: 30_000 });
  }
  await inside('docker pull -q debian');
  const { out } = await inside("docker run --rm debian sh -c 'cat /etc/apt/sources.list /etc/apt/sources.list.d/*'");
  mirror = /https?:\/\/([^/\s:]+)/.exec(out)?.[1] ?? 'no mirror found';
  release = `${/https?:\/\/[^\s\]]+/.exec(out)?.[0].replace(/\/+$/, '')}/dists/trixie/InRelease`;
});

afterAll(async () => {
  listener.close();
  for (const each of ids) await host.remove(each, { keepHome: false });
  await run('docker', ['network', 'rm', bystander]);
});

describe('a sandbox without egress', () => {
  it('has no way out, and says so at once', async () => {
    expect((await inside('ip -br link')).out).not.toContain('eth0');
    expect((await inside(dialling('192.0.2.2', port))).out).toContain('Network is unreachable');
    const names = await inside(`getent hosts ${mirror} || docker run --rm debian getent hosts ${mirror}`);
    expect(names).toEqual({ code: 2, out: '' });
    expect((await inside('docker pull nosuchimage')).out).toMatch(
      /registry-1\.docker\.io\/v2\/": .*nosuchimage:latest/,
    );
    expect((await inside(`docker pull ${mirror}:80/x`)).out).toMatch(new RegExp(`/v2/": .*${mirror}`));
    expect(callers).toEqual([]);
  });

  it('closes what is not open without a word', async () => {
    await host.setEgress(id, 'none');
    await host.setEgress('nosuchsandbox', 'none');
  });
});

describe('a sandbox with egress', () => {
  beforeAll(async () => {
    for (const each of ids) await host.setEgress(each, 'internet');
  });

  it('installs a package in a build', async () => {
    const dockerfile = 'FROM debian\nRUN apt-get update && apt-get install -y --no-install-recommends hello\n';
    const build = `printf '${dockerfile.replaceAll('\n', '\\n')}' | docker build --progress=plain -t hello -`;
    const built = await inside(build);
    expect(built).toMatchObject({ code: 0 });
    expect(await inside('docker run --rm hello hello')).toMatchObject({ code: 0, out: 'Hello, world!\n' });
  }, 180_000);

  it('lets the daemon, too, reach what can be reached, and says what cannot', async () => {
    expect((await inside(`docker pull ${mirror}:80/x`)).out).toMatch(notARegistry);
    const build = `printf 'FROM debian\\nADD ${release} /release\\n' | docker build -q -t fetched -`;
    expect(await inside(build)).toMatchObject({ code: 0 });
    const read = 'docker run --rm fetched grep -c "^Codename: trixie" /release';
    expect(await inside(read)).toEqual({ code: 0, out: '1\n' });
    const nobody = (await inside('docker pull nosuchname.invalid/x')).out;
    expect(nobody).toContain('nosuchname.invalid cannot be reached from this sandbox: no such host.');
    const refused = (await inside('docker pull 169.254.169.254:80/x')).out;
    expect(refused).toContain('169.254.169.254 cannot be reached from this sandbox: No route to host.');
  });

  it('lends nobody who uses the daemon’s proxy more than they have', async () => {
    const through = 'curl -s -m 20 -o /dev/null -w %{http_code} -x http://127.0.0.1:65002';
    const direct = (await inside(`curl -s -o /dev/null -w %{http_code} ${release}`)).out;
    expect((await inside(`${through} ${release}`)).out).toBe(direct);
    expect((await inside(`${through} -p ${release}`)).out).toBe(direct);
    const before = callers.length;
    const { gateway, gate: own } = await addressesOf(id);
    for (const address of [gateway, own, '169.254.169.254'])
      expect((await inside(`${through.replace('-o /dev/null', '')} -p http://${address}:${port}/`)).code).not.toBe(0);
    expect(callers.length).toBe(before);
  });

  it('resolves names in the shell, in containers and on networks of the learner’s own, over UDP and TCP', async () => {
    const lookUp = `getent hosts ${mirror}`;
    expect(await inside(lookUp)).toMatchObject({ code: 0 });
    expect(await inside(`docker run --rm debian ${lookUp}`)).toMatchObject({ code: 0 });
    expect(
      await inside(`docker network create own >/dev/null && docker run --rm --network own debian ${lookUp}`),
    ).toMatchObject({ code: 0 });
    // The engine's name server knows the gate itself, whatever the one behind it says over TCP.
    const overTcp = `docker run --rm -e RES_OPTIONS=use-vc debian getent hosts ${gate}`;
    expect(await inside(overTcp)).toMatchObject({ code: 0, out: expect.stringContaining(gate) });
    expect(await inside('getent hosts nosuchname.invalid')).toEqual({ code: 2, out: '' });
  });

  it('does not reach this machine, by none of its addresses', async () => {
    const own = Object.values(networkInterfaces())
      .flatMap((all) => all ?? [])
      // In the sandbox this is its own docker0, as it is here while a container is on the engine's usual network.
      .filter((each) => each.family === 'IPv4' && !each.internal && each.address !== '172.17.0.1')
      .map((each) => each.address);
    const { gateway } = await addressesOf(id);
    expect(own).toContain(gateway);
    for (const address of own) {
      expect(await hostReaches(address, port)).toBe(true);
      expect(await inside(dialling(address, port))).toMatchObject(refusedByGate);
      expect(await inside(`docker run --rm debian ${dialling(address, port)}`)).toMatchObject(refusedByGate);
    }
    expect(callers.filter((caller) => caller.includes('10.214.'))).toEqual([]);
    // It is the gate's rules that do it: without them the same gate lets the same packets through.
    const within = ['run', '--rm', '--network', `container:${gate}`, '--user', '0', '--cap-add', 'NET_ADMIN'];
    await run('docker', [...within, '--entrypoint', 'iptables-nft', made.sandboxImage, '-I', 'OUT', '-j', 'RETURN']);
    for (const address of own) expect(await inside(dialling(address, port))).toEqual(opened);
    await expect.poll(() => callers.some((caller) => caller.includes('10.214.'))).toBe(true);
    await host.setEgress(id, 'none');
    await host.setEgress(id, 'internet');
    expect(await inside(dialling(gateway, port))).toMatchObject(refusedByGate);
  });

  it('does not reach a container on a private network of this machine', async () => {
    const serve = 'exec socat TCP-LISTEN:7777,fork,reuseaddr SYSTEM:true';
    const options = ['-d', '--rm', '--init', '--name', bystander, '--network', bystander];
    await run('docker', ['run', ...options, made.sandboxImage, 'sh', '-c', serve]);
    try {
      const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}';
      const address = (await run('docker', ['inspect', '-f', format, bystander])).stdout.trim();
      await expect.poll(() => hostReaches(address, 7777), { timeout: 10_000 }).toBe(true);
      expect(await inside(dialling(address, 7777))).toMatchObject(refusedByGate);
    } finally {
      await run('docker', ['rm', '-f', bystander]);
    }
  });

  it.skipIf(process.getuid?.() !== 0)('does not reach link-local and carrier addresses', async () => {
    expect(await inside(dialling('169.254.169.254', 80))).toMatchObject(refusedByGate);
    for (const address of ['169.254.213.254', '100.64.213.7']) {
      // On the loopback, so that nothing leaves this machine. Not a cloud's own, which the machine may need.
      const add = await run('ip', ['address', 'add', `${address}/32`, 'dev', 'lo']).then(
        () => true,
        () => false,
      );
      try {
        if (add) expect(await hostReaches(address, port)).toBe(true);
        expect(await inside(dialling(address, port))).toMatchObject(refusedByGate);
      } finally {
        if (add) await run('ip', ['address', 'del', `${address}/32`, 'dev', 'lo']);
      }
    }
  });

  it('does not reach another sandbox, nor is reached by this machine', async () => {
    await inside('nohup socat TCP-LISTEN:8080,fork,reuseaddr SYSTEM:true >/dev/null 2>&1 & sleep 0.3', neighbour);
    expect(await inside(dialling('127.0.0.1', 8080), neighbour)).toEqual(opened);
    expect(await inside(dialling('198.18.0.2', 8080), neighbour)).toEqual(opened);
    const other = await addressesOf(neighbour);
    expect(await hostReaches(other.gate, 8080)).toBe(false);
    for (const address of [other.gate, other.gateway]) {
      expect(await inside(dialling(address, 8080))).toMatchObject(refusedByGate);
    }
  });

  it('has no IPv6, even for a learner who sets it up', async () => {
    const link = 'fe80::64:64ff:fe00:1';
    await inside(`ip -6 address add fd77::2/64 dev eth0 nodad; ip -6 route replace default via ${link} dev eth0`);
    // The gate does not even say where it is: without this nothing would be sent.
    await inside(`ip -6 neighbour replace ${link} lladdr 02:64:64:00:00:01 dev eth0 nud permanent`);
    const own = Object.values(networkInterfaces())
      .flatMap((all) => all ?? [])
      .filter((each) => each.family === 'IPv6' && !each.internal && each.scopeid === 0)
      .map((each) => each.address);
    for (const address of own) expect(await hostReaches(address, port)).toBe(true);
    for (const address of [...own, `${link}%eth0`]) {
      // 124: nothing comes back at all.
      expect((await inside(dialling(address, port))).code).toBe(124);
    }
    expect((await inside(`ping -6 -c 1 -W 2 ${link}%eth0`)).code).toBe(1);
  });

  it('cannot look into, signal or join the gate that shares its processes', async () => {
    const { out } = await inside('pgrep -x drydock-gate');
    const pid = Number(out);
    expect(pid).toBeGreaterThan(1);
    const attacks = [
      `kill -9 ${pid}`,
      `cat /proc/${pid}/environ`,
      `cat /proc/${pid}/maps`,
      `ls /proc/${pid}/root/`,
      `ls /proc/${pid}/fd/`,
      `head -c 1 /proc/${pid}/mem`,
      `nsenter -t ${pid} -n true`,
      `nsenter -t ${pid} -m true`,
      `nsenter -t ${pid} -U true`,
      `ip link set eth0 netns ${pid}`,
    ];
    for (const attack of attacks) {
      const { code, out: words } = await inside(attack);
      expect(`${attack}: ${code === 0 ? 'worked' : words}`).toMatch(/not permitted|denied|Invalid "netns"/);
    }
    const outer = ['exec', '-u', '1000:1000', `drydock-${lab}-${id}`, 'sh', '-c'];
    for (const attack of attacks.slice(0, 8)) await expect(run('docker', [...outer, attack])).rejects.toThrow();
    const status = await inside(`grep Cap /proc/${pid}/status`);
    expect(status.out).toMatch(/CapPrm:\t0+\nCapEff:\t0+\n/);
  });

  it('gives the outer container no network', async () => {
    const { stdout } = await run('docker', ['exec', `drydock-${lab}-${id}`, 'cat', '/proc/net/dev']);
    expect(stdout.match(/^\s*[\w-]+:/gm)?.map((line) => line.trim())).toEqual(['lo:']);
  });

  it('keeps a learner away who changes their own rules, routes and neighbours', async () => {
    const before = callers.length;
    const { gateway, gate: own } = await addressesOf(id);
    const address = Object.values(networkInterfaces())
      .flatMap((all) => all ?? [])
      .find((each) => each.family === 'IPv4' && !each.internal)?.address;
    await inside(
      'for t in filter nat mangle; do iptables -t $t -F; done; iptables -P FORWARD ACCEPT; iptables -P OUTPUT ACCEPT',
    );
    await inside(`ip route add ${gateway}/32 via ${own} dev eth0 onlink; ip route replace ${address}/32 dev eth0`);
    await inside(`ip neighbour replace ${address} lladdr 02:64:64:00:00:01 dev eth0 nud permanent`);
    for (const each of [gateway, own, address ?? '']) {
      expect((await inside(dialling(each, port))).code).not.toBe(0);
    }
    expect(callers.length).toBe(before);
    expect(await inside(dialling(mirror, 80))).toEqual(opened);
    // Somebody else's address as the source: nothing comes back, for nothing went out.
    await inside('ip address add 203.0.113.213/32 dev eth0; ip address add 10.1.2.3/32 dev eth0');
    for (const source of ['203.0.113.213', '10.1.2.3']) {
      const spoofed = await inside(`curl -s --max-time 3 --interface ${source} http://${mirror}/`);
      expect(spoofed.code).toBe(28);
    }
  });

  it('is opened again after a restart, with its rules before its first packet', async () => {
    const { gateway } = await addressesOf(id);
    await host.stop(id, { graceSeconds: 1 });
    expect(await leftovers(id)).toEqual([]);
    await host.start(id, { timeoutMs: 30_000 });
    expect((await inside('ip -br link')).out).not.toContain('eth0');
    const before = callers.length;
    // Knocks without a pause while the way is being opened.
    const knock = `(while :; do ${dialling(gateway, port)}; done) >/dev/null 2>&1 & echo started`;
    await inside(`nohup bash -c ${JSON.stringify(knock)}`);
    await host.setEgress(id, 'internet');
    await expect.poll(() => inside(dialling(mirror, 80)), { timeout: 10_000 }).toEqual(opened);
    expect(await inside(dialling((await addressesOf(id)).gateway, port))).toMatchObject(refusedByGate);
    await inside('pkill -f dev/tcp');
    expect(callers.length).toBe(before);
  });

  it('stays as it is when it is opened again, and comes back when the learner cut it', async () => {
    const started = async (): Promise<string> => (await run('docker', ['inspect', '-f', '{{.Id}}', gate])).stdout;
    const first = await started();
    await host.setEgress(id, 'internet');
    expect(await started()).toBe(first);
    await inside('ip link delete eth0');
    await expect.poll(() => started().catch(() => 'gone'), { timeout: 10_000 }).toBe('gone');
    await host.setEgress(id, 'internet');
    expect(await inside(dialling(mirror, 80))).toEqual(opened);
  });

  it('lets nothing pass once it is closed, and leaves nothing behind', async () => {
    await host.setEgress(id, 'none');
    expect(await leftovers(id)).toEqual([]);
    expect((await inside(dialling(mirror, 80))).code).not.toBe(0);
    expect(await inside(`getent hosts ${mirror}`)).toEqual({ code: 2, out: '' });
    expect((await inside(`docker pull ${mirror}:80/x`)).out).not.toMatch(notARegistry);
  });

  it('ends with the sandbox, whose network is swept up', async () => {
    expect(await leftovers(neighbour)).toHaveLength(2);
    await run('docker', ['kill', `drydock-${lab}-${neighbour}`]);
    await expect.poll(() => leftovers(neighbour), { timeout: 10_000 }).toHaveLength(1);
    await host.sweep(ids);
    expect(await leftovers(neighbour)).toEqual([]);
  });
});
