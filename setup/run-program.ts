import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Environment } from '../server/config.ts';
import { SetupProblem } from './problem.ts';

export interface RunOptions {
  cwd?: string;
  env: Environment;
  /** Each line of stdout and stderr. */
  onLine?: (line: string) => void;
  signal?: AbortSignal;
}

/** Characters of output that are kept to be quoted. */
const kept = 64 * 1024;

/**
 * Runs a program without input to its end.
 * @throws SetupProblem with the last lines it wrote, when it fails
 */
export async function runProgram(program: string, args: readonly string[], options: RunOptions): Promise<string> {
  const { code, output } = await tryProgram(program, args, options);
  if (code === 0) return output;
  options.signal?.throwIfAborted();
  const said = output.trimEnd().split('\n').slice(-20).join('\n');
  throw new SetupProblem(`\`${[program, ...args].join(' ')}\` ended with code ${code}. Its last words:\n${said}`);
}

/** Like `runProgram`, but a failure is an exit code; 127 when the program is not there. */
export async function tryProgram(
  program: string,
  args: readonly string[],
  options: RunOptions,
): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env as NodeJS.ProcessEnv,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      killSignal: 'SIGTERM',
    });
    let output = '';
    const rests = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8');
      child[name].on('data', (text: string) => {
        output = (output + text).slice(-kept);
        const lines = (rests[name] + text).split(/[\r\n]+/);
        rests[name] = (lines.pop() ?? '').slice(-kept);
        for (const line of lines) if (line.trim() !== '') options.onLine?.(line);
      });
    }
    child.on('error', (error) => resolve({ code: 127, output: `${output}\n${error.message}` }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** The path of a program, also of one that only root's PATH has; null when it is not there. */
export function findProgram(name: string, env: Environment): string | null {
  for (const folder of searchPath(env).split(delimiter)) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // the next folder
    }
  }
  return null;
}

/** PATH with the folders of system programs, which `su` without `-` and some services lack. */
export function searchPath(env: Environment): string {
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const folder of ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']) {
    if (!folders.includes(folder)) folders.push(folder);
  }
  return folders.join(delimiter);
}
