import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { createDockerSandboxHost } from '../../docker/docker-sandbox-host.ts';
import type { SandboxHost } from '../../docker/sandbox-host.ts';
import { readSetupRecord } from '../../setup-record.ts';
import { testLimits } from '../../test-limits.ts';
import { mainLabConfig } from '../../test-sandbox-image.ts';
import { buildSeccompProfile } from '../seccomp/build-seccomp-profile.ts';
import type { Position } from './attack.ts';

const run = promisify(execFile);
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

export interface Outcome {
  code: number;
  /** What it wrote to stdout. */
  out: string;
  /** What it wrote to stdout and stderr, on one line. */
  said: string;
}

/** Seconds; what takes longer than any attack here is stopped. */
const patience = 60;

/** Two sandboxes as the lab makes them, one hostile, and things of the host and the neighbour to be got at. */
export class AttackGround {
  readonly attacker = 'attackersandbox';
  readonly neighbour = 'neighboursandbox';
  /** In the name or text of everything that must not be seen from a sandbox. */
  readonly marker: string;
  /** A file of the host that anybody on the host may read. */
  readonly hostFile: string;
  /** A socket of the host that anybody may dial; `hostVisits` counts. */
  readonly hostSocket: string;
  hostVisits = 0;
  readonly host: SandboxHost;
  readonly image: string;
  readonly #disks = mkdtempSync(join(tmpdir(), 'drydock-attack-'));
  readonly #lab = `attack-${randomBytes(4).toString('hex')}`;
  readonly #registryVolume: string;
  readonly #servers: Server[] = [];
  readonly #processes: { kill(): unknown }[] = [];
  readonly #kept = new Map<string, Promise<unknown>>();

  private constructor(image: string, registryVolume: string, apparmorProfile: string | null) {
    this.marker = `drydock-secret-${randomBytes(6).toString('hex')}`;
    this.hostFile = join(tmpdir(), this.marker);
    this.hostSocket = `${this.hostFile}.sock`;
    this.image = image;
    this.#registryVolume = registryVolume;
    this.host = createDockerSandboxHost({
      engine: mainLabConfig().engine,
      lab: this.#lab,
      seccompProfile: buildSeccompProfile(),
      apparmorProfile,
      disks: { folder: this.#disks, limit: 'auto' },
      logger: silent,
    });
  }

  static async open(): Promise<AttackGround> {
    const record = await readSetupRecord(mainLabConfig().dataDir);
    const ground = new AttackGround(record.sandboxImage, record.registrySocketVolume, record.apparmorProfile);
    try {
      await ground.#prepare();
      return ground;
    } catch (error) {
      await ground.dispose();
      throw error;
    }
  }

  async #prepare(): Promise<void> {
    writeFileSync(this.hostFile, `${this.marker}\n`, { mode: 0o644 });
    await this.#listen(this.hostSocket);
    // Its number of seconds says what it is, for those who find it.
    const sleeper = spawn('sleep', ['8642.5'], { env: { NODE_ENV: 'test', SECRET: this.marker } });
    this.#processes.push(sleeper);
    for (const id of [this.attacker, this.neighbour]) {
      await this.host.make({
        id,
        learner: null,
        image: this.image,
        limits: testLimits,
        registryVolume: this.#registryVolume,
      });
      await this.host.start(id, { timeoutMs: 60_000 });
    }
    await this.exec(this.neighbour, ['sh', '-c', `echo ${this.marker} > /root/${this.marker}`]);
    await this.exec(this.neighbour, [
      'sh',
      '-c',
      `for a in TCP-LISTEN:7000,fork,reuseaddr UNIX-LISTEN:/tmp/${this.marker}.sock,fork ABSTRACT-LISTEN:${this.marker},fork; do
         setsid socat $a SYSTEM:"echo ${this.marker}" > /dev/null 2>&1 < /dev/null &
       done`,
    ]);
    const container =
      'docker run -d --name attacker --cap-add ALL --security-opt seccomp=unconfined --security-opt apparmor=unconfined --tmpfs /tmp:exec debian sleep infinity';
    const { code, said } = await this.exec(this.attacker, ['sh', '-c', container]);
    if (code !== 0) throw new Error(`the attacker's container does not start: ${said}`);
  }

