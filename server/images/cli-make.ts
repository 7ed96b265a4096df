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

export const buildCommand: ImagesCommand = {
  name: 'build',
  synopsis: ['[IMAGE…] [--json]'],
  summary:
    'builds images from the Dockerfiles in images/, on Debian packages, also where Docker Hub answers: those that lessons need and that are not there, or those that are named, anew.',
  options: ['--json'],
  words: { min: 0, max: 100, what: 'images' },
  run: async (asked, io) => {
    const hand = await io.open();
    const images = await chooseBuilt(asked, hand);
    if (images.length === 0)
      return nothingToDo(asked, io, 'Everything that lessons need and that can be built is there.');
    return tell(asked, io, images, (image, following) => hand.maker.make(image, { ...following, source: 'drydock' }));
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
    const accept = asked.options.has('--accept');
    return tell(asked, io, images, (image, following) =>
      hand.maker.make(image, { ...following, source: 'docker-hub', accept }),
    );
  },
};

function neededOf({ catalogue, needed }: ImagesAtHand): CatalogueImage[] {
  return [...needed.keys()].flatMap((id) => catalogue.filter((image) => image.id === id));
}

async function chooseBuilt({ words }: Asked, hand: ImagesAtHand): Promise<CatalogueImage[]> {
  if (words.length > 0) return imagesNamed(words, hand.catalogue);
  const there = await hand.maker.state();
  return neededOf(hand).filter((image) => image.build !== null && !there.has(image.id));
}

function nothingToDo({ options }: Asked, io: ImagesCliIo, words: string): number {
  io.out(options.has('--json') ? `${JSON.stringify({ made: [], failed: [] }, null, 2)}\n` : `${words}\n`);
  return 0;
}

async function tell(
  { options }: Asked,
  io: ImagesCliIo,
  images: readonly CatalogueImage[],
  make: Parameters<typeof makeAll>[1],
): Promise<number> {
  const { made, failed } = await makeAll(images, make, io);
  if (options.has('--json')) {
    const errors = failed.map(({ id, error }) => ({ id, error: toErrorBody(error) }));
    io.out(`${JSON.stringify({ made, failed: errors }, null, 2)}\n`);
  } else {
    for (const { id, origin, digest, download } of made)
      io.out(`${id}: ${origin}, ${formatBytes(download)} to download, ${digest}\n`);
    const kept =
      failed.length === 0 ? '' : `; ${failed.length} could not be, and what was served before is served still`;
    io.out(`${made.length === 1 ? '1 image is' : `${made.length} images are`} there anew${kept}.\n`);
  }
  return failed.length === 0 ? 0 : 1;
}
