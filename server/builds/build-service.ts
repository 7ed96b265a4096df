import type { BuildStatus } from '../../protocol/build.ts';
import type { Clock, Ids } from '../clock.ts';
import type { Disposable } from '../disposable.ts';
import type { ExecSession, SandboxHost } from '../docker/sandbox-host.ts';
import { DrydockError, errorForLog, toErrorBody } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { runProgram } from '../workspace/run-program.ts';
import { absolutePath } from '../workspace/workspace-paths.ts';
import { type BuildCommand, buildCommand } from './build-command.ts';
import { BuildOutput } from './build-output.ts';

export interface BuildServiceOptions {
  host: SandboxHost;
  logger: Logger;
  clock: Clock;
  ids: Ids;
  /** Default 30 minutes. */
  timeLimitMs?: number;
}

interface BuildRequest {
  sandboxId: string;
  /** course/lesson */
  lesson: string;
  /** The lesson's folder inside the sandbox. */
  root: string;
  /** The Dockerfile, relative to `root`. */
  path: string;
  /** What the image is to be called; else it is named after the lesson's folder or the Dockerfile's. */
  tag?: string | null;
  onChanged: (status: BuildStatus) => void;
  /** `seq`: number of the text's first UTF-16 code unit since the build began. */
  onOutput: (output: { build: string; seq: number; text: string }) => void;
}

interface CurrentBuild {
  status: BuildStatus;
  /** Output from `seq` on; the answer's `seq` is larger when the beginning is no longer kept. */
  outputSince(seq: number): { seq: number; text: string };
}

export interface BuildService extends Disposable {
  /** Resolves once `docker build` runs. @throws build.limit, file.path-invalid, sandbox.gone, engine.* */
  start(request: BuildRequest): Promise<BuildStatus>;
  /** Ending one that has ended is no error. @throws build.not-found */
  cancel(sandboxId: string, build: string): void;
  /** Whether a build runs in this sandbox. */
  isRunning(sandboxId: string): boolean;
  /** The running or last build of a lesson. */
  current(sandboxId: string, lesson: string): CurrentBuild | null;
  /** The sandbox was reset or removed: its builds are of no more interest. */
  forget(sandboxId: string): void;
}

interface Entry {
  sandboxId: string;
  status: BuildStatus;
  output: BuildOutput;
  /** null until the program runs and after it ended. */
  session: ExecSession | null;
  ending: 'cancelled' | 'too-long' | null;
  onChanged: (status: BuildStatus) => void;
}

