import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { takeOff } from './loop-disk.ts';
import { killAll, processes, processesOfGroup, removeGroup, thaw } from './machine.ts';

const prefix = 'drydock-chaos-';

/** The control group of all containers of the test in this folder. */
export function groupOf(folder: string): string {
  return basename(folder).toLowerCase();
}

/** Undoes everything that was made for the test in this folder, whoever made it and however it ended. */
export async function tearDown(folder: string, keepLogs = false): Promise<void> {
  // Twice, for what was being started meanwhile.
  for (let round = 0; round < 2; round += 1) {
    thaw(groupOf(folder));
    await killAll([...ownProcesses(folder), ...processesOfGroup(groupOf(folder))]);
  }
  await takeOff(folder);
  removeGroup(groupOf(folder));
  if (!keepLogs) rmSync(folder, { recursive: true, force: true });
  else for (const image of ['engine.img', 'lab.img']) rmSync(join(folder, image), { force: true });
}

/** Removes what a test left that was killed itself. */
export async function sweep(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(prefix)) continue;
    const folder = join(tmpdir(), name);
    if (!isAlive(folder)) await tearDown(folder);
  }
}

/** The test's own process notes itself in its folder. */
function isAlive(folder: string): boolean {
  try {
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
    return processes().some((each) => each.pid === pid && each.commandLine.includes('chaos'));
  } catch {
    return false;
  }
}

/** By what they were started with: daemons name the folder in their arguments, the server in its environment. */
function ownProcesses(folder: string): number[] {
  return processes()
    .filter(({ pid, commandLine }) => {
      if (pid === process.pid) return false;
      if (commandLine.includes(`${folder}/`)) return true;
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`${folder}/`);
      } catch {
        return false; // ended, or a kernel thread
      }
    })
    .map(({ pid }) => pid);
}
