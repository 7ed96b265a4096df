import { isIP } from 'node:net';

/** An IPv4 network: its first address as a number, and the bits that are fixed. */
interface Network {
  first: number;
  bits: number;
}

/**
 * What a sandbox with egress must not reach, whatever the engine's machine looks like: everything that is not the
 * internet (RFC 6890), and what a cloud's host answers at an ordinary address. Networks set aside for examples
 * (192.0.2.0/24 and its like) are left out: on the internet nobody has them, and a lab's own network may.
 */
export const refusedAlways: Record<string, string> = {
  '0.0.0.0/8': 'this machine',
  '10.0.0.0/8': 'private',
  '100.64.0.0/10': 'carriers, and some clouds’ metadata',
  '127.0.0.0/8': 'loopback',
  '168.63.129.16/32': 'Azure’s host agent',
  '169.254.0.0/16': 'link-local, and most clouds’ metadata',
  '172.16.0.0/12': 'private, and Docker’s own networks',
  '192.0.0.0/24': 'protocol assignments, and Oracle’s metadata',
  '192.168.0.0/16': 'private',
  '198.18.0.0/15': 'tests of devices: the link between sandbox and gate is there',
  '224.0.0.0/4': 'groups',
  '240.0.0.0/4': 'reserved, and broadcast',
};

/**
 * All networks to refuse: those above, the lab's whole range, and the networks the engine's machine is in (with its
 * own addresses) or has a route of its own to. None is inside another, so what comes and goes there changes nothing.
 * @param attached `address/bits` of every interface and route of the engine's machine
 */
export function refusedNetworks(range: string, attached: readonly string[]): string[] {
  const own = attached.flatMap((text) => {
    const network = parseNetwork(text);
    if (network === null) return [];
    // An interface or route that claims much of the internet is a tunnel: only the address is the machine's own.
    return [network.bits >= 8 ? network : parseNetwork(`${text.split('/')[0]}/32`)].filter((each) => each !== null);
  });
  const fixed = [...Object.keys(refusedAlways), range].map(parseNetwork).filter((each) => each !== null);
  const wide = [...fixed, ...own].sort((a, b) => a.bits - b.bits || a.first - b.first);
  const kept: Network[] = [];
  for (const network of wide) if (!kept.some((other) => covers(other, network))) kept.push(network);
  return kept.map(({ first, bits }) => `${formatAddress(first)}/${bits}`);
}

/** The sandboxes' networks in a range have 8 addresses: network, bridge, gate, broadcast, and none to share. */
export const subnetBits = 29;

/**
 * Subnets of the range that overlap none of those taken, in an order that begins anywhere: two servers that choose
 * at once seldom choose the same.
 * @param chance from 0 to 1
 */
export function* freeSubnets(range: string, taken: readonly string[], chance: number): Generator<string> {
  const whole = parseNetwork(range);
  if (whole === null || whole.bits > subnetBits) return;
  const used = taken.map(parseNetwork).filter((each) => each !== null);
  const count = 2 ** (subnetBits - whole.bits);
  const begin = Math.floor(chance * count);
  for (let i = 0; i < count; i++) {
    const subnet = { first: whole.first + ((begin + i) % count) * 2 ** (32 - subnetBits), bits: subnetBits };
    if (used.some((other) => covers(other, subnet) || covers(subnet, other))) continue;
    yield `${formatAddress(subnet.first)}/${subnetBits}`;
  }
}

/** Whether the second network lies in the first. False for what is no network. */
export function isWithin(range: string, subnet: string): boolean {
  const [outer, inner] = [parseNetwork(range), parseNetwork(subnet)];
  return outer !== null && inner !== null && covers(outer, inner);
}

function covers(outer: Network, inner: Network): boolean {
  return outer.bits <= inner.bits && firstOf(inner.first, outer.bits) === outer.first;
}

/** `192.0.2.7/24` as the network it is in, or null. */
function parseNetwork(text: string): Network | null {
  const [address = '', bitsText = '', ...rest] = text.split('/');
  const bits = Number(bitsText);
  if (isIP(address) !== 4 || !/^\d{1,2}$/.test(bitsText) || bits > 32 || rest.length > 0) return null;
  const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return { first: firstOf(number, bits), bits };
}

function firstOf(address: number, bits: number): number {
  const size = 2 ** (32 - bits);
  return Math.floor(address / size) * size;
}

function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}
