import { join } from 'node:path';
import { type Config, labId } from '../config.ts';
import type { PreviewRequest } from '../lessons/cli/cli-command.ts';
import { foldersIn } from '../lessons/library/bounded-files.ts';

const never = Number.POSITIVE_INFINITY;
/** One for each browser that looks; nobody else does. */
const mostSandboxes = 4;
/** Who opens a preview is an author, so it is for this machine alone. */
const host = '127.0.0.1';

/**
 * @param person what the environment says for their own lab
 * @param dataDir of this preview
 */
export async function previewConfig(person: Config, dataDir: string, request: PreviewRequest): Promise<Config> {
  return {
    ...person,
    lab: labId(dataDir),
    dataDir,
    host,
    port: request.port ?? 0,
    lessonDirs: await directoriesOf(request.directory, join(person.root, 'lessons')),
    authoring: true,
    maxSandboxes: Math.min(person.maxSandboxes ?? mostSandboxes, mostSandboxes),
    pool: 0,
    // It lives for as long as somebody writes, and what they did not use for an hour is no rubbish yet.
    idle: { ...person.idle, stopAfter: never, removeAfter: never },
    operator: { port: 0, token: null },
    openBrowser: person.openBrowser && request.open,
  };
}

/** Words for who wanted it to be reached from elsewhere; empty otherwise. */
export function otherHostNote(person: Pick<Config, 'host'>): string {
  if (['127.0.0.1', 'localhost', '::1'].includes(person.host)) return '';
  return `  It listens on ${host} and not on HOST=${person.host}: whoever opens it sees sources and solutions.\n\n`;
}

/** Theirs beside the shipped ones, which they may build on; a copy of those that is being changed stands alone. */
async function directoriesOf(theirs: string, shipped: string): Promise<string[]> {
  const names = await foldersIn(theirs);
  const isCopy = (await foldersIn(shipped)).some((name) => names.includes(name));
  return isCopy ? [theirs] : [theirs, shipped];
}