/** Runs `docker build` in learners' sandboxes, one at a time per lesson, and keeps the last one's output. */
export function createBuildService(options: BuildServiceOptions): BuildService {
  const { host, clock, ids, logger } = options;
  const timeLimitMs = options.timeLimitMs ?? 30 * 60_000;
  const entries = new Map<string, Entry>();
  const keyOf = (sandboxId: string, lesson: string) => `${sandboxId} ${lesson}`;

  const change = (entry: Entry, status: BuildStatus): void => {
    entry.output.flush();
    entry.status = status;
    entry.onChanged(status);
  };

  const follow = async (entry: Entry, session: ExecSession, command: BuildCommand): Promise<void> => {
    const { build, path, tag, startedAt } = entry.status;
    const base = { build, path, tag, startedAt };
    const timer = setTimeout(() => {
      entry.ending ??= 'too-long';
      session.dispose();
    }, timeLimitMs);
    try {
      const exitCode = await session.exit;
      // The exit may be known before the last output has been read.
      await Promise.all([ended(session.stdout), ended(session.stderr)]);
      if (entry.ending !== null) throw new Error(entry.ending);
      if (exitCode !== 0) await requireDaemon(entry.sandboxId);
      const image = exitCode === 0 ? await inspect(entry.sandboxId, command.tag) : null;
      const endedAt = clock.now();
      change(
        entry,
        exitCode === 0
          ? { ...base, state: 'succeeded', endedAt, image }
          : { ...base, state: 'failed', endedAt, exitCode },
      );
    } catch (error) {
      const endedAt = clock.now();
      if (entry.ending === 'cancelled') {
        entry.output.pushNote('[You stopped this build.]');
        change(entry, { ...base, state: 'cancelled', endedAt });
      } else {
        const reason = entry.ending === 'too-long' ? tookTooLong(timeLimitMs) : error;
        const body = toErrorBody(reason);
        entry.output.pushNote(`[${body.message}]`);
        change(entry, { ...base, state: 'lost', endedAt, error: body });
        logger.info({ sandbox: entry.sandboxId, build, ...errorForLog(reason) }, 'a build was lost');
      }
    } finally {
      clearTimeout(timer);
      entry.session = null;
      session.dispose();
    }
  };

  /** A daemon that ends makes the build fail, which is not the Dockerfile's fault. @throws daemon.unreachable */
  const requireDaemon = async (sandboxId: string): Promise<void> => {
    const argv: [string, ...string[]] = ['docker', 'version', '--format', '{{.Server.Version}}'];
    const result = await runProgram(host, sandboxId, { argv }, { maxOutput: 1024, timeoutMs: 10_000 });
    if (result.exitCode === 0) return;
    throw new DrydockError(
      'daemon.unreachable',
      'Your Docker daemon stopped answering, so the build was lost. When it is back, build again: finished steps come from the cache.',
    );
  };

  const inspect = async (sandboxId: string, tag: string): Promise<{ id: string; size: number } | null> => {
    const argv: [string, ...string[]] = ['docker', 'image', 'inspect', '--format', '{{.Id}} {{.Size}}', tag];
    try {
      const result = await runProgram(host, sandboxId, { argv }, { maxOutput: 1024, timeoutMs: 10_000 });
      const match = /^(sha256:[0-9a-f]{64}) (\d{1,15})$/.exec(result.stdout.toString('latin1').trim());
      return match?.[1] === undefined ? null : { id: match[1], size: Number(match[2]) };
    } catch (error) {
      // The image was built; that its size is unknown is no failure of the build.
      logger.info({ sandbox: sandboxId, ...errorForLog(error) }, 'could not inspect a built image');
      return null;
    }
  };

  return {
    start: async (request) => {
      const { sandboxId, lesson, root, path } = request;
      absolutePath(root, path); // refuses paths that climb out
      const key = keyOf(sandboxId, lesson);
      const previous = entries.get(key);
      if (previous?.status.state === 'running') {
        throw new DrydockError('build.limit', 'A build of this lesson is running. Wait for it, or stop it first.', {
          details: { build: previous.status.build },
        });
      }
      const command = buildCommand(lesson, path, request.tag ?? null);
      const build = ids.next();
      const entry: Entry = {
        sandboxId,
        status: { build, path, tag: command.tag, startedAt: clock.now(), state: 'running' },
        output: new BuildOutput((seq, text) => request.onOutput({ build, seq, text })),
        session: null,
        ending: null,
        onChanged: request.onChanged,
      };
      // Taken before anything is awaited, so that two quick clicks are one build.
      entries.set(key, entry);
      let session: ExecSession;
      try {
        // The variable instead of --progress keeps the command the one a learner would type.
        session = await host.exec(sandboxId, { argv: command.argv, cwd: root, env: { BUILDKIT_PROGRESS: 'plain' } });
      } catch (error) {
        if (previous === undefined) entries.delete(key);
        else entries.set(key, previous);
        throw error;
      }
      for (const stream of [session.stdin, session.stdout, session.stderr]) stream.on('error', () => undefined);
      entry.session = session;
      change(entry, entry.status);
      entry.output.push(`$ ${command.shown}\n`);
      session.stdin.end();
      session.stdout.on('data', (chunk: Buffer) => entry.output.pushBytes(0, chunk));
      session.stderr.on('data', (chunk: Buffer) => entry.output.pushBytes(1, chunk));
      if (entry.ending !== null) session.dispose(); // stopped while it was being started
      void follow(entry, session, command);
      return entry.status;
    },

    cancel: (sandboxId, build) => {
      const entry = [...entries.values()].find((one) => one.sandboxId === sandboxId && one.status.build === build);
      if (entry === undefined)
        throw new DrydockError('build.not-found', 'This build is not known any more. Start a new one.');
      if (entry.status.state !== 'running') return;
      entry.ending ??= 'cancelled';
      entry.session?.dispose();
    },

    isRunning: (sandboxId) =>
      [...entries.values()].some((entry) => entry.sandboxId === sandboxId && entry.status.state === 'running'),

    current: (sandboxId, lesson) => {
      const entry = entries.get(keyOf(sandboxId, lesson));
      return entry === undefined ? null : { status: entry.status, outputSince: (seq) => entry.output.since(seq) };
    },

    forget: (sandboxId) => {
      for (const [key, entry] of entries) {
        if (entry.sandboxId !== sandboxId) continue;
        entry.ending ??= 'cancelled';
        entry.session?.dispose();
        entries.delete(key);
      }
    },

    dispose: () => {
      for (const entry of entries.values()) {
        entry.ending ??= 'cancelled';
        entry.session?.dispose();
      }
      entries.clear();
    },
  };
}

function ended(stream: import('node:stream').Readable): Promise<void> {
  if (stream.readableEnded || stream.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    stream.once('end', resolve);
    stream.once('close', resolve);
  });
}

function tookTooLong(milliseconds: number): DrydockError {
  return new DrydockError(
    'build.limit',
    `This build ran for ${Math.round(milliseconds / 60_000)} minutes and was stopped. Make its steps smaller, or type the command in the terminal, where nothing stops it.`,
  );
}
