import type { ImageSource } from '../../protocol/images.ts';
import { hashFiles, hashText } from '../content-hash.ts';
import type { CatalogueImage } from './catalogue.ts';
import { isNotPartOfImage } from './lab-images.ts';

/**
 * What an image is made of, as one word: folder, build arguments and base for what is built, the name for what comes
 * from Docker Hub, all of them for what is built on that. With another recipe it has to be made again.
 * @param base `ImageFacts.identity` of the lab's Debian; null: it is not there, so nothing can be said of what is built on it
 */
export async function recipeOf(
  image: Pick<CatalogueImage, 'folder' | 'hub' | 'build'>,
  source: ImageSource,
  base: string | null,
): Promise<string | null> {
  if (source === 'docker-hub') return shorten(`hub ${image.hub}`);
  if (base === null) return null;
  const files = await hashFiles(image.folder, [''], { skip: isNotPartOfImage });
  const args = Object.entries(image.build?.args ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const hub = source === 'drydock' ? '' : `hub ${image.hub}`;
  return shorten(JSON.stringify([hub, files, args, base]));
}

function shorten(text: string): string {
  return hashText(text).slice(0, 12);
}
