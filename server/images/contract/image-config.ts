import * as z from 'zod';

const keys = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform((value) => Object.keys(value ?? {}));

const words = z
  .array(z.string())
  .nullish()
  .transform((value) => value ?? []);

/** `docker inspect --format '{{json .Config}}' IMAGE`; engines leave out what is empty, or send null. */
const imageConfigSchema = z
  .object({
    Cmd: words,
    Entrypoint: words,
    ExposedPorts: keys,
    Volumes: keys,
    StopSignal: z.string().default(''),
    WorkingDir: z.string().default(''),
    User: z.string().default(''),
    Labels: z.record(z.string(), z.string()).nullish(),
  })
  .transform((config) => ({
    cmd: config.Cmd,
    entrypoint: config.Entrypoint,
    /** `80/tcp` */
    ports: config.ExposedPorts,
    volumes: config.Volumes,
    /** Empty: SIGTERM. */
    stopSignal: config.StopSignal,
    workingDir: config.WorkingDir,
    user: config.User,
    labels: config.Labels ?? {},
  }));

export type ImageConfig = z.output<typeof imageConfigSchema>;

export function parseImageConfig(json: string): ImageConfig {
  return imageConfigSchema.parse(JSON.parse(json));
}
