import { randomBytes } from 'node:crypto';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { DrydockError, errorForLog } from '../errors.ts';
import { deadlines, type Engine } from './engine.ts';
import { engineStatus, toEngineError, withDeadline } from './engine-errors.ts';
import { ExecStreams } from './exec-stream.ts';
import type { ExecSession, ExecSpec } from './sandbox-host.ts';

/** Command line of `drydock-enter`, which runs argv as root of the learner's namespace. */
export function enterCommand(
  argv: readonly string[],
  options: { token?: string; cwd?: string | undefined; timeoutSeconds?: number } = {},
): string[] {
  const command = ['drydock-enter'];
  if (options.token !== undefined) command.push('--id', options.token);
  if (options.cwd !== undefined) command.push('--cwd', options.cwd);
  if (options.timeoutSeconds !== undefined) command.push('--timeout', String(options.timeoutSeconds));
  return [...command, '--', ...argv];
}

/** @throws request.malformed */
function commandOf(spec: ExecSpec, token: string): string[] {
  const env = Object.entries(spec.env ?? {});
  const bad = env.some(([name, value]) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || value.includes('\0'));
  const nul = spec.argv.some((word) => word.includes('\0')) || spec.cwd?.includes('\0') === true;
  if (bad || nul || (spec.cwd !== undefined && !spec.cwd.startsWith('/'))) {
    throw new DrydockError(
      'request.malformed',
      'This command cannot be run: it has a name or path that is not allowed.',
    );
  }
  // Through env(1), because what drydock-enter itself gets in its environment is not the learner's business.
  const assignments = env.map(([name, value]) => `${name}=${value}`);
  const argv = assignments.length === 0 ? spec.argv : ['env', ...assignments, ...spec.argv];
  return enterCommand(argv, { token, cwd: spec.cwd });
}

/** @throws sandbox.gone, engine.unreachable, engine.failed, request.malformed */
export async function startExecSession(engine: Engine, id: string, spec: ExecSpec): Promise<ExecSession> {
  const token = randomBytes(12).toString('hex');
  const { exec, socket } = await engine.startExec(id, commandOf(spec, token), { stdin: true });
  return new DockerExecSession(engine, id, token, exec, new ExecStreams(socket));
}

class DockerExecSession implements ExecSession {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly exit: Promise<number>;

  readonly #engine: Engine;
  readonly #sandbox: string;
  readonly #token: string;
  readonly #exec: Docker.Exec;
  readonly #streams: ExecStreams;
  #disposed = false;
  #ended = false;
  #killed: Promise<void> = Promise.resolve();

  constructor(engine: Engine, sandbox: string, token: string, exec: Docker.Exec, streams: ExecStreams) {
    this.#engine = engine;
    this.#sandbox = sandbox;
    this.#token = token;
    this.#exec = exec;
    this.#streams = streams;
    this.stdin = streams.stdin;
    this.stdout = streams.stdout;
    this.stderr = streams.stderr;
    this.exit = this.#waitForExit();
    // Whoever only disposes does not wait for it.
    this.exit.catch(() => undefined);
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    if (!this.#ended) {
      this.#killed = this.#kill().catch((error: unknown) => {
        // It went down with its sandbox, which is as dead as it can be.
        if (error instanceof DrydockError && error.code === 'sandbox.gone') return;
        this.#engine.logger.warn(
          { sandbox: this.#sandbox, ...errorForLog(error) },
          'could not end a program in a sandbox',
        );
      });
    }
    this.#streams.destroy();
  }

  async #waitForExit(): Promise<number> {
    let broken: unknown;
    try {
      await this.#streams.closed;
    } catch (error) {
      broken = error;
    }
    this.#ended = true;
    await this.#killed;
    if (broken !== undefined && !this.#disposed) {
      // Either the sandbox died, or the engine or our connection to it did.
      await this.#requireSurvivor();
      // The program may still run, with nobody listening.
      this.dispose();
      throw toEngineError(broken, 'follow a program in the sandbox');
    }
    return this.#exitCode();
  }

  async #exitCode(): Promise<number> {
    // The stream ends a moment before the engine has noted the exit code.
    const giveUpAt = performance.now() + 5_000;
    for (let pause = 5; ; pause = Math.min(pause * 2, 200)) {
      const state = await this.#inspect();
      if (state !== null && !state.Running && state.ExitCode !== null) {
        // 137 is also what the engine notes for a program that went down with its sandbox.
        if (state.ExitCode === 137 && !this.#disposed) await this.#requireSurvivor();
        return state.ExitCode;
      }
      if (state === null || performance.now() > giveUpAt) {
        await this.#engine.requireRunning(this.#sandbox);
        throw new DrydockError(
          'engine.failed',
          'The Docker Engine does not say how the program ended. Try again; the server log has the details.',
        );
      }
      await sleep(pause);
    }
  }

  /**
   * The engine notes a sandbox's death some time after the deaths of its programs (seconds on a busy machine), so
   * one that still counts as running is looked at again for a while. @throws sandbox.gone
   */
  async #requireSurvivor(): Promise<void> {
    for (const pause of [0, 50, 100, 200, 400, 800, 1600, 3000]) {
      await sleep(pause);
      await this.#engine.requireRunning(this.#sandbox);
    }
  }

  async #inspect(): Promise<Docker.ExecInspectInfo | null> {
    return withDeadline('learn how a program ended', deadlines.request, async (abortSignal) => {
      try {
        return await this.#exec.inspect({ abortSignal });
      } catch (error) {
        if (engineStatus(error) === 404) return null;
        throw error;
      }
    });
  }

  /** Asked more than once, because the program may not have registered its token yet. */
  async #kill(): Promise<void> {
    for (const pause of [100, 400, 1_000]) {
      await runToEnd(this.#engine, this.#sandbox, ['drydock-enter', '--kill', this.#token], 10_000);
      const state = await this.#inspect();
      if (state === null || !state.Running) return;
      await sleep(pause);
      const later = await this.#inspect();
      if (later === null || !later.Running) return;
    }
    throw new Error('the program did not end');
  }
}

/** Runs a program of the outer container to its end and gives the first bytes of what it said. */
export async function runToEnd(
  engine: Engine,
  id: string,
  argv: readonly string[],
  milliseconds: number,
): Promise<string> {
  const { socket } = await engine.startExec(id, argv, { stdin: false });
  const streams = new ExecStreams(socket);
  const limit = 4096;
  let said = '';
  const keep = (chunk: Buffer): void => {
    if (said.length < limit) said += chunk.toString('latin1', 0, limit);
  };
  streams.stdout.on('data', keep);
  streams.stderr.on('data', keep);
  try {
    await withDeadline('wait for a program in the sandbox', milliseconds, () => streams.closed);
  } finally {
    streams.destroy();
  }
  return said;
}
