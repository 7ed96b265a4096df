import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** True for the module that Node was started with. */
export function isMain(moduleUrl: string): boolean {
  const [, script] = process.argv;
  return script !== undefined && realpathSync(script) === fileURLToPath(moduleUrl);
}

/** What a command of a person needs of its process: aborted when they want to stop, and `list | head` reads as much as it wants. */
export function openCliProcess(options: { stopping: string }): AbortSignal {
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (!abort.signal.aborted) process.stderr.write(options.stopping);
      abort.abort();
    });
  }
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      process.exit();
    });
  }
  return abort.signal;
}
