import type { ExecSpec, SandboxHost } from '../docker/sandbox-host.ts';
import { DrydockError } from '../errors.ts';

export interface ProgramResult {
  /** null: it was ended because it printed more than `maxOutput`. */
  exitCode: number | null;
  /** At most `maxOutput` bytes. */
  stdout: Buffer;
  /** The first 2 KiB, for messages. */
  stderr: string;
}

export interface ProgramOptions {
  stdin?: Buffer | string;
  /** bytes of standard output */
  maxOutput: number;
  timeoutMs: number;
  /** Kills it; what it was aborted with is thrown. */
  signal?: AbortSignal;
}

const stderrLimit = 2048;

/**
 * Runs a program in a sandbox to its end. Nothing in there is trusted: output is bounded, and a program that
 * does not end in time is killed.
 * @throws file.failed when it took too long, sandbox.gone, engine.*
 */
export async function runProgram(
  host: SandboxHost,
  sandboxId: string,
  spec: ExecSpec,
  options: ProgramOptions,
): Promise<ProgramResult> {
  const session = await host.exec(sandboxId, spec);
  const chunks: Buffer[] = [];
  let length = 0;
  let stderr = '';
  let timer: NodeJS.Timeout | undefined;
  let abort = () => undefined as unknown;
  try {
    const ended = new Promise<number | null>((resolve, reject) => {
      timer = setTimeout(() => reject(tookTooLong(options.timeoutMs)), options.timeoutMs);
      abort = () => reject(options.signal?.reason);
      if (options.signal?.aborted) abort();
      options.signal?.addEventListener('abort', abort);
      session.stdout.on('data', (chunk: Buffer) => {
        const room = options.maxOutput - length;
        chunks.push(chunk.subarray(0, room));
        length += Math.min(chunk.length, room);
        if (chunk.length > room) resolve(null);
      });
      session.stderr.on('data', (chunk: Buffer) => {
        if (stderr.length < stderrLimit) stderr = (stderr + chunk.toString('utf8')).slice(0, stderrLimit);
      });
      // Errors of the streams come with the rejection of `exit`, which knows why.
      for (const stream of [session.stdin, session.stdout, session.stderr]) stream.on('error', () => undefined);
      session.exit.then(resolve, reject);
      session.stdin.end(options.stdin ?? '');
    });
    const exitCode = await ended;
    return { exitCode, stdout: Buffer.concat(chunks), stderr };
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', abort);
    session.dispose();
  }
}

function tookTooLong(milliseconds: number): DrydockError {
  return new DrydockError(
    'file.failed',
    `Your sandbox did not finish this within ${Math.round(milliseconds / 1000)} seconds, so it was stopped. The sandbox may be busy; try again.`,
  );
}
