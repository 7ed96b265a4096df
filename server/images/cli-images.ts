import { join } from 'node:path';
import { type Config, type Environment, parseConfig } from '../config.ts';
import { Engine } from '../docker/engine.ts';
import { type Following, ImageBuilder } from '../docker/image-builder.ts';
import { RegistryContainers } from '../docker/registry-containers.ts';
import { DrydockError } from '../errors.ts';
import { createLessonLibrary } from '../lessons/library/lesson-library.ts';
import { Registry } from '../registry/registry.ts';
import { readSetupRecord } from '../setup-record.ts';
import { bundleImages } from './bundle.ts';
import { readCatalogue } from './catalogue.ts';
import type { ImagesAtHand } from './cli-command.ts';
import { openImageMaker } from './image-maker.ts';
import { baseReference, labImageReference } from './lab-images.ts';
import { type LoadSummary, loadBundle } from './load-bundle.ts';
import { neededImages } from './needed-images.ts';

interface Surroundings {
  root: string;
  env: Environment;
}

const ignore = (): void => undefined;
const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** @throws sandbox.image-missing where there is no registry yet, engine.unreachable, config.invalid */
export async function openImages({ root, env }: Surroundings): Promise<ImagesAtHand> {
  const config = parseConfig(env, { root });
  const catalogue = await readCatalogue(join(config.root, 'images'));
  const { lab, dataDir, image } = await findRegistry(config);
  const engine = new Engine(config.engine, lab, silent);
  const registry = new Registry({
    containers: new RegistryContainers(engine),
    images: new ImageBuilder(engine),
    image,
  });
  const maker = openImageMaker({ config, engine, registry, dataDir });
  const library = await createLessonLibrary({ directories: config.lessonDirs, logger: silent });
  const needed = new Map(neededImages(library, catalogue).images.map((each) => [each.image.id, each.lessons]));
  return {
    catalogue,
    maker,
    registry,
    needed,
    bundle: (images, file, { spare, ...following }) =>
      bundleImages({ config, dataDir, engine, registry, maker, images, spare }, file, following),
  };
}

export async function loadFrom({ root, env }: Surroundings, file: string, following: Following): Promise<LoadSummary> {
  const config = parseConfig(env, { root });
  return loadBundle({ config, engine: new Engine(config.engine, config.lab, silent) }, file, following);
}

/** The registry of the lab of this data folder: as its set-up noted it, else as the part of the set-up made it that needs no sandbox. */
async function findRegistry(config: Config): Promise<{ lab: string; dataDir: string; image: string }> {
  const engine = new Engine(config.engine, config.lab, silent);
  const images = new ImageBuilder(engine);
  const record = await readSetupRecord(config.dataDir).catch(() => null);
  // To look at what is there makes nothing.
  if (record === null && (await new RegistryContainers(engine).findServing()) === null) throw noRegistry(config);
  const base = await images.find(baseReference);
  const own = base === null ? null : await labImageReference(config.root, base.identity, 'registry');
  // Of this clone's files where that is there, for the set-up's note may be older.
  for (const image of [own, record?.registryImage ?? null]) {
    if (image !== null && (await images.find(image)) !== null)
      return { lab: config.lab, dataDir: config.dataDir, ...record?.registry, image };
  }
  if (record === null) throw noRegistry(config);
  throw new DrydockError(
    'sandbox.image-missing',
    "The image of this lab's registry is not on the engine any more. `npm start` makes it again; what it serves is kept.",
  );
}

function noRegistry({ dataDir }: Pick<Config, 'dataDir'>): DrydockError {
  return new DrydockError(
    'sandbox.image-missing',
    `The lab of the data folder ${dataDir} has no registry yet. \`npm start\` makes it with the whole lab, \`npm run images -- build\` makes it with the images that lessons need, and \`npm run images -- load FILE\` takes both from a bundle.`,
  );
}
