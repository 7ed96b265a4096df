import { describe, expect, it } from 'vitest';
import { estimateWords, ImageEstimates } from './image-estimate.ts';
import { imageOf } from './stock-fixture.ts';

const seconds = (id: string, count: number) => imageOf(id, { build: { seconds: count, args: {} } });

describe('what an image is thought to take', () => {
  it('is what its image.yaml says on a machine that has made nothing yet', () => {
    const estimates = new ImageEstimates([seconds('nginx', 30), imageOf('alpine', { build: null })]);
    expect(estimates.of('nginx')).toBe(30_000);
    expect(estimates.of('alpine')).toBeGreaterThan(0);
  });

  it('is what it took last time', () => {
    const estimates = new ImageEstimates([seconds('nginx', 30)]);
    estimates.learn('nginx', 12_000);
    estimates.learn('nginx', 0);
    expect(estimates.of('nginx')).toBe(12_000);
  });

  it('follows how this machine compared, the longer images counting for more', () => {
    const estimates = new ImageEstimates([seconds('busybox', 2), seconds('postgres', 180), seconds('nginx', 30)]);
    estimates.learn('busybox', 20_000);
    // Ten times as slow, and too short to say much.
    expect(estimates.of('nginx')).toBeLessThan(60_000);
    estimates.learn('postgres', 360_000);
    expect(estimates.of('nginx')).toBeGreaterThan(50_000);
    expect(estimates.of('nginx')).toBeLessThan(70_000);
  });

  it.each([
    [0, 'a moment'],
    [2_900, 'a moment'],
    [4_000, 'about 5 s'],
    [21_000, 'about 25 s'],
    [54_000, 'about 55 s'],
    [61_000, 'about 1 min'],
    [100_000, 'about 2 min'],
    [2 * 3_600_000, 'about 2 h'],
  ])('%i ms in words: %s', (milliseconds, words) => expect(estimateWords(milliseconds)).toBe(words));
});
