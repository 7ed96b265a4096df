import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { type Config, parseConfig } from '../server/config.ts';
import { createDockerSandboxHost } from '../server/docker/docker-sandbox-host.ts';
import { Engine } from '../server/docker/engine.ts';
import { engineStatus } from '../server/docker/engine-errors.ts';
import type { SandboxHost, SandboxSpec } from '../server/docker/sandbox-host.ts';
import { buildSeccompProfile } from '../server/sandbox/seccomp/build-seccomp-profile.ts';
import { readSetupRecord } from '../server/setup-record.ts';
import { randomIds } from '../server/system-clock.ts';

/** What all benchmarks work with. */
export interface Workbench {
  config: Config;
  engine: Engine;
  /** Of a lab of its own, so that nothing of the person's lab is touched. */
  host: SandboxHost;
  seccompProfile: object;
  image: { reference: string; id: string; size: number };
  /** As real sandboxes have it, when the set-up made one. */
  registryVolume: string | null;
  /** Aborts when the person wants to stop. */
  signal: AbortSignal;
  /** Progress, to stderr. */
  tell(line: string): void;
}

const root = resolve(import.meta.dirname, '..');
const silent = { debug() {}, info() {}, warn() {}, error() {} };
/** Where no set-up has run: an image that was built by hand. */
const developmentImage = 'drydock/sandbox:dev';

/** @throws config.invalid, engine.unreachable, or an Error when there is no sandbox image */
export async function openWorkbench(signal: AbortSignal): Promise<Workbench> {
  const config = parseConfig(process.env, { root });
  const lab = `bench-${randomIds.next().slice(0, 8)}`;
  const engine = new Engine(config.engine, lab, silent);
  await engine.ping();
  const seccompProfile = buildSeccompProfile();
  const record = await readSetupRecord(config.dataDir).catch(() => null);
  const image =
    (await findImage(engine, record?.sandboxImage ?? developmentImage)) ?? (await findImage(engine, developmentImage));
  if (image === null) throw new Error('There is no sandbox image. `npm start` makes it.');
  return {
    config,
    engine,
    host: createDockerSandboxHost({ engine: config.engine, lab, seccompProfile, logger: silent }),
    seccompProfile,
    image,
    registryVolume: record === null ? null : await findVolume(engine, record.registrySocketVolume),
    signal,
    tell: (line) => void process.stderr.write(`${line}\n`),
  };
}

/** A sandbox as the lab would make one now. */
export function newSandbox(bench: Workbench): SandboxSpec {
  return {
    id: randomIds.next(),
    learner: null,
    image: bench.image.reference,
    limits: bench.config.sandbox,
    registryVolume: bench.registryVolume,
  };
}

/** Runs a command in bash, to its end. */
export async function inSandbox(bench: Workbench, id: string, command: string) {
  const session = await bench.host.exec(id, { argv: ['bash', '-c', command] });
  session.stdin.end();
  const [stdout, stderr, exit] = await Promise.all([text(session.stdout), text(session.stderr), session.exit]);
  return { exit, stdout, stderr };
}

async function findImage(engine: Engine, reference: string): Promise<Workbench['image'] | null> {
  const found = await orMissing(engine.docker.getImage(reference).inspect());
  return found === null ? null : { reference, id: found.Id, size: found.Size };
}

/** Mounting a volume that is not there would make it. */
async function findVolume(engine: Engine, name: string): Promise<string | null> {
  return (await orMissing(engine.docker.getVolume(name).inspect())) === null ? null : name;
}

async function orMissing<T>(request: Promise<T>): Promise<T | null> {
  try {
    return await request;
  } catch (error) {
    if (engineStatus(error) === 404) return null;
    throw error;
  }
}
