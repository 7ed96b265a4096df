import { readFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { type Config, parseConfig } from './config.ts';
import { type App, createApp } from './create-app.ts';
import { makeDataFolder } from './data-folder.ts';
import type { Disposable } from './disposable.ts';
import { DrydockError, describeError, errorForLog } from './errors.ts';
import { createNextPages } from './http/next-pages.ts';
import { reportStock } from './images/report-stock.ts';
import { openInBrowser } from './open-in-browser.ts';
import { Progress } from './progress.ts';
import { readSetupRecord } from './setup-record.ts';
import { randomIds, systemClock } from './system-clock.ts';

// Only wiring: configuration in, signals to `stop`. Everything else is `createApp`.

const stopWithinMs = 8_000;
const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Writes what a person has to do; a stack trace would only hide it. */
function fail(error: unknown): never {
  const message = error instanceof DrydockError ? `${error.message} (${error.code})` : describeError(error);
  process.stderr.write(`${message}\n`);
  if (error instanceof Error && error.cause !== undefined) process.stderr.write(`  ${describeError(error.cause)}\n`);
  process.exit(1);
}

/**
 * Every key of every learner passes through this process, so it goes before whatever their sandboxes compute. Only root
 * may ask for that; without it the lab works, and feels a busy machine sooner.
 */
function goFirst(): void {
  try {
    setPriority(-10);
  } catch {
    // Not root: as it is.
  }
}

async function main(): Promise<void> {
  goFirst();
  // biome-ignore lint/style/noProcessEnv: the one place that hands the environment to the configuration
  const env = process.env;
  const development = env.NODE_ENV === 'development';
  const config: Config = parseConfig(env, { root, platform: process.platform, isTerminal: process.stdout.isTTY });
  makeDataFolder(config.dataDir);
  const progress = new Progress({
    write: (text) => void process.stderr.write(text),
    isTTY: process.stderr.isTTY,
    get columns() {
      return process.stderr.columns || 80; // some terminals say 0
    },
  });
  const output = pino.destination(1);
  const logger = pino(
    { level: config.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    // In a terminal a line of the log must not end up in the middle of one that changes in place.
    process.stdout.isTTY ? { write: (line: string) => progress.above(() => output.write(line)) } : output,
  );
  const { sandboxImage, registrySocketVolume, registry, registryImage, apparmorProfile } = await readSetupRecord(
    config.dataDir,
  );
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };

  let app: App | null = null;
  let report: Disposable | null = null;
  let stopping = false;
  const stop = async (signal: string): Promise<void> => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'stopping; learners’ sandboxes stay');
    report?.dispose();
    progress.dispose();
    await app?.stop(stopWithinMs);
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop(signal));
  // Next swallows rejections, and one lost promise is no reason to end everybody's lab; it is a bug to be seen.
  process.on('unhandledRejection', (error) => logger.error(errorForLog(error), 'unhandled rejection'));

  // The same for a throw nobody caught: one person's packet must not end everybody's lab.
  process.on('uncaughtException', (error) => logger.error(errorForLog(error), 'uncaught exception'));

  const pages = await createNextPages({ dir: root, development, host: config.host, port: config.port });
  app = await createApp({
    config,
    version,
    sandboxImage,
    registryVolume: registrySocketVolume,
    registry: { ...registry, image: registryImage },
    apparmorProfile,
    logger,
    clock: systemClock,
    ids: randomIds,
    pages,
    development,
  });
  const { url } = await app.start();
  process.stdout.write(
    `\n  Drydock is ready:  ${url}\n\n  Ctrl-C stops it. Sandboxes and progress stay for the next start.\n\n`,
  );
  if (app.images !== null) report = reportStock(app.images, progress, process.stderr.isTTY);
  if (config.openBrowser) openInBrowser(url, logger);
}

main().catch(fail);
