import type { ImageView } from '../../protocol/images.ts';
import { formatBytes } from '../ui/quantity.ts';

/** As people type it: without `:latest`, which Docker adds by itself. */
export function typedName(reference: string): string {
  return reference.replace(/:latest$/, '');
}

/** The usual name, as people type it. */
export function nameOf({ id, names }: ImageView): string {
  return typedName(names[0] ?? id);
}

/** Who made it, and of what; null: it is not there yet. */
export function sourceWords({ source, origin }: Pick<ImageView, 'source' | 'origin'>): string | null {
  switch (source) {
    case null:
      return null;
    case 'docker-hub':
      return origin === null ? 'Docker Hub’s own' : `${origin}, unchanged`;
    case 'docker-hub-extended':
      return origin ?? 'Docker Hub’s own, with a layer of Drydock’s';
    case 'drydock':
      return origin === null ? 'Drydock’s own build' : `Drydock’s own build: ${origin}`;
  }
}

/** `28 MB to pull (2.1 MB without what other images share) · 90 MB unpacked`. */
export function sizeWords({ download, own, unpacked }: NonNullable<ImageView['size']>): string {
  return `${formatBytes(download)} to pull${sharedWords(own, download)} · ${formatBytes(unpacked)} unpacked`;
}

function sharedWords(own: number, download: number): string {
  if (own >= download) return '';
  // Its configuration is always its own, and never matters.
  return own < download / 100 ? ', shared with other images' : ` (${formatBytes(own)} without what other images share)`;
}

/** `sha256:3f2a8b1c9d0e`: as much as tells it from others, as Docker shortens ids. */
export function shortDigest(digest: string): string {
  const [algorithm, hex] = digest.split(':');
  return hex === undefined ? digest.slice(0, 12) : `${algorithm}:${hex.slice(0, 12)}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listWords(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
