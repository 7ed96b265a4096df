import { z } from 'zod';
import type { SandboxUse } from '../../protocol/sandbox.ts';
import type { Disposable } from '../disposable.ts';
import { errorForLog } from '../errors.ts';
import type { Engine } from './engine.ts';
import { ExecStreams } from './exec-stream.ts';
import { LineSplitter } from './line-splitter.ts';
import { readThrottled } from './throttle.ts';

/** Of one line of the measuring program (bytes); it writes about 250. */
const longestLine = 4096;

const amount = z.number().finite().min(0).max(Number.MAX_SAFE_INTEGER).nullable().catch(null);
const fileUse = z
  .object({ bytes: z.number().finite().min(0), inodes: z.number().finite().min(0) })
  .nullable()
  .catch(null);
const measurement = z.object({
  memory: amount,
  /** processor time since the sandbox began, in nanoseconds */
  cpuNs: amount,
  pids: amount,
  disk: fileUse,
  home: fileUse,
  openFiles: amount,
  logBytes: amount,
});

/** Turns the lines of `drydock-measure` into uses. The sandbox wrote them, so nothing in them is believed. */
export class UseReader {
  readonly #now: () => number;
  #before: { at: number; cpuNs: number } | null = null;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** null: not a measurement */
  read(line: string): SandboxUse | null {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      return null;
    }
    const parsed = measurement.safeParse(value);
    if (!parsed.success) return null;
    const { cpuNs, ...rest } = parsed.data;
    const at = this.#now();
    const before = this.#before;
    // Lines that waited in a pipe (the sandbox was frozen, we were busy) arrive together and say nothing of a rate.
    const elapsed = before === null ? 0 : at - before.at;
    const spent = before === null || cpuNs === null ? -1 : cpuNs - before.cpuNs;
    const cpus = elapsed >= 100 && spent >= 0 ? spent / (elapsed * 1e6) : null;
    if (cpuNs === null) this.#before = null;
    else if (before === null || elapsed >= 100) this.#before = { at, cpuNs };
    return { at, ...rest, cpus };
  }
}

/** Runs the measuring program of the sandbox's image until disposed of, beside the learner's namespace. */
export function measureSandbox(
  engine: Engine,
  id: string,
  options: { intervalMs: number; onUse: (use: SandboxUse) => void; onEnd: () => void },
): Disposable {
  let streams: ExecStreams | null = null;
  let over = false;
  const end = (): void => {
    if (over) return;
    over = true;
    streams?.destroy();
    options.onEnd();
  };
  const seconds = Math.max(1, options.intervalMs / 1000);
  const begin = async (): Promise<void> => {
    const { socket } = await engine.startExec(id, ['drydock-measure', String(seconds)], { stdin: true });
    const opened = new ExecStreams(socket);
    streams = opened;
    if (over) {
      opened.destroy();
      return;
    }
    const reader = new UseReader(Date.now);
    let readAt = Number.NEGATIVE_INFINITY;
    const lines = new LineSplitter(longestLine, (line) => {
      // One that writes faster than it was told to is heard as often as was asked for.
      const now = performance.now();
      if (over || now - readAt < (seconds * 1000) / 2) return;
      readAt = now;
      const use = reader.read(line);
      if (use !== null) options.onUse(use);
    });
    readThrottled(opened.stdout, 64 * 1024, (chunk) => lines.push(chunk));
    opened.stderr.resume();
    await opened.closed;
  };
  begin().then(end, (error: unknown) => {
    if (!over) engine.logger.debug({ sandbox: id, ...errorForLog(error) }, 'a sandbox is not measured any more');
    end();
  });
  return {
    dispose: () => {
      over = true;
      // The program ends with its input.
      streams?.destroy();
    },
  };
}
