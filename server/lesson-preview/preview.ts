import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseConfig } from '../config.ts';
import { createApp } from '../create-app.ts';
import { DrydockError } from '../errors.ts';
import { createNextPages } from '../http/next-pages.ts';
import type { PreviewRequest } from '../lessons/cli/cli-command.ts';
import type { Problem } from '../lessons/problem.ts';
import type { Logger } from '../logger.ts';
import { openInBrowser } from '../open-in-browser.ts';
import { readSetupRecord } from '../setup-record.ts';
import { randomIds, systemClock } from '../system-clock.ts';
import { removeTemporaryLab, temporaryHost, troubleLogger } from '../temporary-lab.ts';
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
  const remove = (folder: string) => removeTemporaryLab(temporaryHost(person, folder, logger), folder);
  for (const folder of await leftPreviewFolders(person.dataDir)) await remove(folder);

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
      registry: { ...made.registry, image: made.registryImage },
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
    await remove(dataDir);
  }
}

function isPortTaken(error: unknown): boolean {
  const cause = error instanceof DrydockError ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE';
}

/** With the places of what is wrong with lessons. */
function previewLogger(write: (text: string) => void): Logger {
  return troubleLogger((words, fields) => {
    const { problems = [] } = fields as { problems?: Problem[] };
    const lines = problems.map(
      ({ file, line, column, code, message }) => `\n    ${file}:${line}:${column} ${code}  ${message}`,
    );
    write(`${words}${lines.join('')}\n`);
  });
}
