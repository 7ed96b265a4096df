import { type ExecFileOptionsWithStringEncoding, execFile } from 'node:child_process';
import { DrydockError } from '../errors.ts';
import { printable } from './engine-errors.ts';

/** Not our own environment: an operator's PATH often lacks /sbin, and the words of the tools are read. */
const environment = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };

/** What a program of this machine said before it failed. */
export class ToolError extends Error {
  /** null: it is not installed, or did not end by itself */
  readonly exitCode: number | null;
  readonly words: string;

  constructor(tool: string, exitCode: number | null, words: string, cause: Error) {
    super(`${tool}: ${words === '' ? cause.message : words}`, { cause });
    this.exitCode = exitCode;
    this.words = words;
  }
}

/** Runs a program of this machine, at most a minute, and gives what it said on stdout. @throws ToolError */
export async function runTool(tool: string, args: string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const options: ExecFileOptionsWithStringEncoding = {
      encoding: 'utf8',
      // Node's types of ours want NODE_ENV, which is for Next alone.
      env: environment as unknown as NodeJS.ProcessEnv,
      timeout: 60_000,
      killSignal: 'SIGKILL',
      maxBuffer: 256 * 1024,
    };
    const child = execFile(tool, args, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new ToolError(tool, typeof error.code === 'number' ? error.code : null, printable(stderr), error));
    });
    // It may end without reading; its exit code says more than our broken pipe.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

/** What failed around a sandbox's disk, in words for the learner: the disk is full, or something else. */
export function diskError(error: unknown): DrydockError {
  if (error instanceof DrydockError) return error;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT' || (error instanceof ToolError && /no space left/i.test(error.words))) {
    return hostDiskFull(error);
  }
  return new DrydockError(
    'sandbox.failed',
    'The disk of your sandbox could not be prepared. Try again in a moment; the server log has the details.',
    { cause: error },
  );
}

export function hostDiskFull(cause: unknown): DrydockError {
  return new DrydockError(
    'host.disk-full',
    'The disk of this server is full, so there is no room for your sandbox. Nothing you saved is lost. Whoever runs this Drydock has to make room.',
    { cause },
  );
}
