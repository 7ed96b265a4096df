import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { ImageSource } from '../../protocol/images.ts';
import { errorCode, inDataFolder } from './data-folder.ts';

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const sources = ['docker-hub', 'docker-hub-extended', 'drydock'] as const satisfies readonly ImageSource[];

const madeSchema = z.object({
  id: z.string().min(1),
  source: z.enum(sources),
  /** In words, of what it was made. */
  origin: z.string(),
  /** As a learner types them. */
  names: z.array(z.string()).min(1),
  /** What `docker pull` prints here. */
  digest,
  /** What Docker Hub had under `hub` then; null for what is built. */
  hubDigest: digest.nullable(),
  /** See recipeOf; null: made of a base that was not known. */
  recipe: z.string().nullable(),
  platform: z.string(),
  /** Bytes of a pull of it alone. */
  download: z.number(),
  /** Bytes on disk. */
  unpacked: z.number(),
  layers: z.array(z.object({ digest, bytes: z.number() })),
  /** Unix milliseconds. */
  madeAt: z.number(),
  /** Milliseconds. */
  tookMs: z.number(),
});

/** An image of the catalogue in the registry, and where it came from. */
export type MadeImage = z.infer<typeof madeSchema>;

const fileSchema = z.object({
  images: z.record(z.string(), z.unknown()).catch({}),
  hubDigests: z.record(z.string(), z.unknown()).catch({}),
});

export interface ImagesRecord {
  /** By id. */
  images: Map<string, MadeImage>;
  /** Of the first pull, by `nginx:1.26 linux/amd64`. They outlive the images. */
  hubDigests: Map<string, string>;
}

/**
 * A file that is not there, or holds no record, counts as empty, as does an entry that is none: what is served but not
 * known is made again.
 * @throws file.failed when it is there and cannot be read: then nothing is known of what it says
 */
export async function readImagesRecord(dataDir: string): Promise<ImagesRecord> {
  const record: ImagesRecord = { images: new Map(), hubDigests: new Map() };
  const file = parseFile(await readText(dataDir));
  if (file === null) return record;
  for (const [id, value] of Object.entries(file.images)) {
    const made = madeSchema.safeParse(value);
    if (made.success && made.data.id === id) record.images.set(id, made.data);
  }
  for (const [key, value] of Object.entries(file.hubDigests)) {
    const known = digest.safeParse(value);
    if (known.success) record.hubDigests.set(hubDigestKey(...splitKey(key)), known.data);
  }
  return record;
}

/**
 * Replaces the record in one step. Only who holds the lock of the images may. What was there and could not be understood
 * is kept beside it.
 * @throws host.disk-full, file.failed
 */
export async function writeImagesRecord(dataDir: string, record: ImagesRecord): Promise<void> {
  const text = JSON.stringify(
    { images: Object.fromEntries(record.images), hubDigests: Object.fromEntries(record.hubDigests) },
    null,
    2,
  );
  const file = fileOf(dataDir);
  const before = await readText(dataDir);
  await inDataFolder(dataDir, async () => {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    if (before !== null && parseFile(before) === null) await rename(file, `${file}.bad`);
    // On disk before it has its name: after a power-off there is the old record or the new one, never an empty one.
    await writeFile(`${file}.new`, `${text}\n`, { flush: true });
    await rename(`${file}.new`, file);
  });
}

/** One platform has two names: engines call the usual 64-bit ARM with its variant, some images without. */
export function hubDigestKey(name: string, platform: string): string {
  return `${name} ${platform.replace(/^linux\/arm64\/v8$/, 'linux/arm64')}`;
}

function splitKey(key: string): [name: string, platform: string] {
  const space = key.lastIndexOf(' ');
  return [key.slice(0, space), key.slice(space + 1)];
}

/** null: it is not there. */
async function readText(dataDir: string): Promise<string | null> {
  return inDataFolder(dataDir, async () => {
    try {
      return await readFile(fileOf(dataDir), 'utf8');
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return null;
      throw error;
    }
  });
}

/** null: it is no record. */
function parseFile(text: string | null): z.infer<typeof fileSchema> | null {
  if (text === null) return null;
  try {
    return fileSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function fileOf(dataDir: string): string {
  return join(dataDir, 'images.json');
}
