import * as z from 'zod';

/**
 * The parts of the OCI image layout that a bundle has.
 * https://github.com/opencontainers/image-spec/blob/main/image-layout.md
 */

export const mediaTypes = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
} as const;

/** What every engine since 1.10 unpacks. */
const layerTypes = ['application/vnd.oci.image.layer.v1.tar+gzip', 'application/vnd.oci.image.layer.v1.tar'] as const;

export const layoutFile = '{"imageLayoutVersion":"1.0.0"}';

/** The name that a manifest has in an index. */
export const nameAnnotation = 'org.opencontainers.image.ref.name';

export const digestSchema = z.string().regex(/^sha256:[0-9a-f]{64}$/, { error: 'must be a sha256 digest' });

/** Bytes; what a descriptor says of its blob. */
const sizeSchema = z.int().min(0);

export const layoutSchema = z.object({ imageLayoutVersion: z.literal('1.0.0') });

const platformSchema = z.object({ os: z.string(), architecture: z.string(), variant: z.string().optional() });

export const indexSchema = z.object({
  schemaVersion: z.literal(2),
  mediaType: z.literal(mediaTypes.index).optional(),
  manifests: z
    .array(
      z.object({
        mediaType: z.literal(mediaTypes.manifest),
        digest: digestSchema,
        size: sizeSchema,
        platform: platformSchema.optional(),
        annotations: z.record(z.string(), z.string()).default({}),
      }),
    )
    .max(2_000),
  annotations: z.record(z.string(), z.string()).default({}),
});

export const manifestSchema = z.object({
  schemaVersion: z.literal(2),
  mediaType: z.literal(mediaTypes.manifest).optional(),
  config: z.object({ mediaType: z.literal(mediaTypes.config), digest: digestSchema, size: sizeSchema }),
  layers: z
    .array(z.object({ mediaType: z.enum(layerTypes), digest: digestSchema, size: sizeSchema }))
    // overlayfs takes no more than 128
    .max(128),
});

export type Manifest = z.infer<typeof manifestSchema>;

export const imageConfigSchema = z.object({
  os: z.string(),
  architecture: z.string(),
  variant: z.string().optional(),
  rootfs: z.object({ type: z.literal('layers'), diff_ids: z.array(digestSchema) }),
  /** What containers of it run. */
  config: z.unknown(),
});

/** `linux/amd64`, `linux/arm64/v8` */
export function platformName(platform: { os: string; architecture: string }): string {
  return `${platform.os}/${platform.architecture}`;
}

export function blobPath(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`;
}
