import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Config, labId, parseConfig } from '../config.ts';
import { createApp } from '../create-app.ts';
import { createDockerSandboxHost } from '../docker/docker-sandbox-host.ts';
import { DrydockError, type errorForLog } from '../errors.ts';
import { createNextPages } from '../http/next-pages.ts';
import type { PreviewRequest } from '../lessons/cli-command.ts';
import type { Problem } from '../lessons/problem.ts';
import type { Logger } from '../logger.ts';
import { openInBrowser } from '../open-in-browser.ts';
import { buildSeccompProfile } from '../sandbox/seccomp/build-seccomp-profile.ts';
import { readSetupRecord } from '../setup-record.ts';
import { randomIds, systemClock } from '../system-clock.ts';
import { otherHostNote, previewConfig } from './preview-config.ts';
import { leftPreviewFolders, makePreviewFolder } from './preview-folder.ts';

export interface PreviewSurroundings {
  /** The clone. */
  root: string;
  env: Record<string, string | undefined>;
  isTerminal: boolean;
  /** Ends the preview. */
  signal: AbortSignal;
  out: (text: string) => void;
  /** Told what the server itself complains about, and which lessons are broken. */
  err: (text: string) => void;
}

const stopWithinMs = 5_000;

/**
 * A whole lab for somebody who writes lessons: pages, sandboxes, a data folder and a name of its own beside those of a
 * lab that may run meanwhile. Resolves once `signal` has aborted and everything it made is removed.
 * @throws config.invalid, sandbox.image-missing, engine.unreachable
 */
export async function previewLessons(request: PreviewRequest, around: PreviewSurroundings): Promise<void> {
  const { root, env, isTerminal, signal, out } = around;
  const person = parseConfig(env, { root, platform: process.platform, isTerminal });
  const made = await readSetupRecord(person.dataDir);
  const logger = previewLogger(around.err);
  for (const folder of await leftPreviewFolders(person.dataDir)) await removeLab(person, folder, logger);

  const dataDir = await makePreviewFolder(person.dataDir, process.pid);
  try {
    const config = await previewConfig(person, dataDir, request);
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    const pages = await createNextPages({ dir: root, development: false, host: config.host, port: config.port });
    const app = await createApp({
      config,
      version,
      sandboxImage: made.sandboxImage,
      registryVolume: made.registrySocketVolume,
      apparmorProfile: made.apparmorProfile,
      logger,
      clock: systemClock,
      ids: randomIds,
      pages,
      development: false,
    });
    try {
      const { url } = await app.start().catch((error: unknown) => {
        if (!isPortTaken(error)) throw error;
        throw new DrydockError(
          'config.invalid',
          `Something else listens on port ${config.port} already. Without --port the preview takes one that is free.`,
          { cause: error },
        );
      });
      // Who previews a lesson writes it: its problems and checks stand beside it at once.
      const address = `${url}/${request.address}${request.address.startsWith('learn/') ? '?author' : ''}`;
      out(
        `\n  The preview is ready:  ${address}\n\n${otherHostNote(person)}  Lessons are read again whenever a file is saved. Ctrl-C ends it and removes its sandboxes.\n\n`,
      );
      if (config.openBrowser) openInBrowser(address, logger);
      if (!signal.aborted) await once(signal, 'abort');
    } finally {
      // A sandbox that is removed while its server runs would be started again.
      await app.stop(stopWithinMs);
    }
  } finally {
    await removeLab(person, dataDir, logger);
  }
}

function isPortTaken(error: unknown): boolean {
  const cause = error instanceof DrydockError ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE';
}

/** Removes what a preview made on the engine, then its folder. @throws when something could not be removed */
async function removeLab(person: Config, dataDir: string, logger: Logger): Promise<void> {
  const host = createDockerSandboxHost({
    engine: person.engine,
    lab: labId(dataDir),
    seccompProfile: buildSeccompProfile(),
    disks: { folder: join(dataDir, 'disks'), limit: person.diskLimit },
    egressRange: person.egress.policy === 'none' ? null : person.egress.range,
    logger,
  });
  for (const record of await host.list()) await host.remove(record.id, { keepHome: false });
  await host.sweep([]);
  await rm(dataDir, { recursive: true, force: true });
}

/** Only what is wrong, in words for who writes lessons. */
function previewLogger(write: (text: string) => void): Logger {
  const ignore = () => undefined;
  const tell = (fields: object, message: string) => {
    const { error, problems } = fields as Partial<ReturnType<typeof errorForLog>> & { problems?: Problem[] };
    const reason = error === undefined ? '' : `: ${error.message ?? error.code ?? error.kind}`;
    const lines = (problems ?? []).map(
      ({ file, line, column, code, message: words }) => `\n    ${file}:${line}:${column} ${code}  ${words}`,
    );
    write(`${message}${reason}${lines.join('')}\n`);
  };
  return { debug: ignore, info: ignore, warn: tell, error: tell };
}
