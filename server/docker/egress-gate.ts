import { createHash } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { DrydockError } from '../errors.ts';
import { egressLabels, gateRole } from './egress-network.ts';
import { deadlines, type Engine, type FoundSandbox } from './engine.ts';
import { engineStatus, printable, withDeadline } from './engine-errors.ts';
import { ExecStreams } from './exec-stream.ts';
import { LineSplitter } from './line-splitter.ts';
import { containerName, labels } from './sandbox-container.ts';

const readyLine = 'drydock-gate: ready';
const failedPrefix = 'drydock-gate: failed: ';

/** Milliseconds from the gate's start until packets can pass; it needs about 100 and gives up after 5000 itself. */
const gateDeadline = 20_000;

export interface FoundGate {
  running: boolean;
  /** What `gateSpec` says of that which it was made from. */
  spec: string;
}

interface GateOptions {
  sandbox: FoundSandbox;
  networkId: string;
  /** Networks the sandbox must not reach. */
  refuse: string[];
  /** A process in the learner's namespace, as the sandbox says. */
  pid: number;
}

/** Names what a gate is made from: one of another spec has to be made anew. */
export function gateSpec(refuse: string[], sandbox: FoundSandbox): string {
  return createHash('sha256')
    .update(JSON.stringify([refuse, sandbox.info.Id, sandbox.info.Image]))
    .digest('hex')
    .slice(0, 16);
}

/** @throws engine.failed when a container of the gate's name is somebody else's */
export async function findGate(engine: Engine, id: string): Promise<FoundGate | null> {
  return withDeadline('look at the gate', deadlines.request, async (abortSignal) => {
    try {
      const { Config, State } = await gateOf(engine, id).inspect({ abortSignal });
      const own = Object.entries(egressLabels(engine, id)).every(([key, value]) => Config.Labels[key] === value);
      if (!own) {
        throw new DrydockError(
          'engine.failed',
          `There is a container named ${gateName(engine, id)} on this engine that does not belong to this lab, so Drydock leaves it alone. Whoever runs this Drydock has to rename or remove it.`,
        );
      }
      return { running: State.Running, spec: Config.Labels[labels.spec] ?? '' };
    } catch (error) {
      if (engineStatus(error) === 404) return null;
      throw error;
    }
  });
}

/** The sandboxes that have a gate, in whatever state. */
export async function listGates(engine: Engine): Promise<{ id: string; running: boolean }[]> {
  const filters = { label: [`${labels.lab}=${engine.lab}`, `${gateRole.label}=${gateRole.value}`] };
  const found = await withDeadline('list the gates', deadlines.request, (abortSignal) =>
    engine.docker.listContainers({ all: true, filters, abortSignal }),
  );
  return found.flatMap(({ Labels, State }) => {
    const id = Labels[labels.sandbox];
    return id === undefined ? [] : [{ id, running: State === 'running' }];
  });
}

/** Removes the gate and waits until it is gone, for its name and its network are in use until then. */
export async function removeGate(engine: Engine, id: string): Promise<void> {
  if ((await findGate(engine, id)) === null) return;
  await withDeadline('remove the gate', deadlines.change, async (abortSignal) => {
    try {
      await gateOf(engine, id).remove({ force: true, v: true, abortSignal });
    } catch (error) {
      // 409: the engine is removing it already, because it ended.
      if (engineStatus(error) !== 404 && engineStatus(error) !== 409) throw error;
    }
    while (!abortSignal.aborted && (await findGate(engine, id)) !== null) await sleep(50);
  });
}

/**
 * Makes and starts the gate, and resolves once packets can pass.
 * @throws egress.unavailable with the gate's own words
 */
