import type { CommonCheckKey, NetworkCheck, VolumeCheck } from '../../protocol/check-schema.ts';
import type { NetworkSummary } from '../../protocol/docker.ts';
import type { Round } from './round.ts';
import { met, unmet, type Verdict } from './verdict.ts';
import { asList, asTexts, listed, quoted, quotedTexts, shellQuote } from './words.ts';

export type NetworkConditions = Omit<NetworkCheck, 'subject' | 'network' | CommonCheckKey>;
export type VolumeConditions = Omit<VolumeCheck, 'subject' | 'volume' | CommonCheckKey>;

/** Networks and volumes every daemon has by itself are not worth telling a beginner about. */
const builtIn = new Set(['bridge', 'host', 'none']);

export async function evaluateNetwork(name: string, conditions: NetworkConditions, round: Round): Promise<Verdict> {
  const networks = await round.networks();
  const summary = networks.find((network) => network.name === name);
  if (conditions.state === 'absent') {
    return summary
      ? unmet(`The network ${name} is still here. It has to be gone.`)
      : met(`There is no network ${name}.`);
  }
  if (!summary) {
    const others = networks.map((network) => network.name).filter((other) => !builtIn.has(other));
    return unmet(
      `There is no network ${name}. ${others.length > 0 ? `These exist: ${listed(others)}.` : 'You have made none yet.'}`,
    );
  }
  const reason =
    differs('its driver is', summary.driver, conditions.driver) ??
    wrongInternal(summary.internal, conditions.internal) ??
    wrongSubnet(
      summary.subnets.map((subnet) => subnet.subnet),
      conditions.subnet,
    ) ??
    (await notAttached(summary.id, asList(conditions.containers), round)) ??
    (await unreachable(conditions.reaches, round));
  return reason === null
    ? met(`${networkEvidence(summary, conditions).join('. ')}.`)
    : unmet(`The network ${name} is here, but ${reason}.`);
}

/** What was found where the conditions looked. */
function networkEvidence(network: NetworkSummary, conditions: NetworkConditions): string[] {
  const parts = [`The network ${network.name} is here, with the driver ${network.driver}`];
  const { internal, subnet, containers, reaches } = conditions;
  if (internal !== undefined) parts.push(network.internal ? 'It is internal' : 'It leads to the outside too');
  if (subnet !== undefined) parts.push(`Its subnet is ${subnet}`);
  if (containers !== undefined) parts.push(`Attached to it: ${listed(asList(containers))}`);
  if (reaches !== undefined) parts.push(`${reaches.from} reaches ${reaches.to} on port ${reaches.port}`);
  return parts;
}

function volumeEvidence(name: string, { driver, usedBy, file }: VolumeConditions): string[] {
  const parts = [`The volume ${name} is here`];
  if (driver !== undefined) parts.push(`Its driver is ${quoted(driver)}`);
  if (usedBy !== undefined) parts.push(`It is used by ${listed(asList(usedBy))}`);
  if (file !== undefined) {
    const texts = asTexts(file.contains);
    parts.push(`It holds the file ${file.path}${texts.length > 0 ? `, which contains ${quotedTexts(texts)}` : ''}`);
  }
  return parts;
}

function differs(words: string, found: string, wanted: string | undefined): string | null {
  return wanted === undefined || found === wanted ? null : `${words} ${quoted(found)}; it has to be ${quoted(wanted)}`;
}

function wrongInternal(found: boolean, wanted: boolean | undefined): string | null {
  if (wanted === undefined || found === wanted) return null;
  return wanted
    ? 'it is not internal: containers on it can reach the outside'
    : 'it is internal: containers on it reach nothing outside';
}

function wrongSubnet(found: readonly string[], wanted: string | undefined): string | null {
  if (wanted === undefined || found.includes(wanted)) return null;
  return `its subnet is ${found.length > 0 ? listed(found) : 'not set'}; it has to be ${wanted}`;
}

