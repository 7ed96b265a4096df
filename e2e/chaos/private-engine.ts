import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { LoopDisk } from './loop-disk.ts';
import { killAll, processes, processesOfGroup, run, signal, thaw, until } from './machine.ts';

const engineDisk = 20 * 2 ** 30;

/** A Docker Engine of the test's own, with nothing in common with the machine's but the programs. */
export class PrivateEngine {
  readonly socket: string;
  readonly disk: LoopDisk;
  /** Control group that all of its containers are in. */
  readonly group: string;
  readonly #folder: string;
  readonly #run: string;
  #containerd: ChildProcess | null = null;
  #dockerd: ChildProcess | null = null;

  constructor(folder: string, group: string) {
    this.#folder = folder;
    this.#run = join(folder, 'run');
    this.group = group;
    this.socket = join(this.#run, 'docker.sock');
    this.disk = new LoopDisk(join(folder, 'engine.img'), join(folder, 'engine'));
  }

  async make(): Promise<void> {
    await this.disk.make(engineDisk);
    await this.start();
  }

  /** Starts both daemons and waits until the engine answers. */
  async start(): Promise<void> {
    mkdirSync(this.#run, { recursive: true });
    const socket = join(this.#run, 'containerd.sock');
    const settings = join(this.#run, 'containerd.toml');
    writeFileSync(
      settings,
      `version = 2
root = "${join(this.disk.folder, 'containerd')}"
state = "${join(this.#run, 'containerd')}"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
address = "${socket}"
`,
    );
    // The machine's own settings are for its own engine.
    writeFileSync(join(this.#run, 'daemon.json'), '{}');
    if (this.#containerd === null) {
      rmSync(socket, { force: true });
      this.#containerd = this.#spawn('containerd', ['--config', settings, '--log-level', 'warn']);
      // dockerd that finds none waits much longer than it takes.
      await until(() => existsSync(socket), 20_000, 10);
    }
    // In a network namespace of its own: `--bridge=none` removes a docker0 it finds, which is the machine's engine's.
    this.#dockerd = this.#spawn('unshare', [
      ...['--net', '--', 'dockerd'],
      ...['--data-root', join(this.disk.folder, 'docker'), '--exec-root', join(this.#run, 'docker')],
      ...['--pidfile', join(this.#run, 'docker.pid'), '--host', `unix://${this.socket}`, '--containerd', socket],
      ...['--config-file', join(this.#run, 'daemon.json'), '--cgroup-parent', `/${this.group}`],
      // Sandboxes have no network, and the machine's own rules are not to be touched.
      ...['--bridge=none', '--iptables=false', '--ip-forward=false', '--ip-masq=false', '--userland-proxy=false'],
      ...['--exec-opt', 'native.cgroupdriver=cgroupfs', '--storage-driver', 'overlay2', '--log-level', 'warn'],
    ]);
    const dockerd = this.#dockerd;
    await until(async () => hasEnded(dockerd) || (await this.answers()), 60_000);
    if (hasEnded(dockerd) || !(await this.answers()))
      throw new Error(`the private engine does not start:\n${this.log()}`);
  }

  /** In order, as a service manager would. */
  async stop(): Promise<void> {
    for (const daemon of [this.#dockerd, this.#containerd]) {
      if (daemon?.pid !== undefined) signal(daemon.pid, 'SIGTERM');
      const ended = await until(() => daemon === null || hasEnded(daemon), 60_000);
      if (!ended) throw new Error(`a daemon of the private engine does not stop:\n${this.log()}`);
    }
    this.#forget();
  }

  /** dockerd alone, in order; containerd goes on. */
  async stopDockerd(): Promise<void> {
    const daemon = this.#dockerd;
    if (daemon?.pid === undefined) return;
    signal(daemon.pid, 'SIGTERM');
    if (!(await until(() => hasEnded(daemon), 60_000))) throw new Error(`dockerd does not stop:\n${this.log()}`);
    this.#dockerd = null;
  }

  /** Daemons and shims, at once. The processes in containers live on until the next start finds them. */
  async kill(): Promise<void> {
    await killAll(this.#daemons());
    this.#forget();
  }

  /** Everything that belongs to it, down to the last process in a container. */
  async killAll(): Promise<void> {
    thaw(this.group);
    await killAll([...this.#daemons(), ...processesOfGroup(this.group)]);
    // Those that were being started meanwhile.
    await killAll([...this.#daemons(), ...processesOfGroup(this.group)]);
    this.#forget();
  }

  /** What a machine loses when it is switched off. */
  forgetRun(): void {
    rmSync(this.#run, { recursive: true, force: true });
  }

  answers(): Promise<boolean> {
    return new Promise((resolve) => {
      const asked = request({ socketPath: this.socket, path: '/_ping', timeout: 2_000 }, (answer) => {
        answer.resume();
        resolve(answer.statusCode === 200);
      });
      asked.on('error', () => resolve(false));
      asked.on('timeout', () => asked.destroy());
      asked.end();
    });
  }

  docker(...args: string[]): Promise<string> {
    return run('docker', ['--host', `unix://${this.socket}`, ...args]);
  }

  /** Carries images over from the machine's engine. */
  async load(images: readonly string[], dockerHost: string): Promise<void> {
    const archive = join(this.#folder, 'images.tar');
    await run('docker', ['--host', dockerHost, 'save', '--output', archive, ...images], 300_000);
    await run('docker', ['--host', `unix://${this.socket}`, 'load', '--input', archive], 300_000);
    rmSync(archive);
  }

  /** The last of what the daemons said. */
  log(): string {
    // That a client has hung up is no news.
    const lines = readFileSync(join(this.#folder, 'engine.log'), 'utf8').slice(-200_000).split('\n');
    return lines
      .filter((line) => !/broken pipe|loading plugin/.test(line))
      .join('\n')
      .slice(-3_000);
  }

  #spawn(program: string, args: string[]): ChildProcess {
    const log = openSync(join(this.#folder, 'engine.log'), 'a');
    const child = spawn(program, args, { stdio: ['ignore', log, log], detached: true, cwd: '/' });
    child.on('error', () => undefined); // told by the engine that does not answer
    return child;
  }

  /** containerd, dockerd, shims and whatever they run for themselves. */
  #daemons(): number[] {
    return processes()
      .filter(({ commandLine }) => commandLine.includes(`${this.#run}/`))
      .filter(({ pid }) => pid !== process.pid)
      .map(({ pid }) => pid);
  }

  #forget(): void {
    this.#containerd = null;
    this.#dockerd = null;
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