export async function startGate(engine: Engine, id: string, options: GateOptions): Promise<void> {
  const container = await withDeadline('make the gate', deadlines.change, (abortSignal) =>
    engine.docker.createContainer({ ...gateContainer(engine, id, options), abortSignal }),
  );
  const words = await withDeadline('start the gate', deadlines.change, async (abortSignal) => {
    const socket = await container.attach({ stream: true, hijack: true, stdout: true, stderr: true, abortSignal });
    const streams = new ExecStreams(socket as Duplex);
    try {
      const said = firstWords(streams);
      await container.start({ abortSignal });
      return await said;
    } finally {
      streams.destroy();
    }
  });
  if (words === null) return;
  throw new DrydockError(
    'egress.unavailable',
    `Your sandbox could not be connected to the internet; all else in it works. The reason: ${printable(words)}. Try again; if it stays like this, whoever runs this Drydock has to look at it.`,
    { details: { said: printable(words) } },
  );
}

/** null: the gate is ready; else why it is not. */
async function firstWords(streams: ExecStreams): Promise<string | null> {
  const timer = new AbortController();
  const late = sleep(gateDeadline, 'it did not get ready in time', { signal: timer.signal }).catch(() => '');
  const told = new Promise<string | null>((resolve) => {
    let failure = 'it ended without a word';
    const onLine = (line: string): void => {
      if (line.trim() === readyLine) resolve(null);
      if (line.startsWith(failedPrefix)) failure = line.slice(failedPrefix.length);
    };
    for (const stream of [streams.stdout, streams.stderr]) {
      const lines = new LineSplitter(4096, onLine);
      stream.on('data', (chunk: Buffer) => lines.push(chunk));
      stream.on('end', () => lines.end());
    }
    const end = (): void => void setImmediate(() => resolve(failure));
    streams.closed.then(end, end);
  });
  try {
    return await Promise.race([told, late]);
  } finally {
    timer.abort();
  }
}

/**
 * The sandbox's pid namespace, so that the gate can name the learner's network namespace by a pid, and so that it
 * ends with the sandbox. Root in there, but with nothing than what is needed to lay rules, which it gives up; a
 * learner is uid 1000 or one of the namespace's, and can neither signal nor look into it.
 */
function gateContainer(engine: Engine, id: string, options: GateOptions): Docker.ContainerCreateOptions {
  const { info } = options.sandbox;
  const memory = 64 * 2 ** 20;
  return {
    name: gateName(engine, id),
    Image: info.Image,
    Cmd: ['drydock-gate'],
    User: '0:0',
    WorkingDir: '/',
    Hostname: 'gate',
    Labels: { ...egressLabels(engine, id), [labels.spec]: gateSpec(options.refuse, options.sandbox) },
    Env: [`DRYDOCK_GATE_PID=${options.pid}`, `DRYDOCK_GATE_REFUSE=${options.refuse.join(' ')}`],
    HostConfig: {
      AutoRemove: true,
      NetworkMode: options.networkId,
      PidMode: `container:${info.Id}`,
      CapDrop: ['ALL'],
      CapAdd: ['NET_ADMIN', 'NET_RAW'],
      SecurityOpt: ['no-new-privileges'],
      ReadonlyRootfs: true,
      Sysctls: {
        'net.ipv4.ip_forward': '1',
        'net.ipv4.conf.all.accept_source_route': '0',
        // Refusals come at once, not one a second.
        'net.ipv4.icmp_ratelimit': '0',
        // Its name server's port, without a capability for it.
        'net.ipv4.ip_unprivileged_port_start': '53',
      },
      // The image's volumes would be made for it, and iptables keeps a lock.
      Tmpfs: {
        '/run': 'rw,nosuid,nodev,noexec,mode=755,size=1m',
        '/root': 'rw,nosuid,nodev,noexec,mode=700,size=64k',
        '/var/lib/docker': 'rw,nosuid,nodev,noexec,mode=700,size=64k',
      },
      Memory: memory,
      MemorySwap: memory,
      NanoCpus: 1e9,
      PidsLimit: 64,
      LogConfig: { Type: 'json-file', Config: { 'max-size': '64k', 'max-file': '1' } },
    },
  };
}

function gateName(engine: Engine, id: string): string {
  return `${containerName(engine.lab, id)}-gate`;
}

function gateOf(engine: Engine, id: string): Docker.Container {
  return engine.docker.getContainer(gateName(engine, id));
}