async function notAttached(id: string, wanted: readonly string[], round: Round): Promise<string | null> {
  if (wanted.length === 0) return null;
  // A stopped container stays attached in its own configuration and leaves the network's list.
  const attached = new Set((await round.network(id))?.containers.map((container) => container.name) ?? []);
  for (const container of await round.containers()) {
    if (container.networks.some((network) => network.id === id)) attached.add(container.name);
  }
  const missing = wanted.find((container) => !attached.has(container));
  if (missing === undefined) return null;
  return `${missing} is not attached to it${attached.size > 0 ? `: attached are ${listed([...attached])}` : ': nothing is'}`;
}

async function unreachable(wanted: NetworkConditions['reaches'], round: Round): Promise<string | null> {
  if (wanted === undefined) return null;
  const { from, to, port } = wanted;
  const containers = await round.containers();
  for (const name of [from, to]) {
    const container = containers.find((candidate) => candidate.name === name);
    if (container?.state !== 'running' && (name === from || container !== undefined)) return `${name} is not running`;
  }
  // From the container's own network, with the names its DNS gives; the image needs no tool for it.
  const script = `pid=$(docker inspect -f '{{.State.Pid}}' ${shellQuote(from)}) && [ "$pid" -gt 0 ] || exit 3
conf=$(docker inspect -f '{{.ResolvConfPath}}' ${shellQuote(from)})
nsenter -t "$pid" -n unshare -m bash -c 'mount --bind "$1" /etc/resolv.conf; exec timeout 3 bash -c "exec 3<>/dev/tcp/\\$0/\\$1" "$2" "$3"' - "$conf" ${shellQuote(to)} ${port} 2>/dev/null`;
  const { exit } = await round.run(script, 6000);
  return exit === 0 ? null : `${from} gets no connection to ${to} on port ${port}`;
}

export async function evaluateVolume(name: string, conditions: VolumeConditions, round: Round): Promise<Verdict> {
  const volumes = await round.volumes();
  const volume = volumes.find((candidate) => candidate.name === name);
  if (conditions.state === 'absent') {
    return volume ? unmet(`The volume ${name} is still here. It has to be gone.`) : met(`There is no volume ${name}.`);
  }
  if (!volume) {
    // The long names are those of anonymous volumes.
    const others = volumes.map((candidate) => candidate.name).filter((other) => !/^[a-f0-9]{64}$/.test(other));
    return unmet(
      `There is no volume ${name}. ${others.length > 0 ? `These exist: ${listed(others)}.` : 'You have made none yet.'}`,
    );
  }
  const reason =
    differs('its driver is', volume.driver, conditions.driver) ??
    (await notUsed(name, asList(conditions.usedBy), round)) ??
    (await wrongFile(volume.mountpoint, conditions.file, round));
  return reason === null
    ? met(`${volumeEvidence(name, conditions).join('. ')}.`)
    : unmet(`The volume ${name} is here, but ${reason}.`);
}

async function notUsed(name: string, wanted: readonly string[], round: Round): Promise<string | null> {
  if (wanted.length === 0) return null;
  const users = (await round.containers())
    .filter((container) => container.mounts.some((mount) => mount.type === 'volume' && mount.source === name))
    .map((container) => container.name);
  const missing = wanted.find((container) => !users.includes(container));
  if (missing === undefined) return null;
  return `${missing} does not use it: ${users.length > 0 ? `it is used by ${listed(users)}` : 'no container does'}`;
}

async function wrongFile(mountpoint: string, wanted: VolumeConditions['file'], round: Round): Promise<string | null> {
  if (wanted === undefined) return null;
  const path = `${mountpoint}/${wanted.path.replace(/^\/+/, '')}`;
  const { exit, stdout } = await round.run(
    `[ -f ${shellQuote(path)} ] || exit 4; head -c 200000 ${shellQuote(path)}`,
    5000,
  );
  if (exit === 4) return `there is no file ${wanted.path} in it`;
  if (exit !== 0) return `its file ${wanted.path} cannot be read`;
  const missing = asTexts(wanted.contains).find((text) => !stdout.includes(text));
  return missing === undefined ? null : `its file ${wanted.path} does not contain ${quoted(missing)}`;
}
