import { networkInterfaces } from 'node:os';
import { DrydockError, errorForLog } from '../errors.ts';
import { findGate, gateSpec, listGates, removeGate, startGate } from './egress-gate.ts';
import { listEgressNetworks, makeEgressNetwork, removeEgressNetworks } from './egress-network.ts';
import { refusedNetworks } from './egress-ranges.ts';
import { deadlines, type Engine } from './engine.ts';
import { withDeadline } from './engine-errors.ts';
import { runOnce } from './engine-facts.ts';
import { ExecStreams } from './exec-stream.ts';

export interface EgressOptions {
  /** IPv4 network from which every sandbox that has egress gets a small one, such as `10.213.0.0/16`. */
  range: string;
}

/**
 * Opens the running sandbox's way to the internet and resolves once packets can pass. Opening one that is open
 * changes nothing, unless the engine's machine has got other networks: then it is made anew with them refused.
 * Calls for one sandbox must not overlap. See docs/decisions/007-egress.md.
 * @throws egress.unavailable, sandbox.gone, engine.unreachable, engine.failed
 */
export async function openEgress(engine: Engine, id: string, options: EgressOptions): Promise<void> {
  const sandbox = await engine.requireRunning(id);
  const refuse = refusedNetworks(options.range, await networksOfMachine(engine, sandbox.info.Image));
  const gate = await findGate(engine, id);
  if (gate?.running === true && gate.spec === gateSpec(refuse, sandbox)) return;
  try {
    await removeGate(engine, id);
    const networkId = await makeEgressNetwork(engine, id, options.range);
    const pid = await learnerPid(engine, id);
    await startGate(engine, id, { sandbox, networkId, refuse, pid });
  } catch (error) {
    await closeEgress(engine, id).catch((left: unknown) => {
      engine.logger.warn(errorForLog(left), 'a way to the internet that does not work stays');
    });
    throw error;
  }
}

/** Closes it and removes its network. Closing one that is not open, or whose sandbox is gone, is no error. */
export async function closeEgress(engine: Engine, id: string): Promise<void> {
  await removeGate(engine, id);
  await removeEgressNetworks(engine, id);
}

/** Removes what is left of ways whose gate ended while no server looked. */
export async function sweepEgress(engine: Engine): Promise<void> {
  const gates = await listGates(engine);
  const open = new Set(gates.filter(({ running }) => running).map(({ id }) => id));
  const left = [...gates, ...(await listEgressNetworks(engine))].map(({ id }) => id);
  for (const id of new Set(left)) if (!open.has(id)) await closeEgress(engine, id);
}

/** Milliseconds the networks of the engine's machine are taken to stay as they are. */
const networksAreFresh = 60_000;
const knownNetworks = new WeakMap<Engine, { at: number; networks: string[] }>();

/**
 * `address/bits` of every interface and route of the engine's machine. Asked in a container with the machine's network,
 * for the server may be on another machine, or in a container itself. A rootless engine has a network of its own in
 * between, so those of this machine are added where the engine may be on it.
 */
async function networksOfMachine(engine: Engine, image: string): Promise<string[]> {
  const known = knownNetworks.get(engine);
  const now = performance.now();
  if (known !== undefined && now - known.at < networksAreFresh) return known.networks;
  const { exitCode, output } = await runOnce(engine, image, ['drydock-gate', 'networks'], {}, 'host');
  const networks = output.split('\n').filter((line) => /^[\d.]+\/\d+$/.test(line));
  // There is the loopback at least; without an answer nobody knows what has to be refused.
  if (exitCode !== 0 || networks.length === 0) {
    throw new DrydockError(
      'egress.unavailable',
      'Your sandbox could not be connected to the internet, because Drydock could not find out which networks to keep it away from. Whoever runs this Drydock has to look at it.',
      { details: { exitCode } },
    );
  }
  const here = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  if (engine.isLocalSocket) networks.push(...here.flatMap(({ cidr }) => cidr ?? []));
  knownNetworks.set(engine, { at: now, networks });
  return networks;
}

/** What the sandbox says is a process in the learner's namespace. Any number will do no harm. */
async function learnerPid(engine: Engine, id: string): Promise<number> {
  const { socket } = await engine.startExec(id, ['cat', '/run/user/1000/drydock.pid'], { stdin: false });
  const streams = new ExecStreams(socket);
  streams.stderr.resume();
  let text = '';
  streams.stdout.on('data', (chunk: Buffer) => {
    if (text.length < 32) text += chunk.toString('latin1');
  });
  try {
    await withDeadline('ask the sandbox for its namespace', deadlines.request, () => streams.closed);
  } finally {
    streams.destroy();
  }
  const pid = /^(\d{1,7})\s*$/.exec(text)?.[1];
  if (pid !== undefined && Number(pid) > 1) return Number(pid);
  throw new DrydockError(
    'egress.unavailable',
    'Your sandbox could not be connected to the internet, because its Docker is not up. Try again once it answers.',
  );
}
