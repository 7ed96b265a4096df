import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

const operatorRecord = z.object({
  port: z.int().min(1).max(65_535),
  token: z.string().min(16).max(200),
  /** Of the lab's process: a file that one left behind which was killed is known by it. */
  pid: z.int().min(1),
  /** unix milliseconds */
  startedAt: z.number(),
});

/** Where the lab of a data folder can be operated. */
export type OperatorRecord = z.infer<typeof operatorRecord>;

const fileOf = (dataDir: string) => join(dataDir, 'operator.json');

/** Replaces the record in one step; nobody but the lab's own user can read it. */
export async function writeOperatorRecord(dataDir: string, record: OperatorRecord): Promise<void> {
  const draft = `${fileOf(dataDir)}.${record.pid}`;
  await rm(draft, { force: true });
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(record, null, 2)}\n`);
  } finally {
    await file.close();
  }
  await rename(draft, fileOf(dataDir));
}

/** Null when there is none, or it cannot be read: then no lab of this folder can be operated. */
export async function readOperatorRecord(dataDir: string): Promise<OperatorRecord | null> {
  try {
    return operatorRecord.parse(JSON.parse(await readFile(fileOf(dataDir), 'utf8')));
  } catch {
    return null;
  }
}

/** Removes it, unless it is another lab's by now. */
export async function removeOperatorRecord(dataDir: string, own: OperatorRecord): Promise<void> {
  const there = await readOperatorRecord(dataDir);
  if (there?.pid === own.pid && there.token === own.token) await rm(fileOf(dataDir), { force: true });
}

/** Whether the process that wrote it is there; when not, its port may be somebody else's by now. */
export function writerRuns({ pid }: OperatorRecord): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
