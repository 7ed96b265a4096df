import { basename, dirname } from 'node:path';
import { Engine } from '../../docker/engine.ts';
import { ImageBuilder } from '../../docker/image-builder.ts';
import { DrydockError } from '../../errors.ts';
import { readSetupRecord } from '../../setup-record.ts';
import { systemClock } from '../../system-clock.ts';
import { mainLabConfig } from '../../test-sandbox-image.ts';
import { type CatalogueImage, readCatalogue } from '../catalogue.ts';
import { Hub } from '../hub.ts';
import { ImageSources, type ObtainedImage } from '../image-sources.ts';
import { readImagesRecord } from '../images-record.ts';
import { baseReference } from '../lab-images.ts';
import { type ContractLab, silent } from './contract-lab.ts';

/** `drydock`: our own build from Debian packages; `docker-hub`: the official image, with or without a layer of ours. */
export type ContractSource = 'drydock' | 'docker-hub';

/** Which image a contract is about, by the folder of its test. */
export async function catalogueImage(id: string): Promise<CatalogueImage> {
  const { root } = mainLabConfig();
  const found = (await readCatalogue(`${root}/images`)).find((image) => image.id === id);
  if (found === undefined) throw new Error(`There is no images/${id}/image.yaml.`);
  return found;
}

/**
 * Gets the image of one source into the sandbox, under all of its names: by `docker pull` where that is what the lab
 * serves, else through the engine. @returns null when it is there, or why it cannot be had
 */
export async function provide(
  lab: ContractLab,
  image: CatalogueImage,
  source: ContractSource,
  loadBuilt: boolean,
): Promise<string | null> {
  if (source === 'drydock' && image.build === null) return `there is no build of ${image.id}; it comes from Docker Hub`;
  if (source === 'docker-hub' && image.hub === null) return `${image.id} is not taken from Docker Hub`;
  if (source === 'drydock' && loadBuilt) return loadBuiltImage(lab, image);
  const served = await servedSource(image);
  if (served === source) {
    for (const name of image.names) await lab.docker('pull', '--quiet', name);
    return null;
  }
  if (served === null && source === 'drydock')
    throw new Error(`The lab does not serve ${image.id}. To make it: npm run images -- build ${image.id}`);
  return obtain(lab, image, source);
}

/** What the lab of the set-up serves under the names of an image; null: nothing. */
async function servedSource(image: CatalogueImage): Promise<ContractSource | null> {
  const { registry } = await readSetupRecord(mainLabConfig().dataDir);
  const made = (await readImagesRecord(registry.dataDir)).images.get(image.id);
  if (made === undefined) return null;
  return made.source === 'drydock' ? 'drydock' : 'docker-hub';
}

/** For who writes a Dockerfile: what they built as `drydock/contract-ID`, published nowhere. */
async function loadBuiltImage(lab: ContractLab, image: CatalogueImage): Promise<null> {
  const reference = `drydock/contract-${image.id}`;
  const images = openImages();
  if ((await images.find(reference)) === null) {
    const args = Object.entries(image.build?.args ?? {}).map(([name, value]) => ` --build-arg ${name}=${value}`);
    const folder = `${basename(dirname(image.folder))}/${basename(image.folder)}`;
    throw new Error(
      `There is no ${reference}. Build it: docker build --network host --build-arg BASE=${baseReference}${args.join('')} -t ${reference} ${folder}`,
    );
  }
  await load(lab, images, reference, image.names);
  return null;
}

/** What the lab does not serve is made or pulled for the test alone. */
async function obtain(lab: ContractLab, image: CatalogueImage, source: ContractSource): Promise<string | null> {
  const config = { ...mainLabConfig(), lab: 'contract' };
  const images = openImages();
  const sources = new ImageSources({ images, hub: new Hub(images, config.images.hub, systemClock), config });
  let obtained: ObtainedImage;
  try {
    obtained = await sources.obtain(image, { source, expected: () => null });
  } catch (error) {
    // Docker Hub that cannot be reached is no failure of the image; one that cannot be built is.
    if (error instanceof DrydockError && error.code === 'image.unavailable') return error.message;
    throw error;
  }
  try {
    await load(lab, images, obtained.reference, image.names);
  } finally {
    await obtained.release();
  }
  return null;
}

async function load(lab: ContractLab, images: ImageBuilder, reference: string, names: string[]): Promise<void> {
  await lab.load(await images.export(reference));
  for (const name of names) await lab.docker('tag', reference, name);
  if (!names.includes(reference)) await lab.docker('image', 'rm', reference);
}

function openImages(): ImageBuilder {
  return new ImageBuilder(new Engine(mainLabConfig().engine, 'contract', silent));
}
