import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { DrydockError, describeError } from '../errors.ts';

const reference = z
  .string()
  .regex(/^[a-z0-9]+([._-][a-z0-9]+)*(\/[a-z0-9]+([._-][a-z0-9]+)*)*:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/, {
    error: 'must be a name and a tag, as in busybox:latest',
  });

/** `images/NAME/image.yaml`: an image that learners can pull with no internet. */
const imageSchema = z.strictObject({
  description: z.string().min(1).meta({ description: 'One sentence for people.' }),
  hub: reference
    .nullable()
    .meta({ description: 'The image on Docker Hub that is taken where it can be pulled; null: always build.' }),
  names: z.array(reference).min(1).meta({ description: 'The names it is pulled under, as a learner types them.' }),
});

export interface CatalogueImage extends z.infer<typeof imageSchema> {
  /** Name of its folder. */
  name: string;
  /** Its folder, with a Dockerfile that takes the base as build argument BASE. */
  folder: string;
}

/**
 * The images that belong into the lab's registry: every folder of `images` with an `image.yaml`.
 * @throws config.invalid naming file and problem
 */
export async function readCatalogue(imagesFolder: string): Promise<CatalogueImage[]> {
  const entries = await readdir(imagesFolder, { withFileTypes: true });
  const folders = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  const found = await Promise.all(folders.map(async (name) => readImage(name, join(imagesFolder, name))));
  return found.filter((image) => image !== null);
}

async function readImage(name: string, folder: string): Promise<CatalogueImage | null> {
  const file = join(folder, 'image.yaml');
  let source: string;
  try {
    source = await readFile(file, 'utf8');
  } catch {
    // sandbox, base and registry are parts of the lab, not images for learners.
    return null;
  }
  try {
    return { ...imageSchema.parse(parse(source)), name, folder };
  } catch (error) {
    const words = error instanceof z.ZodError ? z.prettifyError(error) : describeError(error);
    throw new DrydockError('config.invalid', `${file} cannot be used: ${words}`, { cause: error });
  }
}

/** The repository that a Docker client asks a mirror of Docker Hub for: `busybox:latest` is `library/busybox:latest`. */
export function mirrorName(name: string): string {
  return name.includes('/') ? name : `library/${name}`;
}
