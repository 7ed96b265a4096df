import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Disposable } from '../disposable.ts';
import { DrydockError, describeError } from '../errors.ts';
import { deadlines, type Engine, type FoundSandbox } from './engine.ts';
import { engineStatus, printable, sandboxGone, toEngineError, withDeadline } from './engine-errors.ts';
import { ExecStreams } from './exec-stream.ts';
import { LineSplitter } from './line-splitter.ts';
import type { StartStage } from './sandbox-host.ts';

/** What the image's entry says on stdout and stderr. */
const readyLine = 'drydock: ready';
const failedPrefix = 'drydock: failed:';

/** Bytes of the entry's output that are looked at; it says a few lines. */
const outputLimit = 256 * 1024;

interface StartOptions {
  timeoutMs: number;
  onStage?: (stage: StartStage) => void;
  /** Asks the inner daemon once. */
  ping: () => Promise<void>;
  /** Lets the engine mount its disks until disposed of. */
  attachDisks: () => Promise<Disposable>;
}

/**
 * Starts the sandbox's container and waits until its dockerd answers.
 * @throws sandbox.gone, sandbox.failed, engine.unreachable, engine.failed
 */
export async function startSandbox(engine: Engine, id: string, options: StartOptions): Promise<void> {
  const deadline = performance.now() + options.timeoutMs;
  const found = await engine.find(id);
  if (found === null) throw sandboxGone(id);
  const { container, info } = found;
  if (info.State.Running) {
    if (info.State.Paused) {
      await withDeadline('wake the sandbox', deadlines.request, (abortSignal) => container.unpause({ abortSignal }));
    }
    options.onStage?.('waiting-for-daemon');
    await waitForAnswer(engine, id, deadline, options.ping);
    return;
  }
  options.onStage?.('starting');
  const [watch, disks] = await openBoth(EntryWatch.open(found), options.attachDisks());
  try {
    try {
      await startContainer(container, id);
    } finally {
      disks.dispose();
    }
    options.onStage?.('waiting-for-daemon');
    await watch.ready(Math.max(1, deadline - performance.now()));
  } finally {
    watch.dispose();
  }
}

/** Both, or neither. */
async function openBoth<A extends Disposable, B extends Disposable>(one: Promise<A>, two: Promise<B>): Promise<[A, B]> {
  const [first, second] = await Promise.allSettled([one, two]);
  if (first.status === 'fulfilled' && second.status === 'fulfilled') return [first.value, second.value];
  for (const each of [first, second]) if (each.status === 'fulfilled') each.value.dispose();
  throw first.status === 'rejected' ? first.reason : second.status === 'rejected' ? second.reason : undefined;
}

async function startContainer(container: FoundSandbox['container'], id: string): Promise<void> {
  await withDeadline('start the sandbox', deadlines.change, async (abortSignal) => {
    try {
      await container.start({ abortSignal });
    } catch (error) {
      // 304: somebody else started it meanwhile.
      if (engineStatus(error) === 404) throw sandboxGone(id, error);
      if (engineStatus(error) !== 304) throw error;
    }
  });
}

/** Asks a running sandbox until it answers, dies or time is up. */
async function waitForAnswer(engine: Engine, id: string, deadline: number, ping: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      await ping();
      return;
    } catch (error) {
      const found = await engine.find(id);
      if (found === null) throw sandboxGone(id, error);
      if (!found.info.State.Running) throw failed(await lastWords(found), error);
      if (performance.now() > deadline) throw timedOut(error);
    }
    await sleep(150);
  }
}

/** The entry's output, attached before the container starts so that no line is missed. */
class EntryWatch {
  readonly #streams: ExecStreams;
  readonly #ready: Promise<void>;
  #words = '';
  #seen = 0;

  static async open(found: FoundSandbox): Promise<EntryWatch> {
    const socket = await withDeadline(
      'listen to the sandbox',
      deadlines.request,
      async (abortSignal) =>
        (await found.container.attach({
          stream: true,
          hijack: true,
          stdout: true,
          stderr: true,
          abortSignal,
        })) as Duplex,
    );
    return new EntryWatch(new ExecStreams(socket));
  }

