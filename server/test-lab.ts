import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { io, type Socket } from 'socket.io-client';
import * as parser from 'socket.io-msgpack-parser';
import type { Answer } from '../protocol/errors.ts';
import {
  type Fact,
  type FactName,
  protocolVersion,
  type RequestName,
  type RequestPayload,
  type Results,
} from '../protocol/events.ts';
import type { Clock } from './clock.ts';
import { parseConfig } from './config.ts';
import { type App, createApp } from './create-app.ts';
import { createDockerSandboxHost } from './docker/docker-sandbox-host.ts';
import type { LabRegistry } from './images/open-lab-images.ts';
import type { Logger } from './logger.ts';
import { randomIds, systemClock } from './system-clock.ts';
import { mainLabConfig } from './test-sandbox-image.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** A whole server on a free port with a data folder of its own, on the real engine, without pages. For tests. */
export interface TestLab {
  app: App;
  url: string;
  lab: string;
  dataDir: string;
  /** Stops the server and starts another on the same data. */
  restart(): Promise<void>;
  /** A learner's browser: a cookie and a socket. */
  visit(options?: { cookie?: string }): Promise<TestPage>;
  /** Stops the server and removes everything the lab made on the engine. */
  dispose(): Promise<void>;
}

export async function openTestLab(options: {
  sandboxImage: string;
  lessons: string;
  env?: Record<string, string>;
  logger?: Logger;
  /** Neither unless given. */
  registryVolume?: string;
  registry?: LabRegistry;
  /** A catalogue of its own. */
  imagesFolder?: string;
  /** Decides how long sandboxes were not used. */
  uptime?: Clock;
}): Promise<TestLab> {
  const dataDir = mkdtempSync(join(tmpdir(), 'drydock-lab-'));
  const env = {
    DOCKER_HOST: mainLabConfig().dockerHost,
    // What a test counts is its own: those that are about the pool ask for one.
    DRYDOCK_POOL: '0',
    DRYDOCK_IMAGES: 'needed',
    ...options.env,
    PORT: '0',
    HOST: '127.0.0.1',
    DRYDOCK_DATA: dataDir,
    DRYDOCK_LESSONS: options.lessons,
  };
  const config = parseConfig(env, { root: process.cwd() });
  const open = async () => {
    const app = await createApp({
      config,
      version: 'test',
      sandboxImage: options.sandboxImage,
      registryVolume: options.registryVolume ?? null,
      registry: options.registry ?? null,
      ...(options.imagesFolder === undefined ? {} : { imagesFolder: options.imagesFolder }),
      logger: options.logger ?? silent,
      clock: systemClock,
      ...(options.uptime === undefined ? {} : { uptime: options.uptime }),
      ids: randomIds,
      pages: null,
      development: false,
    });
    return { app, ...(await app.start()) };
  };
  let running = await open();
  const pages = new Set<TestPage>();
  const lab: TestLab = {
    get app() {
      return running.app;
    },
    get url() {
      return running.url;
    },
    lab: config.lab,
    dataDir,
    restart: async () => {
      await running.app.stop(5_000);
      running = await open();
    },
    visit: async ({ cookie } = {}) => {
      const page = await TestPage.open(running.url, cookie ?? (await welcome(running.url)));
      pages.add(page);
      return page;
    },
    dispose: async () => {
      for (const page of pages) page.close();
      await running.app.stop(5_000);
      const host = createDockerSandboxHost({
        engine: config.engine,
        lab: config.lab,
        seccompProfile: {},
        logger: silent,
      });
      for (const record of await host.list()) await host.remove(record.id, { keepHome: false });
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
  return lab;
}

/** The cookie a first visit gets. */
export async function welcome(url: string): Promise<string> {
  const answer = await fetch(url, { headers: { accept: 'text/html' } });
  const cookie = answer.headers.get('set-cookie')?.split(';')[0];
  if (cookie === undefined) throw new Error('the lab set no cookie');
  return cookie;
}

/** One page's socket, speaking the protocol as the browser does. */
export class TestPage {
  readonly cookie: string;
  readonly socket: Socket;
  readonly #facts: { name: string; fact: unknown }[] = [];
  readonly #waiting = new Set<() => void>();

  private constructor(socket: Socket, cookie: string) {
    this.socket = socket;
    this.cookie = cookie;
    socket.onAny((name: string, fact: unknown) => {
      this.#facts.push({ name, fact });
      for (const wake of [...this.#waiting]) wake();
    });
  }

  static async open(url: string, cookie: string, headers: Record<string, string> = {}): Promise<TestPage> {
    const socket = io(url, {
      parser,
      auth: { protocol: protocolVersion },
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      extraHeaders: { cookie, origin: url, ...headers },
    });
    const page = new TestPage(socket, cookie);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('connect_error', reject);
    });
    return page;
  }

  async ask<N extends RequestName>(name: N, payload: RequestPayload<N>): Promise<Answer<Results[N]>> {
    return this.socket.timeout(30_000).emitWithAck(name, payload) as Promise<Answer<Results[N]>>;
  }

  /** As `ask`, where only success will do. */
  async must<N extends RequestName>(name: N, payload: RequestPayload<N>): Promise<Results[N]> {
    const answer = await this.ask(name, payload);
    if (!answer.ok) throw new Error(`${name}: ${answer.error.code}: ${answer.error.message}`);
    return answer.data;
  }

  facts<N extends FactName>(name: N): Fact<N>[] {
    return this.#facts.filter((each) => each.name === name).map((each) => each.fact as Fact<N>);
  }

  /** Resolves when a fact of this name, past or to come, fits. */
  async until<N extends FactName>(name: N, fits: (fact: Fact<N>) => boolean, timeoutMs = 30_000): Promise<Fact<N>> {
    const find = () => this.facts(name).find(fits);
    return this.#wait(find, () => `${name} did not come`, timeoutMs);
  }

  /** What a terminal has printed since this page attached, without its escape sequences. */
  output(terminal: string): string {
    const chunks = this.facts('terminal:output').filter((fact) => fact.terminal === terminal);
    const text = Buffer.concat(chunks.map((fact) => Buffer.from(fact.data))).toString('utf8');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are made of them
    return text.replaceAll(/\u001b\[[0-9;?]*[A-Za-z]|\u001b\][^\u001b\u0007]*(?:\u001b\\|\u0007)/g, '');
  }

  async untilOutput(terminal: string, pattern: RegExp, timeoutMs = 30_000): Promise<string> {
    const find = () => (pattern.test(this.output(terminal)) ? this.output(terminal) : undefined);
    const failure = () => `${pattern} did not come, only ${JSON.stringify(this.output(terminal).slice(-500))}`;
    return this.#wait(find, failure, timeoutMs);
  }

  close(): void {
    this.socket.disconnect();
  }

  #wait<T>(find: () => T | undefined, failure: () => string, timeoutMs: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = find();
        if (found === undefined) return;
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(found);
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        reject(new Error(failure()));
      }, timeoutMs);
      this.#waiting.add(look);
      look();
    });
  }
}
