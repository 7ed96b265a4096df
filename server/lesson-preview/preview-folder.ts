import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const prefix = 'preview-';
const pidFile = 'pid';

/** A data folder for one preview, below that of the lab, with the process it belongs to written in it. */
export async function makePreviewFolder(dataDir: string, pid: number): Promise<string> {
  const folder = await mkdtemp(join(dataDir, prefix));
  await writeFile(join(folder, pidFile), `${pid}\n`);
  return folder;
}

/** Folders of previews that were killed before they could remove what they made. */
export async function leftPreviewFolders(dataDir: string): Promise<string[]> {
  const names = await readdir(dataDir).catch(() => []);
  const left: string[] = [];
  for (const name of names.filter((each) => each.startsWith(prefix))) {
    const folder = join(dataDir, name);
    const text = await readFile(join(folder, pidFile), 'utf8').catch(() => null);
    // Without one it is being made this moment, or was, and then holds nothing.
    if (text !== null && !isRunning(Number(text))) left.push(folder);
  }
  return left;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, and is somebody else's.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}
