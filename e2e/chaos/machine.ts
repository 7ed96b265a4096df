import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** What the chaos test does to this machine, and how it is undone. Everything is found again by its folder. */

/** @throws with what the program said */
export function run(program: string, args: readonly string[], timeoutMs = 60_000): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { timeout: timeoutMs, killSignal: 'SIGKILL' as const, maxBuffer: 16 * 2 ** 20 };
    execFile(program, args, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${program} ${args.slice(0, 6).join(' ')}: ${stderr.trim() || error.message}`));
    });
  });
}

/** @returns false when it did not come true in time */
export async function until(
  holds: () => boolean | Promise<boolean>,
  timeoutMs: number,
  pauseMs = 50,
): Promise<boolean> {
  const giveUpAt = performance.now() + timeoutMs;
  for (;;) {
    if (await holds()) return true;
    if (performance.now() > giveUpAt) return false;
    await sleep(pauseMs);
  }
}

export interface ProcessFacts {
  pid: number;
  parent: number;
  name: string;
  commandLine: string;
}

export function processes(): ProcessFacts[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => {
      const stat = readProc(entry, 'stat');
      const match = /^(\d+) \((.*)\) (\S) (\d+)/s.exec(stat);
      // A zombie is dead already.
      if (match === null || match[3] === 'Z') return [];
      const commandLine = readProc(entry, 'cmdline').replaceAll('\0', ' ');
      return [{ pid: Number(entry), parent: Number(match[4]), name: match[2] ?? '', commandLine }];
    });
}

function readProc(pid: string, file: string): string {
  try {
    return readFileSync(join('/proc', pid, file), 'utf8');
  } catch {
    return ''; // it has ended
  }
}

/** Ends these processes at once and waits until they are gone. */
export async function killAll(pids: readonly number[]): Promise<void> {
  for (const pid of pids) signal(pid, 'SIGKILL');
  const gone = await until(() => {
    const alive = new Set(processes().map((each) => each.pid));
    return pids.every((pid) => !alive.has(pid));
  }, 20_000);
  if (!gone) throw new Error(`processes that do not die: ${pids.join(' ')}`);
}

export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** Processes in the control group of this name, in whatever hierarchy. */
export function processesOfGroup(group: string): number[] {
  const pids = new Set<number>();
  for (const folder of groupFolders(group)) {
    for (const line of readLines(join(folder, 'cgroup.procs'))) pids.add(Number(line));
  }
  return [...pids].filter((pid) => pid > 0);
}

/** In a frozen group of cgroup v1 nothing dies before it is thawed. */
export function thaw(group: string): void {
  for (const folder of groupFolders(group)) {
    const file = join(folder, 'freezer.state');
    if (existsSync(file)) writeFileSync(file, 'THAWED');
  }
}

/** Removes the control groups of this name; those that are in use stay. */
export function removeGroup(group: string): void {
  for (const folder of groupFolders(group).reverse()) {
    try {
      rmdirSync(folder);
    } catch {
      // in use, or gone already
    }
  }
}

/** Parents before their children. */
function groupFolders(group: string): string[] {
  const root = '/sys/fs/cgroup';
  const tops = [root, ...foldersIn(root)].map((folder) => join(folder, group)).filter((folder) => existsSync(folder));
  const found: string[] = [];
  const walk = (folder: string) => {
    found.push(folder);
    for (const child of foldersIn(folder)) walk(child);
  };
  for (const top of tops) walk(top);
  return found;
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(folder, entry.name));
  } catch {
    return [];
  }
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  } catch {
    return [];
  }
}

interface Mount {
  device: string;
  target: string;
  type: string;
}

/** What is mounted at or under a folder, the deepest first. */
export function mountsUnder(folder: string): Mount[] {
  return readLines('/proc/self/mounts')
    .map((line) => {
      const [device = '', target = '', type = ''] = line.split(' ').map((word) => word.replaceAll('\\040', ' '));
      return { device, target, type };
    })
    .filter(({ target }) => target === folder || target.startsWith(`${folder}/`))
    .reverse();
}

export async function unmountAll(folder: string): Promise<void> {
  for (const { target } of mountsUnder(folder)) {
    const unmounted = () =>
      run('umount', [target]).then(
        () => true,
        () => !mountsUnder(target).some((mount) => mount.target === target),
      );
    // What is busy for longer than processes take to end goes lazily.
    if (!(await until(unmounted, 3_000, 100))) await run('umount', ['-l', target]).catch(() => undefined);
  }
}

export interface LoopDevice {
  device: string;
  file: string;
}

/** Loop devices over files at or under a folder, also over those that have been removed. */
export async function loopDevices(folder: string): Promise<LoopDevice[]> {
  const lines = (await run('losetup', ['--list', '--noheadings', '--raw', '--output', 'NAME,BACK-FILE'])).split('\n');
  return lines
    .map((line) => {
      const cut = line.indexOf(' ');
      return { device: line.slice(0, cut), file: line.slice(cut + 1).replaceAll('\\x20', ' ') };
    })
    .filter(({ file }) => file.startsWith(`${folder}/`));
}
