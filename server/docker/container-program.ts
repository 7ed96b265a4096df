import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { DrydockError } from '../errors.ts';
import { deadlines } from './engine.ts';
import { engineStatus, printable, toEngineError, withDeadline } from './engine-errors.ts';
import { ExecStreams } from './exec-stream.ts';

/** A program that runs inside one of the lab's own containers. */
export interface ContainerProgram {
  /** Has to be read. */
  stdout: Readable;
  /** Resolves when it ended with 0. @throws registry.failed with its last words, host.disk-full, engine.* */
  ended: Promise<void>;
  /** Closes the connection; the program sees the end of its input. */
  destroy(): void;
}

export interface ProgramOptions {
  /** Completes "could not …". */
  doing: string;
  input?: Readable | Buffer | string;
}

/** Of what a program says on stderr the end is kept, in characters. */
const wordsLimit = 4096;

/** Starts a program in a running container, as the container's own user. @throws engine.*, registry.failed */
export async function startProgram(
  container: Docker.Container,
  argv: string[],
  { doing, input }: ProgramOptions,
): Promise<ContainerProgram> {
  const { exec, streams } = await withDeadline(doing, deadlines.request, async (abortSignal) => {
    try {
      const exec = await container.exec({
        Cmd: argv,
        AttachStdin: input !== undefined,
        AttachStdout: true,
        AttachStderr: true,
        abortSignal,
      });
      const socket = await exec.start({ hijack: true, stdin: input !== undefined, abortSignal });
      return { exec, streams: new ExecStreams(socket) };
    } catch (error) {
      // Its container has ended, or is gone.
      const status = engineStatus(error);
      if (status === 404 || status === 409) throw programError(doing, '', null, error);
      throw error;
    }
  });
  let words = '';
  streams.stderr.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString('utf8')).slice(-wordsLimit);
  });
  const sent = input === undefined ? Promise.resolve(null) : send(input, streams);
  const ended = async (): Promise<void> => {
    const broken = await streams.closed.then(
      () => null,
      (error: unknown) => error,
    );
    const unsent = await sent;
    // When what we send breaks off, that is why the program failed, and not what it makes of it.
    if (unsent !== null) throw toEngineError(unsent, doing);
    const exitCode = await exitCodeOf(exec, doing);
    if (exitCode !== 0) throw programError(doing, words, exitCode);
    if (broken !== null) throw toEngineError(broken, doing);
  };
  const end = ended();
  end.catch(() => undefined);
  return { stdout: streams.stdout, ended: end, destroy: () => streams.destroy() };
}

/** Runs a program to its end and gives what it said on stdout. @throws registry.failed, host.disk-full, engine.* */
export async function runProgram(
  container: Docker.Container,
  argv: string[],
  options: ProgramOptions,
): Promise<Buffer> {
  const program = await startProgram(container, argv, options);
  const parts: Buffer[] = [];
  try {
    for await (const chunk of program.stdout as AsyncIterable<Buffer>) parts.push(chunk);
  } catch {
    // Why it broke off is told by the program's end.
  }
  await program.ended;
  return Buffer.concat(parts);
}

/** What a program of the registry said before it failed, in words for people. */
export function programError(doing: string, words: string, exitCode: number | null, cause?: unknown): DrydockError {
  if (/no space left on device|disk quota exceeded/i.test(words)) return registryDiskFull(doing, cause);
  const said = printable(words, 600);
  return new DrydockError(
    'registry.failed',
    `Drydock could not ${doing}. ${said === '' ? 'The program that does it was ended from outside' : `The program that does it says: ${said}`}. What the registry serves is as it was; try again.`,
    { cause, details: { exitCode } },
  );
}

export function registryDiskFull(doing: string, cause?: unknown): DrydockError {
  return new DrydockError(
    'host.disk-full',
    `Drydock could not ${doing}, because the disk of this server is full. What the registry serves is as it was. Whoever runs this Drydock has to make room; then try again.`,
    { cause },
  );
}

/** Sends all of it, or as much as the program takes. @returns why it could not be read to its end, or null */
async function send(input: Readable | Buffer | string, streams: ExecStreams): Promise<unknown> {
  const { stdin } = streams;
  if (typeof input === 'string' || Buffer.isBuffer(input)) {
    stdin.end(input);
    return null;
  }
  const gone = streams.closed.catch(() => undefined);
  try {
    for await (const chunk of input as AsyncIterable<Buffer>) {
      if (stdin.destroyed) return null;
      if (!stdin.write(chunk)) await Promise.race([once(stdin, 'drain').catch(() => undefined), gone]);
    }
    stdin.end();
    return null;
  } catch (error) {
    // The program takes it for the end of its input; what it makes of that counts as failed, whatever it says.
    streams.destroy();
    return error;
  } finally {
    input.destroy();
  }
}

/** The stream ends a moment before the engine has noted the exit code. null: it does not know any more. */
async function exitCodeOf(exec: Docker.Exec, doing: string): Promise<number | null> {
  const giveUpAt = performance.now() + 5_000;
  for (let pause = 5; ; pause = Math.min(pause * 2, 200)) {
    const state = await withDeadline(doing, deadlines.request, async (abortSignal) => {
      try {
        return await exec.inspect({ abortSignal });
      } catch (error) {
        // It went with its container.
        if (engineStatus(error) === 404) return null;
        throw error;
      }
    });
    if (state === null) return null;
    if (!state.Running && state.ExitCode !== null) return state.ExitCode;
    if (performance.now() > giveUpAt) return null;
    await sleep(pause);
  }
}