  constructor(streams: ExecStreams) {
    this.#streams = streams;
    this.#ready = new Promise<void>((resolve, reject) => {
      const onLine = (line: string): void => {
        if (line.trim() === readyLine) resolve();
        if (line.startsWith(failedPrefix)) this.#words = line.slice(failedPrefix.length);
      };
      for (const stream of [streams.stdout, streams.stderr]) {
        const lines = new LineSplitter(16 * 1024, onLine);
        stream.on('data', (chunk: Buffer) => {
          this.#seen += chunk.length;
          if (this.#seen > outputLimit) streams.destroy(new Error('the entry says too much'));
          else lines.push(chunk);
        });
        stream.on('end', () => lines.end());
      }
      // The stream ends with the container. The lines before it are read first.
      streams.closed.then(
        () => setImmediate(() => reject(failed(this.#words, undefined))),
        (error: unknown) => reject(toEngineError(error, 'listen to the starting sandbox')),
      );
    });
    this.#ready.catch(() => undefined);
  }

  async ready(milliseconds: number): Promise<void> {
    const timer = new AbortController();
    try {
      await Promise.race([
        this.#ready,
        sleep(milliseconds, undefined, { signal: timer.signal }).then(() => {
          throw timedOut(undefined);
        }),
      ]);
    } finally {
      timer.abort();
    }
  }

  dispose(): void {
    this.#streams.destroy();
  }
}

function failed(words: string, cause: unknown): DrydockError {
  const said = printable(words, 300);
  // The entry's own word for it, see images/sandbox/README.md.
  if (said.trimStart().startsWith('disk-full:')) {
    return new DrydockError(
      'sandbox.disk-full',
      'The disk of your sandbox is full, and its Docker needs some room to start. Reset the sandbox: that gives it an empty disk and keeps your files.',
      { cause, details: { said } },
    );
  }
  return new DrydockError(
    'sandbox.failed',
    said === ''
      ? 'Your sandbox ended before its Docker was ready. Start it again; if it happens again, whoever runs this Drydock finds more in `npm run doctor`.'
      : `Your sandbox could not start. It says: ${said}`,
    { cause, details: { said } },
  );
}

function timedOut(cause: unknown): DrydockError {
  return new DrydockError(
    'sandbox.failed',
    'The Docker in your sandbox did not answer in time. The server may be busy: try again in a moment.',
    { cause, details: { timedOut: true } },
  );
}

/** The `drydock: failed:` line of a container that ended, from the end of its log. */
async function lastWords(found: FoundSandbox): Promise<string> {
  try {
    const log = await withDeadline('read the log of the sandbox', deadlines.request, (abortSignal) =>
      found.container.logs({ follow: false, stdout: true, stderr: true, tail: 50, abortSignal }),
    );
    const lines = log.toString('latin1').split('\n');
    const line = lines.findLast((text) => text.includes(failedPrefix));
    return line === undefined ? '' : line.slice(line.indexOf(failedPrefix) + failedPrefix.length);
  } catch (error) {
    return `(its log could not be read: ${describeError(error)})`;
  }
}

/** Stops the container, giving its entry `graceSeconds` to end the learner's containers in order. */
export async function stopSandbox(engine: Engine, id: string, graceSeconds: number): Promise<void> {
  const found = await engine.find(id);
  if (found === null) throw sandboxGone(id);
  const { container, info } = found;
  if (info.State.Paused) {
    // A frozen container cannot end in order.
    await withDeadline('wake the sandbox', deadlines.request, (abortSignal) => container.unpause({ abortSignal }));
  }
  // The image's entry takes up to 1.5 s more to put its daemons away once the time of the containers is over.
  const t = Math.max(0, Math.ceil(graceSeconds)) + 3;
  await withDeadline('stop the sandbox', t * 1000 + deadlines.request, async (abortSignal) => {
    try {
      await container.stop({ t, abortSignal });
    } catch (error) {
      const status = engineStatus(error);
      if (status === 404) throw sandboxGone(id, error);
      // 304: it did not run.
      if (status !== 304) throw error;
    }
  });
}

/** Freezes the container. One that is frozen, or does not run, stays as it is. @throws sandbox.gone */
export async function pauseSandbox(engine: Engine, id: string): Promise<void> {
  const found = await engine.find(id);
  if (found === null) throw sandboxGone(id);
  const { container, info } = found;
  if (!info.State.Running || info.State.Paused) return;
  await withDeadline('pause the sandbox', deadlines.request, async (abortSignal) => {
    try {
      await container.pause({ abortSignal });
    } catch (error) {
      const status = engineStatus(error);
      if (status === 404) throw sandboxGone(id, error);
      // It ended, or somebody else froze it, since we looked.
      const now = (await container.inspect({ abortSignal })).State;
      if (now.Running && !now.Paused) throw error;
    }
  });
}
