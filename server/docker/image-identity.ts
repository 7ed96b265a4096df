import { createHash } from 'node:crypto';
import * as z from 'zod';

/** Of a configuration, what decides how its containers run; both as engines send it and as a registry keeps it. */
const settingsSchema = z
  .object({
    Env: z.array(z.string()).nullish(),
    Entrypoint: z.array(z.string()).nullish(),
    Cmd: z.array(z.string()).nullish(),
    User: z.string().nullish(),
    WorkingDir: z.string().nullish(),
    Labels: z.record(z.string(), z.string()).nullish(),
  })
  .nullish();

/**
 * What an image is, whoever keeps it: its unpacked layers and the settings of its containers, as one digest. Its id
 * does not say that: one engine takes the digest of the configuration for it, another (with containerd's image store)
 * that of a manifest, which `docker load` makes anew.
 * @param layers digests of the unpacked layers, the lowest first
 * @param config `Config` of an engine's answer, `config` of a configuration
 */
export function imageIdentity(layers: readonly string[], config: unknown): string {
  const settings = settingsSchema.catch(undefined).parse(config) ?? {};
  const { Env, Entrypoint, Cmd, User, WorkingDir, Labels } = settings;
  const said = [
    layers,
    // Engines differ in how they say "none": null, nothing, or empty.
    ...[Env, Entrypoint, Cmd].map((list) => list ?? []),
    User ?? '',
    WorkingDir === '/' ? '' : (WorkingDir ?? ''),
    Object.entries(Labels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)),
  ];
  return `sha256:${createHash('sha256').update(JSON.stringify(said)).digest('hex')}`;
}
