import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { DrydockError } from './errors.ts';

const setupRecordSchema = z.object({
  /** Reference of the sandbox image on the engine. */
  sandboxImage: z.string().min(1),
  registryImage: z.string().min(1),
  /** Volume with the registry's socket, for sandboxes to mount. */
  registrySocketVolume: z.string().min(1),
  /**
   * Whose registry that is: the lab whose set-up made it, and its data folder, which holds what is known of the images.
   * A lab that shares it (a preview, a test) names the same.
   */
  registry: z.object({ lab: z.string().min(1), dataDir: z.string().min(1) }),
  /** What the images were made from. */
  base: z.object({ source: z.string(), id: z.string() }),
  /** Name of the AppArmor profile that is loaded for sandboxes, and with which one was seen to start. */
  apparmorProfile: z.string().min(1).nullable().default(null),
});

/** What the set-up made, for the server to use. */
export type SetupRecord = z.infer<typeof setupRecordSchema>;

/** @throws sandbox.image-missing when the set-up has not run for this data folder */
export async function readSetupRecord(dataDir: string): Promise<SetupRecord> {
  try {
    return setupRecordSchema.parse(JSON.parse(await readFile(fileOf(dataDir), 'utf8')));
  } catch (cause) {
    throw new DrydockError(
      'sandbox.image-missing',
      `The set-up has not been done for the data folder ${dataDir}. Run npm start, which does it.`,
      { cause },
    );
  }
}

/** Replaces the record in one step. */
export async function writeSetupRecord(dataDir: string, made: z.input<typeof setupRecordSchema>): Promise<void> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const file = fileOf(dataDir);
  // On disk before it has its name: after a power-off there is the old record or the new one, never an empty one.
  await writeFile(`${file}.new`, `${JSON.stringify(made, null, 2)}\n`, { flush: true });
  await rename(`${file}.new`, file);
}

function fileOf(dataDir: string): string {
  return join(dataDir, 'setup.json');
}
