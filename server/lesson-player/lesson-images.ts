import { join } from 'node:path';
import type { Config } from '../config.ts';
import type { ImagePolicy } from '../config-schema.ts';
import { Engine } from '../docker/engine.ts';
import { ImageBuilder } from '../docker/image-builder.ts';
import { RegistryContainers } from '../docker/registry-containers.ts';
import { toErrorBody } from '../errors.ts';
import { type CatalogueImage, readCatalogue } from '../images/catalogue.ts';
import { indexImages } from '../images/image-index.ts';
import { type ImageMaker, openImageMaker } from '../images/image-maker.ts';
import type { Logger } from '../logger.ts';
import { Registry } from '../registry/registry.ts';
import type { SetupRecord } from '../setup-record.ts';
import type { LiveDisplay } from './live-display.ts';

/** Why a lesson that declares these images cannot be played; empty when nothing is known against it. */
export type MissingImages = (references: readonly string[]) => string[];

export interface LessonImages {
  catalogue: readonly CatalogueImage[];
  maker: Pick<ImageMaker, 'make' | 'state'>;
  registry: Pick<Registry, 'ensure'>;
  policy: ImagePolicy;
}

/**
 * Which of the images of a lesson are not Drydock's own builds here: what they print may be another version's.
 * @returns nothing where it cannot be told
 */
export async function imagesOfOthers({
  catalogue,
  maker,
}: Pick<LessonImages, 'catalogue' | 'maker'>): Promise<(references: readonly string[]) => string[]> {
  const there = await maker.state().catch(() => new Map<string, { source: string }>());
  const find = indexImages(catalogue);
  return (references) =>
    references.filter((reference) => {
      const source = there.get(find(reference)?.id ?? '')?.source;
      return source !== undefined && source !== 'drydock';
    });
}

/** The images of the lab whose set-up wrote this record: lessons are played with its registry. */
export async function openLessonImages(config: Config, made: SetupRecord, logger: Logger): Promise<LessonImages> {
  const folder = join(config.root, 'images');
  const engine = new Engine(config.engine, made.registry.lab, logger);
  const images = new ImageBuilder(engine);
  const registry = new Registry({ containers: new RegistryContainers(engine), images, image: made.registryImage });
  return {
    catalogue: await readCatalogue(folder),
    maker: openImageMaker({ config, engine, registry, dataDir: made.registry.dataDir, catalogue: folder }),
    registry,
    policy: config.images.policy,
  };
}

/**
 * Makes what lessons pull, before they are played: a lesson that waits for an image would only seem slow, or broken. What
 * the catalogue does not have is left to the lesson.
 * @param references what the lessons declare, in their order
 * @throws when `signal` aborted
 */
export async function prepareLessonImages(
  { catalogue, maker, registry, policy }: LessonImages,
  references: readonly string[],
  { display, signal }: { display: Pick<LiveDisplay, 'begin'>; signal: AbortSignal },
): Promise<MissingImages> {
  const find = indexImages(catalogue);
  const needed = [...new Set(references.flatMap((reference) => find(reference) ?? []))];
  const problems = new Map<string, string>();

  const make = async (image: CatalogueImage): Promise<void> => {
    if (policy === 'none') {
      problems.set(image.id, `DRYDOCK_IMAGES=none makes none. npm run images -- build ${image.id} makes this one.`);
      return;
    }
    const line = display.begin(`image ${image.id}`);
    try {
      await maker.make(image, { signal, onLine: (doing) => line.tell({ doing }) });
    } catch (error) {
      signal.throwIfAborted();
      problems.set(image.id, toErrorBody(error).message);
    } finally {
      line.end();
    }
  };

  if (needed.length > 0) {
    try {
      await registry.ensure();
      const there = await maker.state();
      for (const image of needed) if (!there.has(image.id)) await make(image);
    } catch (error) {
      signal.throwIfAborted();
      for (const { id } of needed) problems.set(id, toErrorBody(error).message);
    }
  }
  return (declared) =>
    declared.flatMap((reference) => {
      const problem = problems.get(find(reference)?.id ?? '');
      return problem === undefined ? [] : [`The image ${reference} is not there: ${problem}`];
    });
}
