import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';

/** What is in the registry's storage, so that what is there is not sent again. */
const recordSchema = z.object({
  /** Which storage this is about; a volume made anew is empty, whatever the record says. */
  storage: z.string(),
  /** Image id by name. */
  images: z.record(z.string(), z.string()),
});

export type PublishedRecord = z.infer<typeof recordSchema>;

/** An unreadable record, or one of another storage, counts as empty: publishing twice only costs time. */
export async function readPublished(file: string, storage: string): Promise<PublishedRecord> {
  try {
    const record = recordSchema.parse(JSON.parse(await readFile(file, 'utf8')));
    if (record.storage === storage) return record;
  } catch {
    // as said above
  }
  return { storage, images: {} };
}

export async function writePublished(file: string, record: PublishedRecord): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.new`, `${JSON.stringify(record, null, 2)}\n`);
  await rename(`${file}.new`, file);
}
