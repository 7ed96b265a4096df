import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LabProcess } from '../e2e/fixtures/lab-process.ts';
import { labId } from '../server/config.ts';
import { createDockerSandboxHost } from '../server/docker/docker-sandbox-host.ts';
import { Engine } from '../server/docker/engine.ts';
import type { SandboxHost } from '../server/docker/sandbox-host.ts';
import type { Workbench } from './workbench.ts';

/** A lab as `npm start` runs it, with sandboxes of its own. */
export interface RunningLab {
  url: string;
  server: LabProcess;
  host: SandboxHost;
  engine: Engine;
}

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** The built server in a process of its own, without a pool; gone with all its sandboxes when `work` is over. */
export async function withLabProcess<T>(
  bench: Workbench,
  env: Record<string, string>,
  work: (lab: RunningLab) => Promise<T>,
): Promise<T> {
  const dataDir = await mkdtemp(join(tmpdir(), 'drydock-bench-'));
  const lab = labId(dataDir);
  const host = createDockerSandboxHost({
    engine: bench.config.engine,
    lab,
    seccompProfile: bench.seccompProfile,
    disks: { folder: join(dataDir, 'disks'), limit: 'auto' },
    logger: silent,
  });
  const server = await LabProcess.prepare({
    ...sandboxEnvironment(),
    DRYDOCK_DATA: dataDir,
    DRYDOCK_LESSONS: join(import.meta.dirname, 'lessons'),
    DRYDOCK_POOL: '0',
    // The rest of the catalogue would be made while something is measured.
    DRYDOCK_IMAGES: 'needed',
    DRYDOCK_PAUSE_AFTER: 'never',
    DRYDOCK_STOP_AFTER: 'never',
    DRYDOCK_REMOVE_AFTER: 'never',
    DRYDOCK_LOG_LEVEL: 'warn',
    ...env,
  });
  try {
    await copyFile(join(bench.config.dataDir, 'setup.json'), join(dataDir, 'setup.json'));
    await server.start();
    return await work({ url: server.url, server, host, engine: new Engine(bench.config.engine, lab, silent) });
  } finally {
    // A sandbox that is removed while its server runs would be started again.
    await server.stop();
    await removeAll(bench, host);
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function removeAll(bench: Workbench, host: SandboxHost): Promise<void> {
  const records = await host.list();
  bench.tell(`  removing ${records.length} sandboxes`);
  const remove = async () => {
    for (let record = records.pop(); record !== undefined; record = records.pop()) {
      await host.remove(record.id, { keepHome: false });
    }
  };
  await Promise.all([remove(), remove(), remove()]);
  await host.sweep([]);
}

/** What of the person's configuration decides on sandboxes. */
function sandboxEnvironment(): Record<string, string> {
  const decides = (name: string) => name === 'DOCKER_HOST' || name.startsWith('DRYDOCK_SANDBOX_');
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value !== undefined && decides(name) ? [[name, value] as const] : [],
    ),
  );
}
