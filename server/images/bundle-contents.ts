import * as z from 'zod';
import type { MadeImage } from './images-record.ts';
import { digestSchema } from './oci-layout.ts';

/** Where an index names the blob with the contents. */
export const contentsAnnotation = 'org.drydock.bundle';

/** The only format there is; a reader refuses what is newer. */
export const contentsFormat = 1;

/** The images that a lab itself consists of. */
export const bundleParts = ['base', 'sandbox', 'registry'] as const;

const word = z.string().min(1).max(300);

/** As a learner types it. */
const imageName = z
  .string()
  .max(300)
  .regex(/^[a-z0-9][a-z0-9._/-]*:[A-Za-z0-9_][A-Za-z0-9_.-]*$/);

const labImageSchema = z.strictObject({
  /** Its name on an engine: `drydock/sandbox:3f…`. */
  reference: imageName,
  /** See `imageIdentity`: what it is, on whatever engine. */
  identity: digestSchema,
  /** Of the files in the clone that it was made from; null: a base of Docker Hub. */
  files: word.nullable(),
  /** bytes on the engine */
  unpacked: z.int().min(0),
});

const madeImageSchema = z.strictObject({
  id: word,
  source: z.enum(['docker-hub', 'docker-hub-extended', 'drydock']),
  origin: word,
  names: z.array(imageName).min(1).max(100),
  digest: digestSchema,
  hubDigest: digestSchema.nullable(),
  recipe: word.nullable(),
  platform: word,
  download: z.int().min(0),
  unpacked: z.int().min(0),
  layers: z.array(z.strictObject({ digest: digestSchema, bytes: z.int().min(0) })).max(128),
  madeAt: z.number().min(0),
  tookMs: z.number().min(0),
}) satisfies z.ZodType<MadeImage>;

/** What a bundle says of itself; the blob is named by its hash, so it is what was written. */
export const contentsSchema = z
  .strictObject({
    format: z.literal(contentsFormat),
    /** Version of the Drydock that wrote it. */
    drydock: word,
    /** `linux/amd64`: of all images in it. */
    platform: word,
    lab: z.strictObject({ base: labImageSchema, sandbox: labImageSchema, registry: labImageSchema }),
    /** Those for learners. */
    images: z.array(madeImageSchema).max(500),
  })
  .refine(({ images }) => isUnique(images.map(({ id }) => id)), { path: ['images', 'id'] })
  .refine(
    ({ images, lab }) =>
      isUnique([...bundleParts.map((part) => lab[part].reference), ...images.flatMap(({ names }) => names)]),
    { path: ['images', 'names'] },
  );

export type BundleContents = z.infer<typeof contentsSchema>;

function isUnique(words: readonly string[]): boolean {
  return new Set(words).size === words.length;
}
