import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { errorForLog } from '../errors.ts';
import { deadlines, type Engine } from './engine.ts';
import { withDeadline } from './engine-errors.ts';
import { LineSplitter } from './line-splitter.ts';
import { containerName, labels } from './sandbox-container.ts';
import type { HostEvent } from './sandbox-host.ts';

const backoff = { first: 250, longest: 10_000 };

/** An engine that hangs keeps its event stream open and silent, so it is pinged this often (milliseconds). */
const heartbeat = 15_000;

/** The engine reports memory running out just before the death it causes; later deaths have other reasons. */
const outOfMemoryWindow = 5_000;

/** Follows the engine's events until the signal aborts. */
export function watchHost(engine: Engine, listener: (event: HostEvent) => void, signal: AbortSignal): void {
  const emit = (event: HostEvent): void => {
    try {
      listener(event);
    } catch (error) {
      engine.logger.error(errorForLog(error), 'a listener of sandbox events failed');
    }
  };
  follow(engine, emit, signal).catch((error: unknown) => {
    if (!signal.aborted) engine.logger.error(errorForLog(error), 'stopped following the engine');
  });
}

async function follow(engine: Engine, emit: (event: HostEvent) => void, signal: AbortSignal): Promise<void> {
  let lost = false;
  let pause = backoff.first;
  while (!signal.aborted) {
    try {
      await followOnce(engine, emit, signal, () => {
        pause = backoff.first;
        if (lost) emit({ type: 'reconnected' });
        lost = false;
      });
    } catch (error) {
      if (signal.aborted) return;
      engine.logger.warn(errorForLog(error), 'lost the events of the engine');
    }
    if (signal.aborted) return;
    if (!lost) emit({ type: 'engine-lost' });
    lost = true;
    // Half of it random, so that several labs do not come back in step.
    await sleep(pause / 2 + (Math.random() * pause) / 2, undefined, { signal });
    pause = Math.min(pause * 2, backoff.longest);
  }
}

/** Resolves or rejects when the stream is over. */
async function followOnce(
  engine: Engine,
  emit: (event: HostEvent) => void,
  signal: AbortSignal,
  onOpen: () => void,
): Promise<void> {
  const filters = JSON.stringify({
    type: ['container'],
    label: [`${labels.lab}=${engine.lab}`],
    event: ['start', 'die', 'oom'],
  });
  const stream = (await withDeadline('follow its events', deadlines.request, (abortSignal) =>
    engine.docker.getEvents({ filters, abortSignal }),
  )) as Readable;
  const abort = (): void => {
    stream.destroy();
  };
  signal.addEventListener('abort', abort, { once: true });
  let timer: NodeJS.Timeout | undefined;
  const beat = (): void => {
    timer = setTimeout(() => {
      engine.ping().then(beat, (error: Error) => stream.destroy(error));
    }, heartbeat);
  };
  try {
    if (signal.aborted) stream.destroy();
    onOpen();
    beat();
    const reader = new HostEventReader(engine.lab, Date.now, emit);
    const lines = new LineSplitter(
      256 * 1024,
      (line) => {
        if (!reader.read(line)) engine.logger.warn({}, 'the engine sent an event that cannot be read');
      },
      () => engine.logger.warn({}, 'the engine sent an event that is too long'),
    );
    for await (const chunk of stream as AsyncIterable<Buffer>) lines.push(chunk);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    stream.destroy();
  }
}

const eventRecord = z.object({
  Type: z.literal('container'),
  Action: z.string(),
  Actor: z.object({ ID: z.string(), Attributes: z.record(z.string(), z.string()) }),
});

/** Turns the engine's event lines into ours. */
export class HostEventReader {
  readonly #lab: string;
  readonly #now: () => number;
  readonly #emit: (event: HostEvent) => void;
  /** When memory last ran out, by sandbox. */
  readonly #outOfMemory = new Map<string, number>();

  constructor(lab: string, now: () => number, emit: (event: HostEvent) => void) {
    this.#lab = lab;
    this.#now = now;
    this.#emit = emit;
  }

  /** False when the line is no event. Events that do not concern this lab's sandboxes are passed over. */
  read(line: string): boolean {
    if (line.trim() === '') return true;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      // Counted by the caller, which has the logger.
      return false;
    }
    const parsed = eventRecord.safeParse(value);
    if (!parsed.success) return false;
    const { Action, Actor } = parsed.data;
    const id = Actor.Attributes[labels.sandbox];
    const own = id !== undefined && Actor.Attributes[labels.lab] === this.#lab;
    if (!own || Actor.Attributes.name !== containerName(this.#lab, id)) return true;
    switch (Action) {
      case 'start':
        this.#outOfMemory.delete(id);
        this.#emit({ type: 'started', id });
        break;
      case 'oom':
        this.#outOfMemory.set(id, this.#now());
        break;
      case 'die': {
        const at = this.#outOfMemory.get(id);
        this.#outOfMemory.delete(id);
        const exitCode = Number.parseInt(Actor.Attributes.exitCode ?? '', 10);
        this.#emit({
          type: 'died',
          id,
          exitCode: Number.isNaN(exitCode) ? -1 : exitCode,
          outOfMemory: at !== undefined && this.#now() - at <= outOfMemoryWindow,
        });
      }
    }
    return true;
  }
}
