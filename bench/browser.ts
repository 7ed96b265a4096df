import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

/*
 * A headless Chromium on its own debugging pipe. Not through Playwright, which listens to the network of every
 * page: the browser then sends a copy of each socket frame to us, which took as much of the processor as the
 * page's own work. Here nothing is listened to while something is measured.
 */

interface Pending {
  resolve(result: Record<string, unknown>): void;
  reject(error: Error): void;
}

interface Reply {
  id?: number;
  result?: Record<string, unknown>;
  error?: { message: string };
}

/** How long the browser may take to open a page, and to end by itself: milliseconds. */
const openWait = 30_000;
const closeWait = 5000;

export class Browser {
  readonly #child: ChildProcess;
  readonly #profile: string;
  readonly #commands: Writable;
  readonly #pending = new Map<number, Pending>();
  readonly #gone: Promise<void>;
  #lastId = 0;

  private constructor(child: ChildProcess, profile: string) {
    this.#child = child;
    this.#profile = profile;
    this.#commands = child.stdio[3] as Writable;
    // A browser that died is told by its replies, which do not come.
    this.#commands.on('error', () => undefined);
    let received: Buffer[] = [];
    (child.stdio[4] as Readable).on('data', (chunk: Buffer) => {
      // Messages end with a zero byte.
      let rest = chunk;
      for (let end = rest.indexOf(0); end !== -1; end = rest.indexOf(0)) {
        this.#take(Buffer.concat([...received, rest.subarray(0, end)]).toString());
        received = [];
        rest = rest.subarray(end + 1);
      }
      if (rest.length > 0) received.push(rest);
    });
    this.#gone = new Promise((resolve) => {
      const lost = () => {
        for (const { reject } of this.#pending.values()) reject(new Error('the browser ended'));
        this.#pending.clear();
        resolve();
      };
      child.once('exit', lost);
      child.once('error', lost);
    });
  }

  static launch(executable: string): Browser {
    const profile = mkdtempSync(join(tmpdir(), 'drydock-bench-'));
    const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];
    const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];
    const child = spawn(
      executable,
      [...flags, ...quiet, '--remote-debugging-pipe', `--user-data-dir=${profile}`, 'about:blank'],
      // A group of its own: Ctrl-C is ours to handle, and what it started can be ended with it.
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'], detached: true },
    );
    return new Browser(child, profile);
  }

  async version(): Promise<string> {
    return String((await this.#send('Browser.getVersion')).product);
  }

  async setCookie(cookie: { name: string; value: string; url: string }): Promise<void> {
    await this.#send('Storage.setCookies', { cookies: [cookie] });
  }

  async open(url: string): Promise<Page> {
    const { targetId } = await this.#send('Target.createTarget', { url });
    const { sessionId } = await this.#send('Target.attachToTarget', { targetId, flatten: true });
    const page = new Page((method, params) => this.#send(method, params, String(sessionId)));
    const there = `location.href === ${JSON.stringify(url)} && document.readyState === 'complete'`;
    const giveUpAt = Date.now() + openWait;
    // While the page is exchanged for the new one there is nothing to evaluate in.
    while (!(await page.evaluate<boolean>(there).catch(() => false))) {
      if (Date.now() > giveUpAt) throw new Error(`the browser did not open ${url}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return page;
  }

  /** Ends it and removes its profile. */
  async close(): Promise<void> {
    const timer = setTimeout(() => this.#kill(), closeWait);
    this.#send('Browser.close').catch(() => undefined);
    await this.#gone;
    clearTimeout(timer);
    this.#kill();
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  #kill(): void {
    try {
      if (this.#child.pid !== undefined) process.kill(-this.#child.pid, 'SIGKILL');
    } catch {
      // The whole group has ended.
    }
  }

  #send(method: string, params: object = {}, sessionId?: string): Promise<Record<string, unknown>> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
      return Promise.reject(new Error('the browser ended'));
    }
    const id = ++this.#lastId;
    this.#commands.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise((resolve, reject) => this.#pending.set(id, { resolve, reject }));
  }

  #take(text: string): void {
    const { id, result, error } = JSON.parse(text) as Reply;
    const pending = id === undefined ? undefined : this.#pending.get(id);
    if (id === undefined || pending === undefined) return;
    this.#pending.delete(id);
    if (error !== undefined) pending.reject(new Error(error.message));
    else pending.resolve(result ?? {});
  }
}

/** A page; the code that runs in it is text, and what it returns is data. */
export class Page {
  readonly #send: (method: string, params: object) => Promise<Record<string, unknown>>;

  constructor(send: (method: string, params: object) => Promise<Record<string, unknown>>) {
    this.#send = send;
  }

  /** Evaluates an expression and awaits it. @throws Error with what was thrown in the page */
  async evaluate<T>(expression: string): Promise<T> {
    const options = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = (await this.#send('Runtime.evaluate', options)) as {
      result: { value?: unknown; description?: string };
      exceptionDetails?: { text: string; exception?: { description?: string } };
    };
    if (exceptionDetails !== undefined) {
      throw new Error(`in the page: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
    }
    return result.value as T;
  }
}
