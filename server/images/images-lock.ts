import { readFileSync, renameSync } from 'node:fs';
import { link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { uptime } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { DrydockError } from '../errors.ts';
import { errorCode, inDataFolder } from './data-folder.ts';

const ownerSchema = z.object({
  pid: z.int().positive(),
  /** See `startOf`. */
  started: z.string(),
  /** See `bootTime`. */
  booted: z.number().optional(),
});
type Owner = z.infer<typeof ownerSchema>;

export interface LockOptions {
  /** Milliseconds another process is waited for. */
  waitMs: number;
  /** Called once, when another process has it. */
  onWait?: (pid: number) => void;
  signal?: AbortSignal;
}

let attempts = 0;

function asideOf(file: string): string {
  attempts += 1;
  return `${file}.${process.pid}.${attempts}`;
}

/**
 * Does something that only one process may do at a time for one data folder: making images. The lock is a file that
 * names its process; one whose process has ended is taken over.
 * @throws image.busy when another process keeps it for too long; host.disk-full, file.failed
 */
export async function withImagesLock<T>(dataDir: string, options: LockOptions, act: () => Promise<T>): Promise<T> {
  const file = await acquire(dataDir, options);
  try {
    return await act();
  } finally {
    await rm(file, { force: true });
  }
}

async function acquire(dataDir: string, options: LockOptions): Promise<string> {
  await inDataFolder(dataDir, async () => {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    await sweep(dataDir);
  });
  const file = join(dataDir, 'images.lock');
  const giveUpAt = performance.now() + options.waitMs;
  let told = false;
  for (;;) {
    options.signal?.throwIfAborted();
    if (await inDataFolder(dataDir, () => take(file))) return file;
    const owner = await readOwner(file);
    if (owner === null || !isAlive(owner.parsed)) {
      if (owner !== null) await clearAway(file, owner.text);
      continue;
    }
    if (!told) options.onWait?.(owner.parsed?.pid ?? 0);
    told = true;
    if (performance.now() > giveUpAt) {
      throw new DrydockError(
        'image.busy',
        `Another process (${owner.parsed?.pid ?? 'unknown'}) makes images for this lab and has not ended. Wait for it, or stop it, then run the same again. What is served stays served.`,
      );
    }
    await sleep(200, undefined, options.signal === undefined ? {} : { signal: options.signal });
  }
}

/** Takes away what processes left behind that ended between two steps. */
async function sweep(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    const pid = Number(/^images\.lock\.(\d+)\.\d+$/.exec(name)?.[1] ?? process.pid);
    if (pid !== process.pid && !hasProcess(pid)) await rm(join(dataDir, name), { force: true });
  }
}

/** Whole from the first moment: it gets its name when it has its content. */
async function take(file: string): Promise<boolean> {
  const own = asideOf(file);
  const owner: Owner = { pid: process.pid, started: startOf(process.pid), booted: bootTime() };
  try {
    await writeFile(own, JSON.stringify(owner));
    await link(own, file);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}

/**
 * Takes a dead lock away. Between the look and the move nothing of this process can run; should another process have
 * taken it over in that moment, theirs is put back.
 */
async function clearAway(file: string, dead: string): Promise<void> {
  const aside = asideOf(file);
  try {
    if (readFileSync(file, 'utf8') !== dead) return;
    renameSync(file, aside);
  } catch {
    return; // it is gone already
  }
  try {
    if (readFileSync(aside, 'utf8') !== dead) await link(aside, file).catch(() => undefined);
  } finally {
    await rm(aside, { force: true });
  }
}

async function readOwner(file: string): Promise<{ text: string; parsed: Owner | null } | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    return null;
  }
  try {
    return { text, parsed: ownerSchema.parse(JSON.parse(text)) };
  } catch {
    return { text, parsed: null };
  }
}

function isAlive(owner: Owner | null): boolean {
  if (owner === null || !hasProcess(owner.pid)) return false;
  const started = startOf(owner.pid);
  if (started !== '' && owner.started !== '') return started === owner.started;
  // Some process has the number (macOS has no /proc, and on Linux it can hide what other users run). Ours, unless the
  // machine was started anew since; a clock may be set right a little in between.
  return owner.booted === undefined || Math.abs(owner.booted - bootTime()) < 60_000;
}

/** When the machine was started, in unix milliseconds. */
function bootTime(): number {
  return Math.round(Date.now() - uptime() * 1000);
}

function hasProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is somebody else's, and lives.
    return errorCode(error) === 'EPERM';
  }
}

/** Tells a process from a later one with the same number; '' where /proc does not say. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
