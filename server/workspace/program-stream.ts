import { PassThrough, type Readable } from 'node:stream';
import type { ExecSpec, SandboxHost } from '../docker/sandbox-host.ts';
import { DrydockError } from '../errors.ts';

export interface ProgramStreamOptions {
  /** Exit codes that count as success. */
  accept: readonly number[];
  maxBytes: number;
  timeoutMs: number;
  onFailure: (exitCode: number, stderr: string) => Error;
}

/**
 * A program's standard output as a stream with back-pressure. Resolves at its first byte or its end, so that a
 * failure to begin is a rejection; what fails later errors the stream. Destroying the stream ends the program.
 * @throws what `onFailure` makes, sandbox.gone, engine.*
 */
export async function streamProgram(
  host: SandboxHost,
  sandboxId: string,
  spec: ExecSpec,
  options: ProgramStreamOptions,
): Promise<Readable> {
  const session = await host.exec(sandboxId, spec);
  for (const stream of [session.stdin, session.stdout, session.stderr]) stream.on('error', () => undefined);
  session.stdin.end();
  const output = new PassThrough({ highWaterMark: 256 * 1024 });
  output.on('error', () => undefined);
  let stderr = '';
  let bytes = 0;
  session.stderr.on('data', (chunk: Buffer) => {
    if (stderr.length < 2048) stderr += chunk.toString('utf8');
  });
  const timer = setTimeout(() => output.destroy(tooMuch('time')), options.timeoutMs);
  output.on('close', () => {
    clearTimeout(timer);
    session.dispose();
  });
  output.on('drain', () => session.stdout.resume());
  const begun = new Promise<void>((resolve) => {
    session.stdout.on('data', (chunk: Buffer) => {
      resolve();
      bytes += chunk.length;
      if (bytes > options.maxBytes) output.destroy(tooMuch('size'));
      else if (!output.destroyed && !output.write(chunk)) session.stdout.pause();
    });
  });
  const drained = new Promise<void>((resolve) => {
    session.stdout.on('end', resolve);
    session.stdout.on('close', resolve);
  });
  const ended = session.exit.then(async (code) => {
    if (!options.accept.includes(code)) throw options.onFailure(code, stderr);
    await drained;
    output.end();
  });
  ended.catch((error: Error) => output.destroy(error));
  await Promise.race([begun, ended]);
  return output;
}

function tooMuch(what: 'time' | 'size'): DrydockError {
  return what === 'time'
    ? new DrydockError('file.failed', 'The download took too long and was stopped. Try again.')
    : new DrydockError('file.too-large', 'This is more than can be downloaded at once.');
}
