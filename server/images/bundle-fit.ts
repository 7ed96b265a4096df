import { DrydockError } from '../errors.ts';
import { invalidBundle } from './bundle-archive.ts';
import { type BundleContents, bundleParts } from './bundle-contents.ts';
import type { CatalogueImage } from './catalogue.ts';
import type { MadeImage } from './images-record.ts';
import { baseRecipe, baseReference, labFilesHash, labImageReference } from './lab-images.ts';
import { recipeOf } from './recipe.ts';

export interface Here {
  /** The clone. */
  root: string;
  /** Version of this Drydock. */
  version: string;
  /** Of the engine. */
  platform: string;
}

/**
 * Whether this lab would use what is in the bundle: its images run on this processor, and are made from the files that
 * this clone has. Otherwise the next set-up would find nothing it knows, and make all of it anew.
 * @throws bundle.unsuitable
 */
export async function requireSuitable(contents: BundleContents, here: Here): Promise<void> {
  if (contents.platform !== here.platform) {
    throw new DrydockError(
      'bundle.unsuitable',
      `The images in this bundle are for ${contents.platform}, and the Docker Engine here runs those for ${here.platform}. Make the bundle on a machine with the same kind of processor.`,
    );
  }
  const [base, sandbox, registry] = await Promise.all([
    baseRecipe(here.root),
    labFilesHash(here.root, 'sandbox'),
    labFilesHash(here.root, 'registry'),
  ]);
  const wanted = { base, sandbox, registry };
  const differing = bundleParts.filter((part) => {
    const { files } = contents.lab[part];
    return files !== wanted[part] && !(part === 'base' && files === null);
  });
  if (differing.length === 0) {
    // They decide what the engine calls them: nothing of somebody else's may get another meaning.
    const { identity } = contents.lab.base;
    const names = {
      base: baseReference,
      sandbox: await labImageReference(here.root, identity, 'sandbox'),
      registry: await labImageReference(here.root, identity, 'registry'),
    };
    const wrong = bundleParts.find((part) => contents.lab[part].reference !== names[part]);
    if (wrong === undefined) return;
    throw invalidBundle(`This is no bundle of Drydock: it calls the ${wrong} image ${contents.lab[wrong].reference}.`);
  }
  const versions =
    contents.drydock === here.version
      ? `Both call themselves ${here.version}`
      : `The bundle is of Drydock ${contents.drydock}, and this is ${here.version}`;
  throw new DrydockError(
    'bundle.unsuitable',
    `This bundle was made with another version of Drydock: its ${list(differing)} ${differing.length === 1 ? 'image is' : 'images are'} not made from the files that are here. ${versions}. Use the same clone on both machines, or make the bundle again with this one.`,
    { details: { differing } },
  );
}

/** Images of a bundle that this clone would make otherwise: of other files, another version, or by other names. */
export async function olderThanHere(
  { lab, images }: Pick<BundleContents, 'lab' | 'images'>,
  catalogue: ReadonlyMap<string, CatalogueImage>,
): Promise<MadeImage[]> {
  const older: MadeImage[] = [];
  for (const made of images) {
    const image = catalogue.get(made.id);
    if (image === undefined) continue;
    const isSame =
      (await recipeOf(image, made.source, lab.base.identity)) === made.recipe &&
      image.names.every((name) => made.names.includes(name));
    if (!isSame) older.push(made);
  }
  return older;
}

function list(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}
