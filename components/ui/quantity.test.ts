import { describe, expect, it } from 'vitest';
import { formatBytes, formatDuration, formatMemory, formatSeconds } from './quantity.ts';

describe('quantities', () => {
  it('writes sizes as docker does, in decimal units', () => {
    expect([0, 999, 1_000, 4_261_550, 81_300_000, 1_500_000_000].map(formatBytes)).toEqual([
      '0 B',
      '999 B',
      '1 kB',
      '4.26 MB',
      '81.3 MB',
      '1.5 GB',
    ]);
  });

  it('writes memory in binary units', () => {
    expect([512 * 1024 ** 2, 1024 ** 3, 1.5 * 1024 ** 3].map(formatMemory)).toEqual(['512 MiB', '1 GiB', '1.5 GiB']);
  });

  it('writes durations with as much detail as matters', () => {
    expect([820, 9_960, 59_400, 60_000, 200_000].map(formatDuration)).toEqual([
      '0.8 s',
      '10 s',
      '59 s',
      '1 min',
      '3 min 20 s',
    ]);
    expect([-5, 4_900, 64_000].map(formatSeconds)).toEqual(['0 s', '4 s', '1 min 4 s']);
  });
});
