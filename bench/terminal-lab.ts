import { join } from 'node:path';
import { build } from 'esbuild';
import { createDockerSandboxHost } from '../server/docker/docker-sandbox-host.ts';
import { Engine } from '../server/docker/engine.ts';
import { containerName } from '../server/docker/sandbox-container.ts';
import type { SandboxHost } from '../server/docker/sandbox-host.ts';
import { openTestLab, welcome } from '../server/test-lab.ts';
import { createContext } from '../setup/context.ts';
import { findChromium } from '../setup/steps/chromium.ts';
import { openBareShell } from './bare-shell.ts';
import { Browser, type Page } from './browser.ts';
import { orAbort } from './or-abort.ts';
import { measureBulk, measureKeystrokes } from './page/shell-line.ts';
import type { Workbench } from './workbench.ts';

/** The same measurements through the page's socket and on the bare exec. */
export interface MeasuredShell {
  keystrokes(count: number, spacing: number): Promise<number[]>;
  bulk(command: string, timeout: number): Promise<{ bytes: number; milliseconds: number }>;
}

export interface TerminalLab {
  page: MeasuredShell;
  bare: MeasuredShell;
  host: SandboxHost;
  sandboxId: string;
  browser: string;
}

const lesson = 'bench/terminal';
// Wide, so that a round's keys stay in one line and the shell echoes nothing but the key.
const size = { cols: 200, rows: 40 };
const silent = { debug() {}, info() {}, warn() {}, error() {} };

/**
 * A whole lab on a free port, a headless browser on it, and a bare shell in the learner's sandbox; all gone
 * when `work` is done, failed or was aborted.
 */
export async function withTerminalLab<T>(bench: Workbench, work: (lab: TerminalLab) => Promise<T>): Promise<T> {
  const closers: (() => Promise<void> | void)[] = [];
  const { signal } = bench;
  try {
    const lab = await openTestLab({
      sandboxImage: bench.image.reference,
      lessons: join(import.meta.dirname, 'lessons'),
      env: sandboxEnvironment(),
    });
    closers.push(() => lab.dispose());
    signal.throwIfAborted();
    const browser = Browser.launch(await chromiumOf(bench));
    closers.push(() => browser.close());
    const page = await orAbort(signal, openPage(browser, lab.url));
    const inPage = <R>(call: string) => orAbort(signal, page.evaluate<R>(`drydockBench.${call}`));
    await inPage(`open(${JSON.stringify(lesson)}, ${JSON.stringify(size)})`);

    const logging = { engine: bench.config.engine, lab: lab.lab, logger: silent };
    const host = createDockerSandboxHost({ ...logging, seccompProfile: bench.seccompProfile });
    const [sandbox] = await host.list();
    if (sandbox === undefined) throw new Error('the lab made no sandbox');
    const engine = new Engine(bench.config.engine, lab.lab, silent);
    const shell = await openBareShell(engine, containerName(lab.lab, sandbox.id), size);
    closers.push(() => shell.dispose());

    return await work({
      page: {
        keystrokes: (count, spacing) => inPage(`keystrokes(${count}, ${spacing})`),
        bulk: (command, timeout) => inPage(`bulk(${JSON.stringify(command)}, ${timeout})`),
      },
      bare: {
        keystrokes: (count, spacing) => orAbort(signal, measureKeystrokes(shell, count, spacing)),
        bulk: (command, timeout) => orAbort(signal, measureBulk(shell, command, timeout)),
      },
      host,
      sandboxId: sandbox.id,
      browser: await browser.version(),
    });
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

/** A page of the lab's own origin with a learner's cookie; any address of it will do. */
async function openPage(browser: Browser, url: string): Promise<Page> {
  const [name = '', value = ''] = (await welcome(url)).split('=', 2);
  await browser.setCookie({ name, value, url });
  const page = await browser.open(`${url}/api/health`);
  const bundle = await build({
    entryPoints: [join(import.meta.dirname, 'page/harness.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  await page.evaluate(bundle.outputFiles[0]?.text ?? '');
  return page;
}

async function chromiumOf(bench: Workbench): Promise<string> {
  const found = await findChromium(createContext(bench.config, process.env));
  if (found === null) throw new Error('There is no Chromium or Chrome on this machine; name one by DRYDOCK_CHROMIUM.');
  return found;
}

/** What of the person's configuration decides on the sandbox. */
function sandboxEnvironment(): Record<string, string> {
  const decides = (name: string) => name === 'DOCKER_HOST' || name.startsWith('DRYDOCK_SANDBOX_');
  const found = Object.entries(process.env).flatMap(([name, value]) =>
    value !== undefined && decides(name) ? [[name, value] as const] : [],
  );
  return Object.fromEntries(found);
}
