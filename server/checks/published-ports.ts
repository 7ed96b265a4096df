import type { ContainerDetails, PortMapping } from '../../protocol/docker.ts';
import { listed } from './words.ts';

interface WantedPort {
  ip: string | null;
  host: number | null;
  container: number;
  protocol: string;
}

/** `8080:80`, `127.0.0.1:8080:80`, `80/udp`, `80`. */
export function readPort(text: string | number): WantedPort {
  const match = /^(?:(?:\[([^\]]*)\]|([0-9.]+)):(?=\d+:))?(?:(\d+):)?(\d+)(?:\/(\w+))?$/.exec(String(text));
  return {
    ip: match?.[1] ?? match?.[2] ?? null,
    host: match?.[3] === undefined ? null : Number(match[3]),
    container: Number(match?.[4]),
    protocol: match?.[5] ?? 'tcp',
  };
}

/** Why the ports are not published as wanted: completes "web is running, but …". Null: they are. */
export function missingPort(wanted: readonly (string | number)[], details: ContainerDetails): string | null {
  const published = publishedOf(details);
  for (const text of wanted) {
    const port = readPort(text);
    if (published.some((found) => fits(found, port))) continue;
    const where = port.protocol === 'tcp' ? '' : `/${port.protocol}`;
    if (published.length === 0) {
      return port.host === null
        ? `it publishes no port; its port ${port.container}${where} has to be published`
        : `it publishes no port; host port ${port.host} has to lead to port ${port.container}${where} inside`;
    }
    const yours = listed(published.map(show));
    if (port.host === null) return `its port ${port.container}${where} is not published: you published ${yours}`;
    const sameHost = published.find((found) => found.hostPort === port.host && found.protocol === port.protocol);
    if (!sameHost) return `nothing is published on host port ${port.host}: you published ${yours}`;
    if (sameHost.containerPort !== port.container) {
      return `host port ${port.host} leads to port ${sameHost.containerPort} inside; it has to lead to port ${port.container}`;
    }
    return `host port ${port.host} is published on ${sameHost.hostIp ?? 'every address'}; it has to be on ${port.ip}`;
  }
  return null;
}

function fits(found: PortMapping, wanted: WantedPort): boolean {
  return (
    found.containerPort === wanted.container &&
    found.protocol === wanted.protocol &&
    (wanted.host === null || found.hostPort === wanted.host) &&
    (wanted.ip === null || found.hostIp === wanted.ip)
  );
}

/** What is asked for, also while the container does not run, and what Docker chose for -P. */
function publishedOf(details: ContainerDetails): PortMapping[] {
  const all = details.ports.filter((port) => port.hostPort !== null);
  const keyOf = (host: number | null, container: number, protocol: string): string =>
    `${host}:${container}/${protocol}`;
  const known = new Set(all.map((port) => keyOf(port.hostPort, port.containerPort, port.protocol)));
  for (const text of details.publishedPorts) {
    const { ip, host, container, protocol } = readPort(text);
    const key = keyOf(host, container, protocol);
    if (known.has(key) || host === null) continue;
    known.add(key);
    all.push({ containerPort: container, protocol: protocol as PortMapping['protocol'], hostPort: host, hostIp: ip });
  }
  return all;
}

function show(port: PortMapping): string {
  return `${port.hostPort}:${port.containerPort}${port.protocol === 'tcp' ? '' : `/${port.protocol}`}`;
}
