import { hashFiles, hashText } from '../content-hash.ts';

/** Everything is built on this: Docker Hub's `debian:trixie-slim`, or what mmdebstrap makes of the same packages. */
export const baseReference = 'drydock/base:trixie';

/** The images that a lab itself consists of, beside the base. */
export const labImages = {
  sandbox: { repository: 'drydock/sandbox', folder: 'images/sandbox' },
  registry: { repository: 'drydock/registry', folder: 'images/registry' },
} as const;

export type LabImage = keyof typeof labImages;

/**
 * `drydock/sandbox:<hash of folder and base>`: the same files on the same base are the same image.
 * @param base its `ImageFacts.identity`, so that a bundle's images have their names on every engine
 */
export async function labImageReference(root: string, base: string, image: LabImage): Promise<string> {
  return `${labImages[image].repository}:${hashText(`${base} ${await labFilesHash(root, image)}`).slice(0, 12)}`;
}

/** Stands for the files of this clone that an image is made from, whatever the base. */
export async function labFilesHash(root: string, image: LabImage): Promise<string> {
  return hashFiles(root, [labImages[image].folder], { skip: isNotPartOfImage });
}

/** Of how setup/steps/base-image.ts makes a base; one more where what it makes has to be made anew. */
const baseRecipeVersion = 2;

/** The label of a base that Drydock made itself. */
export const baseRecipeLabel = 'drydock.recipe';

/** Who made a base: it was pulled from Docker Hub unless it bears Drydock's label. */
export function baseSource(base: { labels: Record<string, string> }): 'docker-hub' | 'debian-mirror' {
  return base.labels[baseRecipeLabel] === undefined ? 'docker-hub' : 'debian-mirror';
}

/** What that label says. */
export async function baseRecipe(root: string): Promise<string> {
  return hashText(`${baseRecipeVersion} ${await hashFiles(root, ['images/base'])}`).slice(0, 12);
}

/** Documentation, tests and example projects beside a Dockerfile do not make another image. */
export function isNotPartOfImage(path: string): boolean {
  return /(^|\/)(README\.md|image\.yaml)$|(^|\/)example\/|\.test\.ts$/.test(path);
}
