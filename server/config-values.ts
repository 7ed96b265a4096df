import { statSync } from 'node:fs';
import { isIP } from 'node:net';
import { isAbsolute, resolve } from 'node:path';
import type { EngineAddress } from './docker/engine.ts';

/** Readers of single configuration values. Each returns undefined for what is not allowed. */

const units: Record<string, number> = { '': 1, b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/** `2g`, `1.5G`, `512m`, `2147483648` as bytes; units are those of `docker run --memory` (powers of 1024). */
export function readBytes(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([bkmgt]?)(?:i?b)?$/i.exec(text.trim());
  const unit = units[(match?.[2] ?? '').toLowerCase()];
  if (match?.[1] === undefined || unit === undefined) return undefined;
  return Math.floor(Number(match[1]) * unit);
}

const durations: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s`, `10m`, `1.5h`, `30d` in milliseconds; `never` is infinite. */
export function readDuration(text: string): number | undefined {
  if (text.trim() === 'never') return Number.POSITIVE_INFINITY;
  const match = /^(\d{1,6}(?:\.\d{1,3})?)\s*([smhd])$/.exec(text.trim());
  const unit = durations[match?.[2] ?? ''];
  return match?.[1] === undefined || unit === undefined ? undefined : Math.round(Number(match[1]) * unit);
}

/** The private networks, and the one every Docker host has for itself: first address and prefix length. */
const privateNetworks: readonly [string, number][] = [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
];
const dockersOwn: [string, number] = ['172.17.0.0', 16];

/** A private IPv4 network such as `10.213.0.0/16`, with room for 64 networks of 8 addresses at least. */
export function readNetworkRange(text: string): string | undefined {
  const match = /^(\d{1,3}(?:\.\d{1,3}){3})\/(\d{1,2})$/.exec(text.trim());
  const address = match?.[1];
  const bits = Number(match?.[2]);
  if (address === undefined || isIP(address) !== 4 || bits < 8 || bits > 23) return undefined;
  if (first(address, bits) !== toNumber(address)) return undefined;
  const within = privateNetworks.some(([net, length]) => bits >= length && first(address, length) === toNumber(net));
  const shared = Math.min(bits, dockersOwn[1]);
  const overlaps = first(address, shared) === first(dockersOwn[0], shared);
  return within && !overlaps ? text.trim() : undefined;
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** The first address of the network with this prefix length that the address is in. */
function first(address: string, bits: number): number {
  const size = 2 ** (32 - bits);
  return Math.floor(toNumber(address) / size) * size;
}

export function readWholeNumber(text: string): number | undefined {
  return /^\d{1,15}$/.test(text.trim()) ? Number(text) : undefined;
}

export function readDecimal(text: string): number | undefined {
  return /^\d{1,9}(\.\d{1,9})?$/.test(text.trim()) ? Number(text) : undefined;
}

/** An address to listen on: an IP address, or a host name. */
export function readHost(text: string): string | undefined {
  if (isIP(text) !== 0) return text;
  // All digits and dots is a mistyped IP address, not a name.
  if (/^[\d.]+$/.test(text)) return undefined;
  return /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,62}(?<!-))?(\.[a-z0-9]([a-z0-9-]{0,62}(?<!-))?)*$/i.test(text)
    ? text
    : undefined;
}

/** `unix:///absolute/path` or `tcp://host:port`. */
export function readEngineAddress(text: string): EngineAddress | undefined {
  if (text.startsWith('unix://')) {
    const socketPath = text.slice('unix://'.length);
    return isAbsolute(socketPath) ? { socketPath } : undefined;
  }
  const match = /^tcp:\/\/(\[[0-9a-f:]+\]|[^:/@\s]+):(\d{1,5})\/?$/i.exec(text);
  const host = match?.[1]?.replace(/^\[|\]$/g, '');
  const port = Number(match?.[2]);
  if (host === undefined || readHost(host) === undefined || port < 1 || port > 65_535) return undefined;
  return { host, port, protocol: 'http' };
}

/** Existing folders, separated by `:`; relative ones start at `root`. */
export function readFolders(text: string, root: string): string[] | undefined {
  const folders = text
    .split(':')
    .filter((folder) => folder !== '')
    .map((folder) => resolve(root, folder));
  return folders.length > 0 && folders.every(isFolder) ? folders : undefined;
}

/** A folder that is there, or that can still be made. */
export function readNewFolder(text: string, root: string): string | undefined {
  const folder = resolve(root, text);
  const found = statSync(folder, { throwIfNoEntry: false });
  return found === undefined || found.isDirectory() ? folder : undefined;
}

export function readFile(text: string, root: string): string | undefined {
  const file = resolve(root, text);
  return statSync(file, { throwIfNoEntry: false })?.isFile() === true ? file : undefined;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Host, port and path of a registry; null for `none`: no registry is asked. */
export function readHub(text: string): string | null | undefined {
  if (text === 'none') return null;
  return /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?(\/[a-z0-9]+([._-][a-z0-9]+)*)*$/.test(text) ? text : undefined;
}
