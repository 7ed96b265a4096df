import type { Duplex, Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { DrydockError, errorForLog } from '../errors.ts';
import { type ContainerProgram, programError, runProgram, startProgram } from './container-program.ts';
import { deadlines, type Engine } from './engine.ts';
import { engineStatus, withDeadline } from './engine-errors.ts';
import { ExecStreams } from './exec-stream.ts';

/** Everything of the registry that has no network and no rights. */
export const confined = {
  NetworkMode: 'none',
  CapDrop: ['ALL'],
  SecurityOpt: ['no-new-privileges'],
  ReadonlyRootfs: true,
  Init: true,
};

export interface FillerPlace {
  /** Name of the container: there is one of a name, so it is also the lock that other processes see. */
  name: string;
  labels: Record<string, string>;
  imageId: string;
  storageVolume: string;
}

/** A filler that was made but does not run is given this long before it counts as forgotten, in milliseconds. */
const startPatience = 30_000;

/** What ends by itself when its input ends is given this long, in milliseconds. */
const endPatience = 10_000;

/**
 * The one container of a lab that may write to the registry's storage, for as long as somebody holds it. It ends when
 * the process that holds it does, however that ends.
 */
export class RegistryFiller {
  readonly #engine: Engine;
  readonly #container: Docker.Container;
  readonly #streams: ExecStreams;

  private constructor(engine: Engine, container: Docker.Container, streams: ExecStreams) {
    this.#engine = engine;
    this.#container = container;
    this.#streams = streams;
  }

  /**
   * Waits at most `patience` milliseconds for another filler of this lab to end.
   * @throws image.busy, registry.failed, engine.*
   */
  static async open(
    engine: Engine,
    place: FillerPlace,
    options: { patience: number; signal?: AbortSignal | undefined; onWait?: () => void },
  ): Promise<RegistryFiller> {
    const giveUpAt = performance.now() + options.patience;
    for (let waited = false; ; ) {
      options.signal?.throwIfAborted();
      const container = await create(engine, place);
      if (container !== null) return RegistryFiller.#start(engine, container);
      const gone = await removeDead(engine, place);
      if (performance.now() > giveUpAt) throw busy();
      if (!gone && !waited) {
        waited = true;
        options.onWait?.();
      }
      // The engine gives a name free a moment after its container.
      await sleep(gone ? 20 : 200);
    }
  }

  static async #start(engine: Engine, container: Docker.Container): Promise<RegistryFiller> {
    const doing = 'start the filler of the registry';
    try {
      return await withDeadline(doing, deadlines.change, async (abortSignal) => {
        const socket = await container.attach({ stream: true, hijack: true, stdin: true, stdout: true, stderr: true });
        const streams = new ExecStreams(socket as Duplex);
        const ready = firstWords(streams);
        await container.start({ abortSignal });
        const words = await ready;
        if (!words.startsWith('ready')) throw programError(doing, words, null);
        // Nothing else is said by what only waits.
        streams.stdout.resume();
        streams.stderr.resume();
        return new RegistryFiller(engine, container, streams);
      });
    } catch (error) {
      await remove(engine, container);
      throw error;
    }
  }

  /** Runs one of `drydock-registry`'s programs to its end. @throws registry.failed, host.disk-full, engine.* */
  async run(doing: string, argv: string[], input?: Readable | Buffer | string): Promise<Buffer> {
    try {
      return await runProgram(
        this.#container,
        ['drydock-registry', ...argv],
        input === undefined ? { doing } : { doing, input },
      );
    } catch (error) {
      const isOfEngine = error instanceof DrydockError && error.code === 'engine.failed';
      if (!isOfEngine || (await this.#isRunning())) throw error;
      // However the engine puts it: the filler was ended from outside.
      throw programError(doing, '', null, error);
    }
  }

  async start(doing: string, argv: string[], input: string): Promise<ContainerProgram> {
    return startProgram(this.#container, ['drydock-registry', ...argv], { doing, input });
  }

  /** True also where the engine cannot say. */
  async #isRunning(): Promise<boolean> {
    return this.#container.inspect().then(
      ({ State }) => State.Running,
      (error: unknown) => engineStatus(error) !== 404,
    );
  }

  /** Clears away what was not taken over, and lets the next one in. */
  async close(): Promise<void> {
    this.#streams.stdin.end();
    try {
      await withDeadline('end the filler of the registry', endPatience, async (abortSignal) => {
        await this.#container.wait({ condition: 'not-running', abortSignal });
      });
    } catch (error) {
      this.#engine.logger.debug(errorForLog(error), 'a registry filler does not end by itself');
    }
    await this.kill();
  }

  /** Ends it at once, with all that runs in it. */
  async kill(): Promise<void> {
    this.#streams.destroy();
    await remove(this.#engine, this.#container);
  }
}

/** null: there is one of that name. */
async function create(engine: Engine, place: FillerPlace): Promise<Docker.Container | null> {
  return withDeadline('make the filler of the registry', deadlines.change, async (abortSignal) => {
    try {
      return await engine.docker.createContainer({
        name: place.name,
        Image: place.imageId,
        Cmd: ['hold'],
        Labels: place.labels,
        OpenStdin: true,
        StdinOnce: true,
        AttachStdin: true,
        AttachStdout: true,
        AttachStderr: true,
        HostConfig: {
          ...confined,
          // When our process dies there is nobody else to remove it, and what it was sent is big.
          AutoRemove: true,
          PidsLimit: 256,
          LogConfig: { Type: 'none', Config: {} },
          Mounts: [
            { Type: 'volume', Source: place.storageVolume, Target: '/var/lib/registry' },
            // Anonymous, so it goes with the container: archives are too big for memory.
            { Type: 'volume', Source: '', Target: '/work' },
          ],
        },
        abortSignal,
      });
    } catch (error) {
      if (engineStatus(error) === 409) return null;
      throw error;
    }
  });
}

/** Removes the filler of that name if it ran and ended, or was forgotten. @returns whether there is none now */
async function removeDead(engine: Engine, place: FillerPlace): Promise<boolean> {
  const info = await withDeadline('look at the filler of the registry', deadlines.request, async (abortSignal) => {
    try {
      return await engine.docker.getContainer(place.name).inspect({ abortSignal });
    } catch (error) {
      if (engineStatus(error) === 404) return null;
      throw error;
    }
  });
  if (info === null) return true;
  const { 'drydock.lab': lab, 'drydock.role': role } = info.Config.Labels;
  if (lab !== place.labels['drydock.lab'] || role !== place.labels['drydock.role']) {
    throw new DrydockError(
      'engine.failed',
      `There is a container ${place.name} on this engine that does not belong to this lab, so Drydock leaves it alone. Whoever runs this Drydock has to rename or remove it.`,
    );
  }
  const fresh = info.State.Status === 'created' && (await ageOf(engine, info.Created)) < startPatience;
  if (info.State.Running || fresh) return false;
  await remove(engine, engine.docker.getContainer(info.Id));
  return true;
}

/** Milliseconds by the engine's own clock: that of its machine may differ from ours. */
async function ageOf(engine: Engine, created: string): Promise<number> {
  return withDeadline('look at the engine', deadlines.request, async () => {
    const { SystemTime: now } = (await engine.docker.info()) as { SystemTime?: string };
    return (now === undefined ? Date.now() : Date.parse(now)) - Date.parse(created);
  });
}

async function remove(engine: Engine, container: Docker.Container): Promise<void> {
  try {
    await withDeadline('remove the filler of the registry', deadlines.change, async (abortSignal) => {
      try {
        await container.remove({ force: true, v: true, abortSignal });
      } catch (error) {
        // Gone already, or going: whoever waits for the name sees when.
        const status = engineStatus(error);
        if (status !== 404 && status !== 409) throw error;
      }
    });
  } catch (error) {
    engine.logger.warn(errorForLog(error), 'a registry filler stays');
  }
}

/** What it says first, on either output; all it said when it ends before. */
async function firstWords(streams: ExecStreams): Promise<string> {
  return new Promise((resolve) => {
    let said = '';
    const take = (chunk: Buffer): void => {
      said += chunk.toString('utf8');
      if (said.startsWith('ready')) resolve(said);
    };
    streams.stdout.on('data', take);
    streams.stderr.on('data', take);
    streams.closed.then(
      () => resolve(said),
      () => resolve(said),
    );
  });
}

function busy(): DrydockError {
  return new DrydockError(
    'image.busy',
    'Another process puts images into the registry of this lab, and does not come to an end. Wait until it is done, or end it, and try again.',
  );
}
