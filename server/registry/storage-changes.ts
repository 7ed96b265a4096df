import type { ImageManifest } from './oci-manifest.ts';
import {
  type Damage,
  digestsInUse,
  hexOf,
  learnersNameOf,
  manifestOf,
  partsOf,
  placeOf,
  type StorageState,
} from './storage-state.ts';

/** Lines for `drydock-registry apply`: these images, whose blobs were staged, are served from now on. */
export function linesToServe(images: readonly { name: string; digest: string; manifest: ImageManifest }[]): string[] {
  const blobs = images.flatMap(({ digest, manifest }) =>
    [hexOf(digest), ...partsOf(manifest)].map((hex) => `blob ${hex}`),
  );
  const links = images.flatMap(({ name, digest, manifest }) => {
    const { repository } = placeOf(name);
    return [...partsOf(manifest).map((hex) => `link ${repository} ${hex}`), `revision ${repository} ${hexOf(digest)}`];
  });
  const tags = images.map(({ name, digest }) => {
    const { repository, tag } = placeOf(name);
    return `tag ${repository} ${tag} ${hexOf(digest)}`;
  });
  // Whoever finds a tag finds the rest, also after a power cut.
  return [...new Set(blobs), ...new Set(links), 'sync', ...tags, 'sync'];
}

/** Takes names off; what they led to stays until `linesToClean`. */
export function linesToRemove(state: StorageState, names: ReadonlySet<string>): string[] {
  return state.tags
    .filter((each) => names.has(learnersNameOf(each)))
    .map((each) => `untag ${each.repository} ${each.tag}`);
}

/** Takes damaged blobs away, and the names that need them. */
export function linesToMend(
  state: StorageState,
  hashes: ReadonlyMap<string, string>,
  damages: readonly Damage[],
): string[] {
  if (damages.length === 0) return [];
  const names = new Set(damages.map((damage) => damage.name));
  // One that has not its size has not its hash either.
  const bad = digestsInUse(state).filter((hex) => state.blobs.has(hex) && hashes.get(hex) !== hex);
  return [...linesToRemove(state, names), 'sync', ...bad.map((hex) => `drop ${hex}`), 'sync'];
}

/** Everything that no tag leads to, and how many bytes that is. */
export function linesToClean(state: StorageState): { lines: string[]; freed: number } {
  const kept = new Set<string>();
  const keptBy = new Set<string>();
  const repositories = new Set<string>();
  for (const { repository, digest } of state.tags) {
    repositories.add(repository);
    if (digest === null) continue;
    const manifest = manifestOf(state, digest);
    for (const hex of manifest === null ? [digest] : [digest, ...partsOf(manifest)]) {
      kept.add(hex);
      keptBy.add(`${repository} ${hex}`);
    }
  }
  const nameOf = (link: string): string => link.slice(0, link.indexOf(' '));
  const lost = (link: string): boolean => !keptBy.has(link) && repositories.has(nameOf(link));
  const all = new Set([...state.links, ...state.revisions].map(nameOf));
  const dropped = [...state.blobs].filter(([hex]) => !kept.has(hex));
  const lines = [
    ...[...all].filter((name) => !repositories.has(name)).map((name) => `forget ${name}`),
    ...[...state.revisions].filter(lost).map((link) => `unrevise ${link}`),
    ...[...state.links].filter(lost).map((link) => `unlink ${link}`),
    // Links are gone for good before what they link to.
    'sync',
    ...dropped.map(([hex]) => `drop ${hex}`),
    'sync',
  ];
  return { lines: lines.length === 2 ? [] : lines, freed: dropped.reduce((sum, [, bytes]) => sum + bytes, 0) };
}
