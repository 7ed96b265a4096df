import { statfs } from 'node:fs/promises';
import { DisposableStore } from '../disposable.ts';
import type { HostDescription } from '../docker/sandbox-host.ts';
import type { SandboxUsage } from '../docker/sandbox-usage.ts';
import type { ImageStock } from '../images/image-stock.ts';
import type { Logger } from '../logger.ts';
import { DiskReports, followSandboxes, listSandboxes, type OperatedSandboxes } from './operated-sandboxes.ts';
import { createOperatorServer, type OperatorServer } from './operator-server.ts';
import type { PrometheusMetrics, Reading } from './prometheus-metrics.ts';
import { ProcessReader } from './read-process.ts';

export interface LabOperatorParts {
  config: { dataDir: string; operator: { port: number; token: string | null } };
  version: string;
  logger: Logger;
  metrics: PrometheusMetrics;
  sandboxes: OperatedSandboxes;
  /** null: this lab has nothing to do with any registry. */
  stock: Pick<ImageStock, 'counts'> | null;
  terminals: { count(): number };
  gateway: { readonly pages: number };
  host: { describe(): Promise<HostDescription> };
  /** What these running sandboxes take of the machine now. */
  usage: (ids: readonly string[]) => Promise<Map<string, SandboxUsage>>;
}

/** The operator's listener over the parts of a lab. Nothing happens until `start`. */
export function createLabOperator(parts: LabOperatorParts): OperatorServer {
  const { config, logger, metrics, sandboxes, usage } = parts;
  const following = new DisposableStore();
  const process = following.add(new ProcessReader());
  following.add(followSandboxes(sandboxes, metrics));
  const disks = following.add(new DiskReports(sandboxes));
  const server = createOperatorServer({
    config: config.operator,
    dataDir: config.dataDir,
    logger,
    metrics: async () => {
      const text = await metrics.render([...(await readLab(parts)), ...process.read()]);
      return { contentType: metrics.contentType, text };
    },
    sandboxes: {
      list: () => listSandboxes(sandboxes, usage, disks),
      stop: async (id) => {
        logger.info({ sandbox: id }, 'the operator stops a sandbox');
        await sandboxes.stop(id, 'operator');
      },
      remove: async (id, files) => {
        logger.info({ sandbox: id, files }, 'the operator removes a sandbox');
        await sandboxes.remove(id, files);
      },
    },
  });
  return {
    start: () => server.start(),
    stop: async () => {
      following.dispose();
      await server.stop();
    },
  };
}

/** Everything that is so and so many now. What cannot be known is left out, and never keeps the rest away. */
async function readLab({
  config,
  version,
  sandboxes,
  stock,
  terminals,
  gateway,
  host,
}: LabOperatorParts): Promise<Reading[]> {
  const { byState, pool, limit } = sandboxes.counts();
  const [engine, dataFree] = await Promise.all([
    host.describe().catch(() => null),
    statfs(config.dataDir).then(
      ({ bavail, bsize }) => bavail * bsize,
      () => null,
    ),
  ]);
  const free = [
    { disk: 'data', value: dataFree },
    { disk: 'sandboxes', value: engine?.diskFree ?? null },
  ];
  return [
    gauge('drydock_build_info', 'The version that runs.', [{ labels: { version }, value: 1 }]),
    gauge('drydock_sandboxes', 'Learners’ sandboxes by state.', by('state', byState)),
    gauge('drydock_sandbox_limit', 'How many may run at once.', [{ labels: {}, value: limit }]),
    gauge(
      'drydock_pool_sandboxes',
      'Sandboxes nobody has yet: ready, being filled, and how many are wanted.',
      by('kind', { ...pool, filling: pool.filling ? 1 : 0 }),
    ),
    ...(stock === null
      ? []
      : [gauge('drydock_images', 'Images of the catalogue by state.', by('state', stock.counts().byState))]),
    gauge('drydock_terminals', 'Shells that run.', [{ labels: {}, value: terminals.count() }]),
    gauge('drydock_pages', 'Pages that are connected.', [{ labels: {}, value: gateway.pages }]),
    gauge('drydock_engine_up', 'Whether the Docker Engine answers.', [{ labels: {}, value: engine === null ? 0 : 1 }]),
    gauge(
      'drydock_disk_free_bytes',
      'Free where the lab’s data and the sandboxes’ disks lie.',
      free.flatMap(({ disk, value }) => (value === null ? [] : [{ labels: { disk }, value }])),
    ),
  ];
}

function by(label: string, counts: Readonly<Record<string, number>>): Reading['values'] {
  return Object.entries(counts).map(([name, value]) => ({ labels: { [label]: name }, value }));
}

function gauge(name: string, help: string, values: Reading['values']): Reading {
  return { name, help, type: 'gauge', values };
}
