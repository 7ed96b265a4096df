import { createHash } from 'node:crypto';
import * as z from 'zod';

export const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const configType = 'application/vnd.oci.image.config.v1+json';
const layerType = 'application/vnd.oci.image.layer.v1.tar+gzip';

/** Docker's own names of what the OCI took over; the content is the same. */
const ociNames: Record<string, string> = {
  'application/vnd.docker.distribution.manifest.v2+json': manifestType,
  'application/vnd.docker.container.image.v1+json': configType,
  'application/vnd.docker.image.rootfs.diff.tar.gzip': layerType,
};

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const descriptor = z.object({ mediaType: z.string(), digest, size: z.int().min(0) });

/** An image manifest, as far as it is used here. */
const manifestSchema = z.object({
  schemaVersion: z.literal(2),
  mediaType: z.string().optional(),
  config: descriptor,
  layers: z.array(descriptor).max(1000),
});

export type ImageManifest = z.infer<typeof manifestSchema>;

/** Of an image's configuration: for which machine it is. */
const configSchema = z.object({ os: z.string(), architecture: z.string(), variant: z.string().optional() });

/** null: it is no manifest of one image. */
export function readManifest(bytes: Buffer): ImageManifest | null {
  return manifestSchema.safeParse(parseJson(bytes)).data ?? null;
}

/** `linux/amd64`, `linux/arm64/v8`; null: the configuration does not say. */
export function platformOf(config: Buffer): string | null {
  const found = configSchema.safeParse(parseJson(config)).data;
  return found === undefined
    ? null
    : [found.os, found.architecture, ...(found.variant === undefined ? [] : [found.variant])].join('/');
}

/**
 * The OCI twin of a manifest: the same configuration and layers by digest, so the image keeps its id, with HEALTHCHECK
 * and all else that a change of the configuration to the OCI's would lose.
 * @param bytes as skopeo wrote it, its layers compressed
 * @throws Error when it is anything else
 */
export function toOciManifest(bytes: Buffer): { bytes: Buffer; digest: string; manifest: ImageManifest } {
  const found = manifestSchema.parse(parseJson(bytes));
  const rename = ({ mediaType, size, digest }: z.infer<typeof descriptor>) => {
    const name = ociNames[mediaType] ?? mediaType;
    if (name !== configType && name !== layerType) throw new Error(`a manifest with a part of type ${mediaType}`);
    return { mediaType: name, size, digest };
  };
  const manifest = {
    schemaVersion: 2 as const,
    mediaType: manifestType,
    config: rename(found.config),
    layers: found.layers.map(rename),
  };
  const text = Buffer.from(JSON.stringify(manifest));
  return { bytes: text, digest: digestOf(text), manifest };
}

/** `sha256:…` */
export function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

export function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
}
