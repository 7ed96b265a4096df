import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { loopDevices } from './machine.ts';
import type { PrivateEngine } from './private-engine.ts';
import type { PrivateLab } from './private-lab.ts';

/** Looks at the lab from outside, past the server: its database, its engine, its disks. */

interface SandboxFacts {
  container: string;
  id: string;
  state: string;
  startedAt: string;
}

export async function sandboxesOf(engine: PrivateEngine, lab: PrivateLab): Promise<SandboxFacts[]> {
  const filters = ['--filter', `label=drydock.lab=${lab.id}`, '--filter', 'label=drydock.sandbox'];
  const ids = (await engine.docker('ps', '--all', '--quiet', '--no-trunc', ...filters)).split('\n').filter(Boolean);
  if (ids.length === 0) return [];
  const format = '{{.Id}} {{index .Config.Labels "drydock.sandbox"}} {{.State.Status}} {{.State.StartedAt}}';
  const lines = (await engine.docker('inspect', '--format', format, ...ids)).split('\n').filter(Boolean);
  return lines.map((line) => {
    const [container = '', id = '', state = '', startedAt = ''] = line.split(' ');
    return { container, id, state, startedAt };
  });
}

/** Whose sandbox is which, as the database has it; `null`: it waits in the pool. */
export interface Ownership {
  problems: string[];
  /** Sandbox → learner. */
  owners: Map<string, string | null>;
  /** SHA-256 of a cookie's token → learner. */
  sessions: Map<string, string>;
  /** Names of the files of removed sandboxes. */
  archives: string[];
}

export function ownersOf(lab: PrivateLab): Ownership {
  const database = new Database(join(lab.data, 'drydock.db'), { readonly: true });
  try {
    database.pragma('busy_timeout = 5000');
    const integrity = rows(database, 'PRAGMA integrity_check').map((row) => String(row.integrity_check));
    const strays = rows(database, 'PRAGMA foreign_key_check');
    const owned = rows(database, 'SELECT id, learner FROM sandbox');
    const problems = integrity.filter((word) => word !== 'ok').map((word) => `the database: ${word}`);
    if (strays.length > 0) problems.push(`the database has ${strays.length} rows that point to nothing`);
    const pool = rows(database, 'SELECT id FROM pool_sandbox').map((row) => [String(row.id), null] as const);
    const owners = new Map<string, string | null>(
      owned.map((row) => [String(row.id), row.learner === null ? null : String(row.learner)]),
    );
    if (owners.size !== owned.length) problems.push('one sandbox belongs to two learners');
    for (const [id, nobody] of pool) {
      if (owners.has(id)) problems.push(`sandbox ${id} is somebody’s and in the pool`);
      owners.set(id, nobody);
    }
    const sessions = new Map(
      rows(database, 'SELECT token_hash, learner FROM session').map((row) => [
        String(row.token_hash),
        String(row.learner),
      ]),
    );
    const archives = rows(database, 'SELECT id FROM archive').map((row) => `${row.id}.tar.gz`);
    return { problems, owners, sessions, archives };
  } finally {
    database.close();
  }
}

/** What the database holds of a learner's way through the lesson. */
export function progressOf(
  lab: PrivateLab,
  learner: string,
  lesson: string,
): { passed: Set<string>; currentStep: string | null } {
  const database = new Database(join(lab.data, 'drydock.db'), { readonly: true });
  try {
    const by = [learner, lesson];
    const passed = database.prepare('SELECT check_id FROM check_passed WHERE learner = ? AND lesson = ?').all(by);
    const visit = database.prepare('SELECT current_step FROM lesson_visit WHERE learner = ? AND lesson = ?').all(by);
    const step = (visit[0] as { current_step: string | null } | undefined)?.current_step ?? null;
    return { passed: new Set((passed as { check_id: string }[]).map((row) => row.check_id)), currentStep: step };
  } finally {
    database.close();
  }
}

function rows(database: InstanceType<typeof Database>, query: string): Record<string, unknown>[] {
  return database.prepare(query).all() as Record<string, unknown>[];
}

/** Containers, volumes, disk files and loop devices of sandboxes that belong to nobody. */
export async function leftovers(
  engine: PrivateEngine,
  lab: PrivateLab,
  { owners, archives }: Ownership,
  folder: string,
): Promise<string[]> {
  const known = (name: string) => [...owners.keys()].some((id) => name.includes(id));
  const containers = (await engine.docker('ps', '--all', '--format', '{{.Names}}')).split('\n').filter(Boolean);
  const volumes = (await engine.docker('volume', 'ls', '--format', '{{.Name}}')).split('\n').filter(Boolean);
  const files = namesIn(join(lab.data, 'disks'));
  const kept = namesIn(join(lab.data, 'archives'));
  const registry = `drydock-${lab.id}-registry`;
  const loops = (await loopDevices(folder)).filter(({ file }) => file.startsWith(`${lab.data}/`));
  return [
    ...containers.filter((name) => !known(name) && name !== registry).map((name) => `container ${name} is nobody's`),
    ...volumes.filter((name) => !known(name) && !name.startsWith(registry)).map((name) => `volume ${name} is nobody's`),
    ...files.filter((name) => !known(name)).map((name) => `disk file ${name} is nobody's`),
    ...kept.filter((name) => !archives.includes(name)).map((name) => `archive ${name} is nobody's`),
    ...archives.filter((name) => !kept.includes(name)).map((name) => `archive ${name} is not there`),
    ...loops
      .filter(({ file }) => !known(file) || file.endsWith('(deleted)'))
      .map(({ device, file }) => `loop device ${device} over ${file} is nobody's`),
  ];
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** path → SHA-256 of everything in a folder of a learner's home, read past the server. */
export async function filesIn(engine: PrivateEngine, container: string, folder: string): Promise<Map<string, string>> {
  const script = `cd "/root/${folder}" && find . -type f ! -name '.drydock-save-*' -exec sha256sum {} +`;
  const listing = await engine.docker('exec', '--user', '1000:1000', container, 'sh', '-c', script);
  return new Map(
    listing
      .split('\n')
      .filter(Boolean)
      .map((line) => [line.slice(66).replace(/^\.\//, ''), line.slice(0, 64)]),
  );
}

/** Names of the learner's own containers that run, as their daemon says. */
export async function runningInside(engine: PrivateEngine, container: string): Promise<string[]> {
  const inner = ['docker', 'ps', '--format', '{{.Names}}'];
  const names = await engine.docker('exec', '--user', '1000:1000', container, 'drydock-enter', '--', ...inner);
  return names.split('\n').filter(Boolean);
}