  /** Runs a program in a sandbox as its learner. */
  async exec(id: string, argv: [string, ...string[]], input = ''): Promise<Outcome> {
    const session = await this.host.exec(id, { argv: ['timeout', String(patience), ...argv] });
    session.stdin.on('error', () => undefined);
    session.stdin.end(input, 'latin1');
    const [out, err, code] = await Promise.all([text(session.stdout), text(session.stderr), session.exit]);
    return outcome(code, out, err);
  }

  /** Runs a program in the attacker's sandbox from a position; `input` is its standard input, one byte a character. */
  async attack(from: Position, argv: [string, ...string[]], input: string): Promise<Outcome> {
    if (from === 'learner') return this.exec(this.attacker, argv, input);
    if (from === 'container') return this.exec(this.attacker, ['docker', 'exec', '-i', 'attacker', ...argv], input);
    const inner = ['timeout', String(patience), ...argv];
    return this.engine(['exec', '-i', '-u', '1000:1000', this.containerName(this.attacker), ...inner], input);
  }

  /** A shell script from a position. */
  async shell(from: Position, script: string): Promise<Outcome> {
    return this.attack(from, ['sh', '-s'], `LC_ALL=C; export LC_ALL\n${script}\n`);
  }

  /** A Perl script from a position: perl-base is in every Debian image, and makes system calls by number. */
  async perl(from: Position, script: string): Promise<Outcome> {
    return this.attack(from, ['perl', '-'], `$| = 1; use strict; use warnings;\n${script}\n__END__\n`);
  }

  /** The host's own docker command, as whoever runs the lab. */
  async engine(args: string[], input = ''): Promise<Outcome> {
    return new Promise((resolve) => {
      const child = spawn('docker', args, { stdio: ['pipe', 'pipe', 'pipe'] });
      child.stdin.on('error', () => undefined);
      child.stdin.end(input, 'latin1');
      const code = new Promise<number>((ended) => {
        child.on('error', () => ended(127));
        child.on('close', (status) => ended(status ?? 1));
      });
      Promise.all([text(child.stdout), text(child.stderr), code]).then(
        ([out, err, status]) => resolve(outcome(status, out, err)),
        (error: Error) => resolve(outcome(127, '', error.message)),
      );
    });
  }

  containerName(id: string): string {
    return `drydock-${this.#lab}-${id}`;
  }

  /** Computed once for all attacks that need it. */
  once<T>(key: string, make: () => Promise<T>): Promise<T> {
    const known = this.#kept.get(key) as Promise<T> | undefined;
    if (known !== undefined) return known;
    const made = make();
    this.#kept.set(key, made);
    return made;
  }

  /** A server of the host on all of its addresses that says the marker to whoever connects. @returns its port */
  async hostPort(): Promise<number> {
    return this.once('host-port', () => this.#listen({ port: 0, host: '0.0.0.0' }));
  }

  /** As `hostPort`, on loopback alone, where a lab listens by default. */
  async loopbackPort(): Promise<number> {
    return this.once('loopback-port', () => this.#listen({ port: 0, host: '127.0.0.1' }));
  }

  hostAddresses(): string[] {
    return Object.values(networkInterfaces()).flatMap((each) =>
      (each ?? []).filter((address) => address.family === 'IPv4').map((address) => address.address),
    );
  }

  async #listen(where: string | { port: number; host: string }): Promise<number> {
    const server = createServer((socket) => {
      this.hostVisits += 1;
      socket.on('error', () => undefined);
      socket.end(`${this.marker}\n`);
    });
    this.#servers.push(server);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(where, resolve);
    });
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  async dispose(): Promise<void> {
    for (const server of this.#servers) server.close();
    for (const each of this.#processes) each.kill();
    rmSync(this.hostFile, { force: true });
    for (const record of await this.host.list()) await this.host.remove(record.id, { keepHome: false });
    rmSync(this.#disks, { recursive: true, force: true });
  }
}

/** A file of the host's kernel, to see that it is as it was; empty where there is none. */
export function hostText(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}

/** Facts of the host's engine. */
export async function engineInspect(name: string, format: string): Promise<string> {
  return (await run('docker', ['inspect', '--format', format, name])).stdout.trim();
}

function outcome(code: number, out: string, err: string): Outcome {
  const said = `${out} ${err}`.replaceAll(/\s+/g, ' ').trim().slice(0, 4_000);
  return { code, out, said };
}
