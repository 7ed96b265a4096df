import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { DrydockError } from '../errors.ts';
import { freeSubnets, isWithin } from './egress-ranges.ts';
import { deadlines, type Engine } from './engine.ts';
import { engineStatus, withDeadline } from './engine-errors.ts';
import { containerName, labels } from './sandbox-container.ts';

/** Label and value of everything that belongs to a way to the internet. */
export const gateRole = { label: 'drydock.role', value: 'gate' } as const;

/** How many subnets are tried when others take them at the same time. */
const attempts = 32;

export function egressLabels(engine: Engine, id: string): Record<string, string> {
  return { [labels.lab]: engine.lab, [labels.sandbox]: id, [gateRole.label]: gateRole.value };
}

/** The lab's networks of gates, or those of one sandbox. */
export async function listEgressNetworks(engine: Engine, id?: string): Promise<{ id: string; networkId: string }[]> {
  return (await listNetworks(engine)).flatMap((network) => {
    const found = network.Labels ?? {};
    const sandbox = found[labels.sandbox];
    if (found[labels.lab] !== engine.lab || found[gateRole.label] !== gateRole.value || sandbox === undefined)
      return [];
    return id === undefined || id === sandbox ? [{ id: sandbox, networkId: network.Id }] : [];
  });
}

/**
 * A bridge for this sandbox's gate alone, with a subnet from the range; the one that is there is taken again.
 * @returns its id
 * @throws egress.unavailable when no subnet is left
 */
export async function makeEgressNetwork(engine: Engine, id: string, range: string): Promise<string> {
  const all = await listNetworks(engine);
  const [own] = await listEgressNetworks(engine, id);
  if (own !== undefined) {
    const subnets = all.filter((network) => network.Id === own.networkId).flatMap(subnetsOf);
    if (subnets.length > 0 && subnets.every((subnet) => isWithin(range, subnet))) return own.networkId;
    await removeEgressNetworks(engine, id);
  }
  let tried = 0;
  let refusal: unknown;
  for (const subnet of freeSubnets(range, all.flatMap(subnetsOf), Math.random())) {
    try {
      return await createNetwork(engine, id, subnet);
    } catch (error) {
      // 403: another server took it meanwhile, or it overlaps with something the engine knows.
      const cause = error instanceof DrydockError ? error.cause : error;
      if (engineStatus(cause) !== 403) throw error;
      refusal = error;
      if (++tried >= attempts) break;
    }
  }
  throw new DrydockError(
    'egress.unavailable',
    `There is no free network in ${range} for your sandbox’s way to the internet: all are taken, or the range overlaps with a network this machine has already. Whoever runs this Drydock has to set another DRYDOCK_EGRESS_RANGE.`,
    { cause: refusal },
  );
}

/** Removes the networks of this sandbox's gate. Its endpoint may need a moment to go after the gate. */
export async function removeEgressNetworks(engine: Engine, id: string): Promise<void> {
  for (const { networkId } of await listEgressNetworks(engine, id)) {
    await withDeadline('remove a network', deadlines.request, async (abortSignal) => {
      const network = engine.docker.getNetwork(networkId);
      for (;;) {
        try {
          await network.remove({ abortSignal });
          return;
        } catch (error) {
          if (engineStatus(error) === 404) return;
          // 403: it has an endpoint.
          if (engineStatus(error) !== 403 || abortSignal.aborted) throw error;
        }
        await sleep(50);
      }
    });
  }
}

async function createNetwork(engine: Engine, id: string, subnet: string): Promise<string> {
  return withDeadline('make a network', deadlines.request, async (abortSignal) => {
    const network = await engine.docker.createNetwork({
      Name: `${containerName(engine.lab, id)}-egress`,
      CheckDuplicate: true,
      Driver: 'bridge',
      EnableIPv6: false,
      IPAM: { Driver: 'default', Config: [{ Subnet: subnet }] },
      Options: {
        'com.docker.network.bridge.enable_icc': 'false',
        'com.docker.network.bridge.enable_ip_masquerade': 'true',
      },
      Labels: egressLabels(engine, id),
      abortSignal,
    });
    return network.id;
  });
}

async function listNetworks(engine: Engine): Promise<Docker.NetworkInspectInfo[]> {
  return withDeadline('list the networks', deadlines.request, (abortSignal) =>
    engine.docker.listNetworks({ abortSignal }),
  );
}

function subnetsOf(network: Docker.NetworkInspectInfo): string[] {
  return (network.IPAM?.Config ?? []).flatMap(({ Subnet }) => (Subnet === undefined ? [] : [Subnet]));
}
