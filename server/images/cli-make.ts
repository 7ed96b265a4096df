import { formatBytes } from '../checks/comparison.ts';
import { toErrorBody } from '../errors.ts';
import type { CatalogueImage } from './catalogue.ts';
import {
  type Asked,
  type ImagesAtHand,
  type ImagesCliIo,
  type ImagesCommand,
  imagesNamed,
  makeAll,
} from './cli-command.ts';
import { typedName } from './typed-name.ts';

export const buildCommand: ImagesCommand = {
  name: 'build',
  synopsis: ['[IMAGE…] [--json]'],
  summary:
    'builds images from the Dockerfiles in images/, on Debian packages, also where Docker Hub answers: those that lessons need and that are not there or out of date, or those that are named, anew.',
  options: ['--json'],
  words: { min: 0, max: 100, what: 'images' },
  run: async (asked, io) => {
    const hand = await io.open();
    const images = await chooseBuilt(asked, hand);
    if (images.length === 0)
      return nothingToDo(asked, io, 'Everything that lessons need and that can be built is there and up to date.');
    return tell(asked, io, hand, images, (image, following) =>
      hand.maker.make(image, { ...following, source: 'drydock' }),
    );
  },
};

export const pullCommand: ImagesCommand = {
  name: 'pull',
  synopsis: ['[--accept] [IMAGE…] [--json]'],
  summary:
    'takes images from Docker Hub: those that lessons need, or those that are named. The digest of the first pull is remembered; one that Docker Hub has changed since is refused, unless --accept says to take it.',
  options: ['--accept', '--json'],
  words: { min: 0, max: 100, what: 'images' },
  run: async (asked, io) => {
    const hand = await io.open();
    const images =
      asked.words.length > 0
        ? imagesNamed(asked.words, hand.catalogue)
        : neededOf(hand).filter((image) => image.hub !== null);
    if (images.length === 0) return nothingToDo(asked, io, 'No lesson needs an image that Docker Hub has.');
    const left = asked.words.length > 0 ? [] : neededOf(hand).filter((image) => image.hub === null);
    if (left.length > 0 && !asked.options.has('--json')) {
      const names = left.map(typedName).join(', ');
      io.out(
        `Left out, for Docker Hub has no such image: ${names}. \`npm run images -- build\` makes what is missing.\n`,
      );
    }
    const accept = asked.options.has('--accept');
    return tell(asked, io, hand, images, (image, following) =>
      hand.maker.make(image, { ...following, source: 'docker-hub', accept }),
    );
  },
};

function neededOf({ catalogue, needed }: ImagesAtHand): CatalogueImage[] {
  return [...needed.keys()].flatMap((id) => catalogue.filter((image) => image.id === id));
}

async function chooseBuilt({ words }: Asked, hand: ImagesAtHand): Promise<CatalogueImage[]> {
  if (words.length > 0) return imagesNamed(words, hand.catalogue);
  const { served, outdated } = await hand.maker.look();
  return neededOf(hand).filter(({ id, build }) => build !== null && (!served.has(id) || outdated.has(id)));
}

function nothingToDo({ options }: Asked, io: ImagesCliIo, words: string): number {
  io.out(options.has('--json') ? `${JSON.stringify({ made: [], failed: [] }, null, 2)}\n` : `${words}\n`);
  return 0;
}

async function tell(
  { options }: Asked,
  io: ImagesCliIo,
  { maker }: Pick<ImagesAtHand, 'maker'>,
  images: readonly CatalogueImage[],
  make: Parameters<typeof makeAll>[1],
): Promise<number> {
  const { made, failed } = await makeAll(images, make, io);
  if (options.has('--json')) {
    const errors = failed.map(({ id, error }) => ({ id, error: toErrorBody(error) }));
    io.out(`${JSON.stringify({ made, failed: errors }, null, 2)}\n`);
  } else {
    for (const each of made)
      io.out(`${typedName(each)}: ${each.origin}, ${formatBytes(each.download)} to download, ${each.digest}\n`);
    const ready = made.length === 1 ? '1 image is ready.' : `${made.length} images are ready.`;
    if (made.length > 0) io.out(`${ready}\n`);
    const missing = images.filter(({ id }) => failed.some((each) => each.id === id));
    if (missing.length > 0) io.out(`Not made: ${missing.map(typedName).join(', ')}.${await keptOf(missing, maker)}\n`);
  }
  return failed.length === 0 ? 0 : 1;
}

/** Of what could not be made, what is served all the same, from before. */
async function keptOf(images: readonly CatalogueImage[], maker: ImagesAtHand['maker']): Promise<string> {
  const served = await maker.look().then(
    (state) => state.served,
    () => new Map<string, never>(),
  );
  const kept = images.filter(({ id }) => served.has(id));
  return kept.length === 0 ? '' : ` Served as before: ${kept.map(typedName).join(', ')}.`;
}
