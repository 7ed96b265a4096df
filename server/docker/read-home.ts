import { pipeline, type Readable, Transform } from 'node:stream';
import type { Disposable } from '../disposable.ts';
import { DrydockError } from '../errors.ts';
import { deadlines, type Engine, type FoundSandbox } from './engine.ts';
import { sandboxGone, withDeadline } from './engine-errors.ts';
import { labels, volumeNames } from './sandbox-container.ts';
import { findVolume } from './sandbox-volumes.ts';

/** Of homes of sandboxes that were made before their size was noted (bytes). */
const defaultBytes = 2 ** 30;

/**
 * Why a home cannot be read without a container: there is none, or one whose container has to be made first. The two
 * must not be taken for each other by whoever removes a home once it is read.
 */
export async function noContainer(engine: Engine, id: string, withDisks: readonly string[]): Promise<DrydockError> {
  const volume = await findVolume(engine, volumeNames(engine.lab, id).home, id);
  // An engine whose volumes were pruned has forgotten the name of a disk, not its file.
  if (volume === null && !withDisks.includes(id)) return sandboxGone(id);
  return new DrydockError(
    'sandbox.failed',
    'The files of this sandbox are there, but not the sandbox they are read through. Start it, and try again.',
  );
}

/**
 * The engine's own copy of the home, so that a sandbox that is stopped, or broken from inside, can be read too.
 * The engine writes out the holes of files, so this can be more than the disk holds, and is bounded.
 * @param attachDisks lets the engine mount its disks until disposed of
 */
export async function readHome(found: FoundSandbox, attachDisks: () => Promise<Disposable>): Promise<Readable> {
  const noted = Number(found.info.Config.Labels[labels.homeBytes]);
  const limit = 2 * (Number.isSafeInteger(noted) && noted > 0 ? noted : defaultBytes);
  // The engine mounts a stopped sandbox's volumes for as long as it reads, which begins before it answers.
  const disks = await attachDisks();
  try {
    return await withDeadline('read the files of the sandbox', deadlines.change, async (abortSignal) => {
      const source = (await found.container.getArchive({ path: '/root', abortSignal })) as Readable;
      return bounded(source, limit);
    });
  } finally {
    disks.dispose();
  }
}

/** Exported for its test. */
export function bounded(source: Readable, limit: number): Readable {
  let bytes = 0;
  const output = new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      bytes += chunk.length;
      if (bytes <= limit) callback(null, chunk);
      else callback(tooLarge());
    },
  });
  // Ends the engine's side when the reader goes away, and tells the reader when the engine does.
  pipeline(source, output, () => undefined);
  return output;
}

function tooLarge(): DrydockError {
  return new DrydockError(
    'file.too-large',
    'The files in this home are much larger than it is, as files with holes are. They cannot be kept as an archive.',
  );
}
