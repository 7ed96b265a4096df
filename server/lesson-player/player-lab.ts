import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Config, labId } from '../config.ts';
import { createApp } from '../create-app.ts';
import type { LessonLibrary } from '../lessons/library/lesson-library.ts';
import type { SetupRecord } from '../setup-record.ts';
import { randomIds, systemClock } from '../system-clock.ts';
import { removeTemporaryLab, temporaryHost, troubleLogger } from '../temporary-lab.ts';
import { runProgram } from '../workspace/run-program.ts';
import { workspaceRoot } from '../workspace/workspace-paths.ts';
import type { SetupEnd } from './play-lesson.ts';

export interface PlayerLabOptions {
  /** The person's own: engine and limits are taken from it, and nothing else. */
  config: Config;
  made: SetupRecord;
  /** The folder of courses to play from, and what was read from it, once for all labs. */
  lessons: string;
  library: LessonLibrary;
  /** How many learners there may be. */
  sandboxes: number;
  /** Told of what the server itself complains about. */
  onTrouble: (words: string) => void;
}

/** A whole server for one lesson: on a free port of this machine alone, with a data folder and a name of its own. */
export interface PlayerLab {
  url: string;
  runSetup(lesson: string, library: LessonLibrary, command: string, timeoutMs: number): Promise<SetupEnd>;
  /** Stops the server, then removes its sandboxes and its folder. @throws when something could not be removed */
  dispose(): Promise<void>;
}

const never = Number.POSITIVE_INFINITY;
const stopWithinMs = 5_000;
const setupOutput = 1024 * 1024;
/** Of `timeout(1)`. */
const timedOut = 124;

export async function openPlayerLab({
  config,
  made,
  lessons,
  library,
  sandboxes,
  onTrouble,
}: PlayerLabOptions): Promise<PlayerLab> {
  const dataDir = await mkdtemp(join(tmpdir(), 'drydock-play-'));
  const lab = labId(dataDir);
  let started = false;
  // What it says while it starts is about lessons that are not played here.
  const logger = troubleLogger((words) => {
    if (started) onTrouble(words);
  });
  const host = temporaryHost(config, dataDir, logger);
  const removeAll = () => removeTemporaryLab(host, dataDir);
  try {
    const app = await createApp({
      config: {
        ...config,
        lab,
        dataDir,
        host: '127.0.0.1',
        port: 0,
        lessonDirs: [lessons],
        maxSandboxes: sandboxes,
        pool: 0,
        // A lesson may take as long as it takes, and no operator looks after this lab.
        idle: { ...config.idle, pauseAfter: never, stopAfter: never, removeAfter: never },
        operator: { port: 0, token: null },
      },
      version: 'lesson test',
      library,
      sandboxImage: made.sandboxImage,
      registryVolume: made.registrySocketVolume,
      // What the lessons need was made before any of them is played.
      registry: null,
      apparmorProfile: made.apparmorProfile,
      logger,
      clock: systemClock,
      ids: randomIds,
      pages: null,
      development: false,
    });
    const { url } = await app.start();
    started = true;
    return {
      url,
      runSetup: async (lesson, library, command, timeoutMs) => {
        const [sandbox] = await host.list();
        if (sandbox === undefined) throw new Error('The sandbox is gone.');
        const { exitCode, stdout, stderr } = await runProgram(
          host,
          sandbox.id,
          {
            argv: ['timeout', '-k', '2', String(timeoutMs / 1000), 'bash', '-c', command],
            cwd: workspaceRoot(lesson, library.ids()),
          },
          { maxOutput: setupOutput, timeoutMs: timeoutMs + 10_000 },
        );
        return { exitCode: exitCode === timedOut ? null : exitCode, output: stderr + stdout.toString('utf8') };
      },
      dispose: async () => {
        // A sandbox that is removed while its server runs would be started again.
        await app.stop(stopWithinMs);
        await removeAll();
      },
    };
  } catch (error) {
    await removeAll();
    throw error;
  }
}
