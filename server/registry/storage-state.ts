import { mirrorName } from '../images/catalogue.ts';
import { type ImageManifest, manifestType, platformOf, readManifest } from './oci-manifest.ts';

/** What the registry's storage holds, as `drydock-registry state` tells. Digests are 64 hexadecimal digits here. */
export interface StorageState {
  /** Bytes by digest. */
  blobs: Map<string, number>;
  /** `digest` null: its link cannot be read. */
  tags: { repository: string; tag: string; digest: string | null }[];
  /** `REPOSITORY DIGEST`: blobs the repository has, and manifests. */
  links: Set<string>;
  revisions: Set<string>;
  /** The content of manifests and configurations that tags lead to. */
  json: Map<string, Buffer>;
}

/** @throws Error on anything that program does not say */
export function readState(output: Buffer): StorageState {
  const state: StorageState = { blobs: new Map(), tags: [], links: new Set(), revisions: new Set(), json: new Map() };
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf(0x0a, at);
    if (end === -1) throw new Error('the registry tells of its storage in half a line');
    const [kind, ...words] = output.toString('utf8', at, end).split(' ');
    at = end + 1;
    const [first = '', second = '', third = ''] = words;
    if (kind === 'blob') state.blobs.set(first, Number(second));
    else if (kind === 'link') state.links.add(`${first} ${second}`);
    else if (kind === 'revision') state.revisions.add(`${first} ${second}`);
    else if (kind === 'tag') state.tags.push({ repository: first, tag: second, digest: third === '-' ? null : third });
    else if (kind === 'json') {
      const bytes = Number(second);
      state.json.set(first, output.subarray(at, at + bytes));
      at += bytes + 1;
    } else throw new Error(`the registry tells of its storage in words Drydock does not know: ${kind}`);
  }
  return state;
}

/** An image that the registry serves under one name. */
export interface ServedImage {
  /** As a learner types it: `nginx:1.26`. */
  name: string;
  /** Of the manifest: what `docker pull` prints. */
  digest: string;
  /** Of the configuration: what `docker images --no-trunc` prints after a pull. */
  imageId: string;
  /** Compressed. */
  layers: { digest: string; bytes: number }[];
  /** Bytes of manifest, configuration and layers. */
  download: number;
  /** `linux/amd64` */
  platform: string;
}

/** What is wrong with a served image; `digest` is that of the damaged part, empty where not even that is known. */
export interface Damage {
  name: string;
  digest: string;
  problem: string;
}

/**
 * What of it can be pulled whole, and what cannot. Sizes are compared; content only where `hashes` are given (what the
 * blobs really hash to, by digest).
 */
export function inspectState(
  state: StorageState,
  hashes?: ReadonlyMap<string, string>,
): { served: ServedImage[]; damages: Damage[] } {
  const served: ServedImage[] = [];
  const damages: Damage[] = [];
  for (const { repository, tag, digest } of state.tags) {
    const name = learnersNameOf({ repository, tag });
    if (digest === null) {
      damages.push({ name, digest: '', problem: 'Its tag leads nowhere.' });
      continue;
    }
    const manifest = manifestOf(state, digest);
    const parts = manifest === null ? [] : [manifest.config, ...manifest.layers];
    if (manifest !== null && manifest.mediaType !== manifestType) {
      damages.push({ name, digest: `sha256:${digest}`, problem: 'An older Drydock put it there.' });
      continue;
    }
    const found = [
      ...problemsOf(state, hashes, digest, null, state.revisions.has(`${repository} ${digest}`)),
      ...parts.flatMap((part) => {
        const hex = hexOf(part.digest);
        return problemsOf(state, hashes, hex, part.size, state.links.has(`${repository} ${hex}`));
      }),
    ];
    const config = manifest === null ? undefined : state.json.get(hexOf(manifest.config.digest));
    const platform = config === undefined ? null : platformOf(config);
    if (found.length === 0 && manifest !== null && platform !== null) {
      served.push(servedImage(name, digest, state.blobs.get(digest) ?? 0, manifest, platform));
      continue;
    }
    if (found.length === 0) {
      const what = manifest === null ? 'Its manifest' : 'Its configuration';
      const part = manifest === null ? `sha256:${digest}` : manifest.config.digest;
      found.push({ digest: part, problem: `${what} cannot be read.` });
    }
    for (const each of found) damages.push({ name, ...each });
  }
  return { served, damages };
}

function problemsOf(
  { blobs }: StorageState,
  hashes: ReadonlyMap<string, string> | undefined,
  hex: string,
  bytes: number | null,
  linked: boolean,
): { digest: string; problem: string }[] {
  const size = blobs.get(hex);
  const problem = (words: string) => [{ digest: `sha256:${hex}`, problem: words }];
  if (size === undefined) return problem('A part of it is missing.');
  if (bytes !== null && size !== bytes) return problem(`A part of it has ${size} bytes instead of ${bytes}.`);
  if (hashes !== undefined) {
    const actual = hashes.get(hex);
    if (actual === undefined) return problem('A part of it cannot be read.');
    if (actual !== hex) return problem('A part of it is not what its digest says.');
  }
  return linked ? [] : problem('A part of it is not linked to its repository.');
}

function servedImage(
  name: string,
  digest: string,
  manifestBytes: number,
  { config, layers }: ImageManifest,
  platform: string,
): ServedImage {
  const parts = new Map([config, ...layers].map((part) => [part.digest, part.size]));
  return {
    name,
    digest: `sha256:${digest}`,
    imageId: config.digest,
    layers: layers.map((layer) => ({ digest: layer.digest, bytes: layer.size })),
    // A layer that occurs twice is sent once.
    download: manifestBytes + [...parts.values()].reduce((sum, bytes) => sum + bytes, 0),
    platform,
  };
}

/** null: it is not there, or no manifest. */
export function manifestOf(state: StorageState, hex: string): ImageManifest | null {
  const bytes = state.json.get(hex);
  return bytes === undefined ? null : readManifest(bytes);
}

/** Digests of a manifest's configuration and layers, each once. */
export function partsOf({ config, layers }: ImageManifest): string[] {
  return [...new Set([config, ...layers].map((part) => hexOf(part.digest)))];
}

/** Every digest a tag leads to, each once; whether its blob is there or not. */
export function digestsInUse(state: StorageState): string[] {
  const all = state.tags.flatMap(({ digest }) => {
    if (digest === null) return [];
    const manifest = manifestOf(state, digest);
    return manifest === null ? [digest] : [digest, ...partsOf(manifest)];
  });
  return [...new Set(all)];
}

export function hexOf(digest: string): string {
  return digest.slice('sha256:'.length);
}

/** `library/busybox`, `latest` → `busybox:latest`, the opposite of `mirrorName`. */
export function learnersNameOf({ repository, tag }: { repository: string; tag: string }): string {
  const short = repository.replace(/^library\/(?=[^/]+$)/, '');
  return `${short}:${tag}`;
}

/** Repository and tag of a name as a learner types it, as the registry knows them. */
export function placeOf(name: string): { repository: string; tag: string } {
  const full = mirrorName(name);
  const colon = full.lastIndexOf(':');
  return { repository: full.slice(0, colon), tag: full.slice(colon + 1) };
}
