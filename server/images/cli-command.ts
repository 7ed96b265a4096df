import { nearestWord } from '../checks/nearest-word.ts';
import type { Following } from '../docker/image-builder.ts';
import { DrydockError, describeError } from '../errors.ts';
import type { Progress } from '../progress.ts';
import type { Registry } from '../registry/registry.ts';
import type { BundleSummary } from './bundle.ts';
import type { CatalogueImage } from './catalogue.ts';
import { indexImages } from './image-index.ts';
import type { ImageMaker, MadeImage } from './image-maker.ts';
import type { LoadSummary } from './load-bundle.ts';
import { typedName } from './typed-name.ts';

/** What the commands work with. */
export interface ImagesAtHand {
  catalogue: CatalogueImage[];
  maker: Pick<ImageMaker, 'make' | 'look' | 'mend' | 'recorded'>;
  registry: Pick<Registry, 'verify'>;
  /** Ids of the catalogue's images that lessons use, in the order in which a learner meets them, with those lessons. */
  needed: Map<string, string[]>;
  /** `spare`: ids of those whose failure keeps nothing else out of it. */
  bundle(
    images: CatalogueImage[],
    file: string,
    options: Following & { spare: ReadonlySet<string> },
  ): Promise<BundleSummary>;
}

/** Which lab the commands are for. */
export interface LabOfFolder {
  dataDir: string;
  isRunning: boolean;
}

export interface ImagesCliIo {
  out: (text: string) => void;
  err: (text: string) => void;
  progress: Progress;
  signal: AbortSignal;
  /** @throws sandbox.image-missing where there is no set-up, engine.unreachable, config.invalid */
  open: () => Promise<ImagesAtHand>;
  load: (file: string, following: Following) => Promise<LoadSummary>;
  /** null: the configuration is wrong, which is said elsewhere. */
  lab: () => Promise<LabOfFolder | null>;
  now: () => number;
}

export interface Asked {
  /** Images, or a file. */
  words: string[];
  options: ReadonlySet<string>;
}

/** One word after `npm run images --`. */
export interface ImagesCommand {
  name: string;
  synopsis: readonly string[];
  summary: string;
  /** With their hyphens. */
  options: readonly string[];
  /** How many words may stand after the name, and what they are. */
  words: { min: number; max: number; what: string };
  /** @returns the exit status: 0 all is well, 1 something is wrong, 2 asked wrongly */
  run(asked: Asked, io: ImagesCliIo): Promise<number>;
}

/** The images that words mean: an id of the catalogue, or a name. @throws image.unknown */
export function imagesNamed(words: readonly string[], catalogue: readonly CatalogueImage[]): CatalogueImage[] {
  const find = indexImages(catalogue);
  const found = words.map((word) => {
    const image = catalogue.find(({ id }) => id === word) ?? find(word);
    if (image !== null) return image;
    const near = nearestWord(
      word,
      catalogue.flatMap(({ id, names }) => [id, ...names]),
    );
    throw new DrydockError(
      'image.unknown',
      `The catalogue has no image \`${word}\`.${near ? ` Did you mean \`${near}\`?` : ''} \`npm run images -- list\` shows all.`,
    );
  });
  return [...new Set(found)];
}

/** Words for an error, its code, and the last words of a build that failed. */
export function troubleText(error: unknown): string {
  if (!(error instanceof DrydockError)) return `${describeError(error)}\n`;
  const output = error.details?.output;
  const lines = Array.isArray(output) ? output.map((line) => `    ${String(line)}\n`) : [];
  return `${error.message} (${error.code})\n${lines.join('')}`;
}

interface Outcome {
  made: MadeImage[];
  failed: { id: string; error: DrydockError }[];
}

/** Makes one image after the other with progress; one that cannot be made does not keep the others. */
export async function makeAll(
  images: readonly CatalogueImage[],
  make: (image: CatalogueImage, following: Following) => Promise<MadeImage>,
  io: ImagesCliIo,
): Promise<Outcome> {
  const outcome: Outcome = { made: [], failed: [] };
  for (const [index, image] of images.entries()) {
    io.signal.throwIfAborted();
    const line = io.progress.begin(`${typedName(image)} (${index + 1} of ${images.length})`);
    try {
      outcome.made.push(await make(image, { signal: io.signal, onLine: (text) => line.tell(text) }));
      line.done();
    } catch (error) {
      if (io.signal.aborted) line.dropped();
      else line.failed();
      io.signal.throwIfAborted();
      if (!(error instanceof DrydockError)) throw error;
      outcome.failed.push({ id: image.id, error });
      io.progress.say(troubleText(error).trimEnd());
      // Nothing else could be made either.
      if (error.code === 'host.disk-full' || error.code === 'engine.unreachable' || error.code === 'image.busy') break;
    }
  }
  return outcome;
}
