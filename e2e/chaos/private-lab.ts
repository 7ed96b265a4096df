import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { labId } from '../../server/config.ts';
import type { Registry } from '../../server/registry/registry.ts';
import type { SetupRecord } from '../../server/setup-record.ts';
import { writeSetupRecord } from '../../server/setup-record.ts';
import { LoopDisk } from './loop-disk.ts';
import { killAll, until } from './machine.ts';
import { openRegistry } from './open-registry.ts';
import type { PrivateEngine } from './private-engine.ts';

/** Sparse, so little of it is used; the disks of all sandboxes have to fit. */
const labDisk = 16 * 2 ** 30;

/** What the lessons of the chaos test pull. */
const lessonImages = ['busybox:latest'] as const;

export interface PrivateLabOptions {
  /** The clone with `dist/server.js` and the built pages. */
  server: string;
  folder: string;
  engine: PrivateEngine;
  /** Library that makes the server's clock a file's; null: it has the machine's. */
  fakeClock: string | null;
}

/** The built server as a process of its own, with its data on a file system of its own. */
export class PrivateLab {
  readonly id: string;
  readonly data: string;
  readonly disk: LoopDisk;
  readonly #options: PrivateLabOptions;
  #port = 0;
  #child: ChildProcess | null = null;

  constructor(options: PrivateLabOptions) {
    this.#options = options;
    this.disk = new LoopDisk(join(options.folder, 'lab.img'), join(options.folder, 'lab'));
    this.data = join(this.disk.folder, 'data');
    this.id = labId(this.data);
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get pid(): number {
    const child = this.#child;
    if (child?.pid === undefined || hasEnded(child)) throw new Error('the server does not run');
    return child.pid;
  }

  get runs(): boolean {
    return this.#child !== null && !hasEnded(this.#child);
  }

  /**
   * The part of `npm start` that is about this lab: registry, images in it, the record of what was made.
   * @param from the registry that has the images its lessons use
   */
  async make(images: { sandbox: string; registry: string }, from: Registry): Promise<void> {
    this.#port = await freePort();
    await this.disk.make(labDisk);
    mkdirSync(this.data, { mode: 0o700 });
    const registry = openRegistry({ socketPath: this.#options.engine.socket }, this.id, images.registry);
    await registry.unpack(await from.pack([...lessonImages], []), [...lessonImages]);
    const made: SetupRecord = {
      sandboxImage: images.sandbox,
      registryImage: images.registry,
      registrySocketVolume: registry.socketVolume,
      registry: { lab: this.id, dataDir: this.data },
      base: { source: 'chaos', id: 'chaos' },
      apparmorProfile: null,
    };
    await writeSetupRecord(this.data, made);
    this.setClock(0);
  }

  /** Milliseconds the server's clock is ahead of the machine's. */
  setClock(ahead: number): void {
    const seconds = Math.round(ahead / 1000);
    writeFileSync(this.#clockFile, `${seconds < 0 ? '' : '+'}${seconds}\n`);
  }

  /** Starts it; resolves when it listens. `settings`: of its environment. */
  async start(settings: Record<string, string>): Promise<void> {
    const { server, engine, fakeClock, folder } = this.#options;
    const inherited = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !name.startsWith('DRYDOCK_') && name !== 'DOCKER_HOST'),
    );
    const log = openSync(this.logFile, 'a');
    const child = spawn(process.execPath, ['--enable-source-maps', 'dist/server.js'], {
      cwd: server,
      stdio: ['ignore', log, log],
      detached: true,
      env: {
        ...inherited,
        NODE_ENV: 'production',
        HOST: '127.0.0.1',
        PORT: String(this.#port),
        DOCKER_HOST: `unix://${engine.socket}`,
        DRYDOCK_DATA: this.data,
        DRYDOCK_LESSONS: join(folder, 'lessons'),
        DRYDOCK_OPEN: 'never',
        // It has those it needs, and its engine has no network to make more.
        DRYDOCK_IMAGES: 'none',
        DRYDOCK_HUB: 'none',
        ...settings,
        ...(fakeClock === null ? {} : fakeClockEnvironment(fakeClock, this.#clockFile)),
      },
    });
    this.#child = child;
    child.on('error', () => undefined); // seen as a server that does not listen
    const listens = await until(async () => hasEnded(child) || (await this.listens()), 60_000);
    if (!listens || hasEnded(child)) throw new Error(`the server does not start:\n${this.log().slice(-3_000)}`);
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (child?.pid === undefined || hasEnded(child)) return;
    child.kill(signal);
    if (!(await until(() => hasEnded(child), 20_000))) {
      await killAll([child.pid]);
      throw new Error(`the server did not end within 20 s of ${signal}`);
    }
  }

  async listens(): Promise<boolean> {
    return fetch(`${this.url}/api/health`, { signal: AbortSignal.timeout(3_000) }).then(
      () => true,
      () => false,
    );
  }

  /** bytes */
  residentMemory(): number {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) * 1024;
  }

  /** Writes until nothing fits any more. */
  fill(): void {
    const block = Buffer.alloc(2 ** 20, 0x2a);
    const filler = openSync(this.#filler, 'w');
    try {
      // Sizes that get smaller, so that not even a database page is left.
      for (const size of [block.length, 4096, 512]) {
        try {
          for (;;) writeSync(filler, block, 0, size);
        } catch (error) {
          if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
        }
      }
    } finally {
      closeSync(filler);
    }
  }

  empty(): void {
    rmSync(this.#filler, { force: true });
  }

  get logFile(): string {
    return join(this.#options.folder, 'server.log');
  }

  log(): string {
    const { size } = statSync(this.logFile);
    return readFileSync(this.logFile, 'utf8').slice(-Math.min(size, 2 ** 20));
  }

  get #filler(): string {
    return join(this.disk.folder, 'filler');
  }

  get #clockFile(): string {
    return join(this.#options.folder, 'clock');
  }
}

function fakeClockEnvironment(library: string, file: string): Record<string, string> {
  return {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    NO_FAKE_STAT: '1',
  };
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
