import { createHash } from 'node:crypto';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { limits } from '../../protocol/limits.ts';
import type { SandboxHost } from '../docker/sandbox-host.ts';
import { DrydockError } from '../errors.ts';
import { fileError, formatBytes } from './file-errors.ts';
import { runProgram } from './run-program.ts';
import { abandonUploadScript, commitUploadScript, uploadScript } from './workspace-scripts.ts';

const timeoutMs = 120_000;

export interface UploadTarget {
  host: SandboxHost;
  sandboxId: string;
  /** As the person knows it, for messages. */
  path: string;
  /** Inside the sandbox. */
  absolute: string;
  temporaryName: string;
  replace: boolean;
}

/**
 * Puts a stream into a file. It arrives beside its place and is moved there when it is whole, so an upload that
 * breaks off leaves nothing.
 * @throws file.too-large, file.exists, file.is-folder, file.no-space, file.failed, sandbox.gone, engine.*
 */
export async function uploadFile(target: UploadTarget, content: Readable): Promise<{ size: number; version: string }> {
  const { host, sandboxId, path, absolute, temporaryName } = target;
  const replace = target.replace ? '1' : '0';
  const hash = createHash('sha256');
  let size = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      size += chunk.length;
      hash.update(chunk);
      if (size > limits.fileUpload) callback(tooLargeToUpload(path));
      else callback(null, chunk);
    },
  });
  try {
    await receive(target, replace, content, measure);
    const argv: [string, ...string[]] = [
      'sh',
      '-c',
      commitUploadScript,
      'sh',
      absolute,
      temporaryName,
      String(size),
      replace,
    ];
    const committed = await runProgram(host, sandboxId, { argv }, { maxOutput: 0, timeoutMs: 15_000 });
    if (committed.exitCode !== 0) throw fileError(path, committed.exitCode, committed.stderr);
    return { size, version: hash.digest('hex').slice(0, 32) };
  } catch (error) {
    content.resume(); // so that the client can still be told why
    const argv: [string, ...string[]] = ['sh', '-c', abandonUploadScript, 'sh', absolute, temporaryName];
    // The first failure is the one to tell; after a dead sandbox this one cannot succeed either.
    await runProgram(host, sandboxId, { argv }, { maxOutput: 0, timeoutMs: 15_000 }).catch(() => undefined);
    throw error;
  }
}

async function receive(target: UploadTarget, replace: string, content: Readable, measure: Transform): Promise<void> {
  const session = await target.host.exec(target.sandboxId, {
    argv: ['sh', '-c', uploadScript, 'sh', target.absolute, target.temporaryName, replace],
  });
  let stderr = '';
  session.stdout.resume();
  session.stderr.on('data', (chunk: Buffer) => {
    if (stderr.length < 2048) stderr += chunk.toString('utf8');
  });
  for (const stream of [session.stdout, session.stderr]) stream.on('error', () => undefined);
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), timeoutMs);
  try {
    const sent = pipeline(content, measure, session.stdin, { signal: late.signal }).then(
      () => null,
      (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
    );
    // The program ends first when it refuses, and then our writing fails too: its reason is the one to tell.
    const first = await Promise.race([sent.then((failure) => ({ failure })), session.exit.then((code) => ({ code }))]);
    if ('failure' in first && first.failure !== null) {
      if (first.failure instanceof DrydockError) throw first.failure;
      const code = await Promise.race([
        session.exit,
        new Promise<null>((resolve) => setTimeout(resolve, 1_000, null)),
      ]).catch(() => null);
      if (code !== null && code !== 0) throw fileError(target.path, code, stderr);
      throw new DrydockError(
        'file.failed',
        `The upload of “${target.path}” broke off, so nothing was changed. Try again.`,
        {
          cause: first.failure,
        },
      );
    }
    const code = await session.exit;
    if (code !== 0) throw fileError(target.path, code, stderr);
    const failure = await sent;
    if (failure !== null) throw failure;
  } finally {
    clearTimeout(timer);
    session.dispose();
  }
}

export function tooLargeToUpload(path: string): DrydockError {
  return new DrydockError(
    'file.too-large',
    `“${path}” is too large to upload: at most ${formatBytes(limits.fileUpload)} at a time. Fetch it in the terminal, or split it.`,
    { details: { limit: limits.fileUpload } },
  );
}
