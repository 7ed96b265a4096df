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

const folderName = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, { error: 'must be the name of a folder in images/' });

/** How an image is made where Docker Hub cannot be reached. */
const buildSchema = z.strictObject({
  seconds: z
    .int()
    .min(1)
    .meta({ description: 'What making it took on two cores, in seconds: the first estimate people are told.' }),
  context: folderName
    .optional()
    .meta({ description: 'The folder in images/ with the Dockerfile; its own unless two images share one.' }),
  args: z.record(z.string(), z.string()).default({}).meta({ description: 'Build arguments beside BASE.' }),
  debian: z
    .enum(['trixie', 'unstable'])
    .optional()
    .meta({ description: 'The release of Debian its packages come from; trixie unless it says otherwise.' }),
});

/** `images/ID/image.yaml`: an image that learners can pull with no internet. */
const imageSchema = z
  .strictObject({
    description: z.string().min(1).max(160).meta({ description: 'One sentence for people.' }),
    names: z.array(reference).min(1).meta({ description: 'As a learner types them; the usual one first.' }),
    hub: reference
      .nullable()
      .meta({ description: 'The image on Docker Hub that is taken where it can be pulled; null: always build.' }),
    extend: z
      .boolean()
      .default(false)
      .meta({ description: 'Build Dockerfile.hub on the image of Docker Hub instead of serving that as it is.' }),
    build: buildSchema
      .nullable()
      .meta({ description: 'null: nothing on Debian packages could honestly bear this name.' }),
    shelf: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .meta({ description: 'Packages it brings along, which its package manager finds without internet.' }),
    instead: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .meta({ description: 'What to use where it cannot be had; one line, shown by `docker pull`.' }),
  })
  .refine((image) => image.hub !== null || image.build !== null, {
    path: ['build'],
    error: 'an image needs a source: `hub`, `build`, or both',
  })
  .refine((image) => image.build !== null || image.instead !== undefined, {
    path: ['instead'],
    error: 'an image that is not built has to say what to use instead',
  })
  .refine((image) => !image.extend || image.hub !== null, { path: ['extend'], error: 'there is no `hub` to extend' });

export interface CatalogueImage extends z.infer<typeof imageSchema> {
  /** Name of its folder. */
  id: string;
  /** Absolute path of the folder with its Dockerfile, which takes the base as build argument BASE. */
  folder: string;
}

/**
 * The images that belong into the lab's registry: every folder of `images` with an `image.yaml`, by id.
 * @throws config.invalid naming file and problem, also where two images claim one name
 */
export async function readCatalogue(imagesFolder: string): Promise<CatalogueImage[]> {
  const entries = await readdir(imagesFolder, { withFileTypes: true });
  const folders = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  const found = (await Promise.all(folders.map(async (id) => readImage(id, imagesFolder)))).filter(
    (image) => image !== null,
  );
  const owners = new Map<string, string>();
  for (const { id, names } of found) {
    for (const name of names) {
      const owner = owners.get(name);
      if (owner !== undefined)
        throw new DrydockError('config.invalid', `images/${id} and images/${owner} both claim the name ${name}.`);
      owners.set(name, id);
    }
  }
  return found;
}

async function readImage(id: string, imagesFolder: string): Promise<CatalogueImage | null> {
  const file = join(imagesFolder, id, 'image.yaml');
  let source: string;
  try {
    source = await readFile(file, 'utf8');
  } catch {
    // sandbox, base and registry are parts of the lab, not images for learners.
    return null;
  }
  try {
    const image = imageSchema.parse(parse(source));
    return { ...image, id, folder: join(imagesFolder, image.build?.context ?? id) };
  } catch (error) {
    const words = error instanceof z.ZodError ? z.prettifyError(error) : describeError(error);
    throw new DrydockError('config.invalid', `${file} cannot be used: ${words}`, { cause: error });
  }
}

/** The repository and tag that a Docker client asks a mirror of Docker Hub for: `busybox:latest` is `library/busybox:latest`. */
export function mirrorName(name: string): string {
  return name.includes('/') ? name : `library/${name}`;
}
