import { join } from 'node:path';
import { DrydockError, describeError } from '../../server/errors.ts';
import { type CatalogueImage, readCatalogue } from '../../server/images/catalogue.ts';
import { type ImageMaker, openImageMaker } from '../../server/images/image-maker.ts';
import { type LessonsInOrder, neededImages } from '../../server/images/needed-images.ts';
import { typedName } from '../../server/images/typed-name.ts';
import { findLessons } from '../../server/lessons/cli/cli-targets.ts';
import type { SetupContext } from '../context.ts';
import type { Step } from '../run-steps.ts';
import { openRegistry } from './registry.ts';

/** Which images a command stands on: all of the catalogue, or what the lessons in these folders use. */
export type WantedImages = 'all' | { lessons: readonly string[] };

/**
 * Images for learners, made in the foreground, or renewed. One that cannot be made ends nothing: `warn` is told why, and what needs
 * it has to do without.
 */
export function imagesStep(context: SetupContext, wanted: WantedImages, warn: (text: string) => void): Step {
  const { config } = context;
  const missing = async (): Promise<CatalogueImage[]> => {
    const [images, { served, outdated }] = await Promise.all([
      chooseImages(context, wanted),
      (await openMaker(context)).look(),
    ]);
    return images.filter(({ id }) => !served.has(id) || outdated.has(id));
  };
  return {
    id: 'images',
    title: 'images for learners',
    needs: ['record'],
    // Where Docker Hub is never asked, what comes from there alone is not missing.
    check: async () => !(await missing()).some((image) => image.build !== null || config.images.hub !== null),
    run: async (tell, signal) => {
      const maker = await openMaker(context);
      const images = await missing();
      for (const [index, image] of images.entries()) {
        signal.throwIfAborted();
        const place = `${typedName(image)} (${index + 1} of ${images.length})`;
        tell(place);
        try {
          await maker.make(image, { signal, onLine: (line) => tell(`${place}: ${line}`) });
        } catch (error) {
          signal.throwIfAborted();
          if (!(error instanceof DrydockError)) throw error;
          warn(`! ${describeError(error)} (${error.code})`);
        }
      }
    },
  };
}

export async function openMaker(context: SetupContext): Promise<ImageMaker> {
  const { config, engine, hub } = context;
  return openImageMaker({ config, engine, hub, registry: await openRegistry(context), dataDir: config.dataDir });
}

export async function chooseImages({ config }: SetupContext, wanted: WantedImages): Promise<CatalogueImage[]> {
  const catalogue = await readCatalogue(join(config.root, 'images'));
  if (wanted === 'all') return catalogue;
  const [shipped = ''] = config.lessonDirs;
  // A folder that is none is for the command to complain of.
  const io = { cwd: config.root, shipped, err: () => undefined };
  const found = await Promise.all(wanted.lessons.map((folder) => findLessons(folder, io)));
  const lessons = found.flatMap((each) => each?.lessons ?? []);
  const library: LessonsInOrder = {
    catalogue: () => [{ lessons }],
    lesson: (id) => ({
      frontMatter: { images: lessons.find((each) => each.id === id)?.lesson?.frontMatter.images ?? [] },
    }),
  };
  return neededImages(library, catalogue).images.map(({ image }) => image);
}
