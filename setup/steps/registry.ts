import type { CatalogueImage } from '../../server/images/catalogue.ts';
import { Registry } from '../../server/registry/registry.ts';
import type { SetupContext } from '../context.ts';
import type { Step } from '../run-steps.ts';
import { type BuiltImage, imageReference } from './built-image.ts';

export const registryImage: BuiltImage = {
  id: 'registry-image',
  title: 'registry image',
  repository: 'drydock/registry',
  folder: 'images/registry',
  hub: null,
};

/** The image behind a name of the catalogue, as the engine keeps it. */
export function catalogueImage(image: CatalogueImage): BuiltImage {
  return {
    id: `image-${image.name}`,
    title: `image ${image.name}`,
    repository: `drydock/image-${image.name}`,
    folder: `images/${image.name}`,
    hub: image.hub,
  };
}

export async function openRegistry(context: SetupContext): Promise<Registry> {
  return new Registry({
    containers: context.registry,
    images: context.images,
    image: await imageReference(context, registryImage),
    dataDir: context.config.dataDir,
  });
}

export function registryStep(context: SetupContext): Step {
  return {
    id: 'registry',
    title: 'registry',
    needs: [registryImage.id],
    check: async () => (await openRegistry(context)).isServing(),
    run: async () => (await openRegistry(context)).ensure(),
  };
}

/** Every image of the catalogue under all of its names in the registry, one after the other. */
export function publishStep(context: SetupContext, catalogue: readonly CatalogueImage[]): Step {
  const pending = async (): Promise<{ reference: string; image: CatalogueImage }[]> => {
    const registry = await openRegistry(context);
    const all = await Promise.all(
      catalogue.map(async (image) => {
        const reference = await imageReference(context, catalogueImage(image));
        const found = await context.images.find(reference);
        const missing = found === null ? image.names : await registry.missing(found.id, image.names);
        return missing.length === 0 ? [] : [{ reference, image }];
      }),
    );
    return all.flat();
  };
  return {
    id: 'publish',
    title: 'images for learners',
    needs: ['registry', ...catalogue.map((image) => catalogueImage(image).id)],
    check: async () => (await pending()).length === 0,
    run: async (tell, signal) => {
      const registry = await openRegistry(context);
      for (const { reference, image } of await pending()) {
        signal.throwIfAborted();
        tell(`publishing ${image.name}`);
        await registry.publish(reference, image.names, tell);
      }
    },
  };
}
