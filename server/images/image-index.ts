import { normaliseImage } from '../checks/image-reference.ts';
import type { CatalogueImage } from './catalogue.ts';

/**
 * Finds the image of the catalogue that a reference means, however it is spelt: `nginx`, `docker.io/library/nginx:latest`.
 */
export function indexImages<I extends Pick<CatalogueImage, 'names'>>(
  catalogue: readonly I[],
): (reference: string) => I | null {
  const byName = new Map(catalogue.flatMap((image) => image.names.map((name) => [normaliseImage(name), image])));
  return (reference) => byName.get(normaliseImage(reference)) ?? null;
}
