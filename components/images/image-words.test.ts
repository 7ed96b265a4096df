import { expect, it } from 'vitest';
import type { ImageView } from '../../protocol/images.ts';
import { image, ready } from './fake-images.ts';
import { listWords, nameOf, shortDigest, sizeWords, sourceWords, typedName } from './image-words.ts';

it('names images as people type them', () => {
  expect(['busybox:latest', 'nginx:1.26', 'drydock/web:latest'].map(typedName)).toEqual([
    'busybox',
    'nginx:1.26',
    'drydock/web',
  ]);
  expect(nameOf(image('web-1', ready, { names: ['drydock/web:1', 'drydock/web:latest'] }))).toBe('drydock/web:1');
});

it('says who made an image, and of what', () => {
  const words = (source: ImageView['source'], origin: string | null) => sourceWords({ source, origin });
  expect(words('drydock', 'nginx 1.26.3 from Debian trixie')).toBe(
    'Drydock’s own build: nginx 1.26.3 from Debian trixie',
  );
  expect(words('docker-hub', 'nginx:1.26 of Docker Hub')).toBe('nginx:1.26 of Docker Hub, unchanged');
  expect(words('docker-hub-extended', 'node:20 of Docker Hub, with more')).toBe('node:20 of Docker Hub, with more');
  expect(words(null, null)).toBeNull();
});

it('says sizes, and what is shared only where something is', () => {
  expect(sizeWords({ download: 28_100_000, own: 2_140_000, unpacked: 90_000_000 })).toBe(
    '28.1 MB to pull (2.14 MB without what other images share) · 90 MB unpacked',
  );
  expect(sizeWords({ download: 2_000_000, own: 2_000_000, unpacked: 4_260_000 })).toBe(
    '2 MB to pull · 4.26 MB unpacked',
  );
  expect(sizeWords({ download: 29_300_000, own: 1_200, unpacked: 78_600_000 })).toBe(
    '29.3 MB to pull, shared with other images · 78.6 MB unpacked',
  );
});

it('shortens digests as Docker shortens ids', () => {
  expect(shortDigest(`sha256:${'0123456789abcdef'.repeat(4)}`)).toBe('sha256:0123456789ab');
});

it('joins words', () => {
  expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(listWords)).toEqual(['', 'a', 'a and b', 'a, b and c']);
});
