import { describe, expect, it } from 'vitest';
import type { SandboxCeilings, SandboxUse } from '../../protocol/sandbox.ts';
import { warningWords } from './gauge-words.ts';
import { type GaugeMemory, gaugesOf, noGauges, noteUse, percentOf } from './gauges.ts';

const MiB = 1024 ** 2;
const limits: SandboxCeilings = {
  memory: 1024 * MiB,
  cpus: 2,
  pids: 1000,
  disk: { bytes: 8192 * MiB, inodes: 200_000 },
  home: { bytes: 1024 * MiB, inodes: 100_000 },
  openFiles: 16_384,
  logBytes: 10 * MiB,
  diskLimit: 'hard',
  egress: 'none',
};
const calm: SandboxUse = {
  at: 1,
  memory: 256 * MiB,
  cpus: 0.25,
  pids: 40,
  disk: { bytes: 512 * MiB, inodes: 4_000 },
  home: { bytes: 0, inodes: 20 },
  openFiles: 120,
  logBytes: null,
};
const measured = (uses: Partial<SandboxUse>[]): GaugeMemory =>
  uses.reduce<GaugeMemory>((memory, use) => noteUse(memory, { ...calm, ...use }, limits), noGauges);
const warned = (uses: Partial<SandboxUse>[]) => [...measured(uses).warned];

describe('gauges', () => {
  it('say how much of what, and that something is not known', () => {
    const gauges = gaugesOf(measured([{}]), limits);
    expect([...gauges.values()].map(({ value }) => value)).toEqual([
      '256 MiB of 1 GiB',
      '0.25 of 2 cores',
      '40 of 1,000',
      '120 of 16,384',
      '512 MiB of 8 GiB',
      '4,000 of 200,000',
      'not known, limit 10 MiB',
      '0 MiB of 1 GiB',
      '20 of 100,000',
    ]);
    expect(gauges.get('log')?.share).toBeNull();
    expect(gauges.get('memory')?.share).toBe(0.25);
  });

  it('say of a disk that is only watched that it is', () => {
    const watched = gaugesOf(measured([{ disk: null, home: null }]), { ...limits, diskLimit: 'watched' });
    expect(watched.get('disk')).toMatchObject({ share: null, value: 'watched, limit 8 GiB' });
    expect(watched.get('log')?.value).toBe('not known, limit 10 MiB');
  });

  it('never say more than the limit', () => {
    const over = gaugesOf(measured([{ memory: 1025 * MiB, pids: 1001, cpus: 2.01 }]), limits);
    expect(['memory', 'pids', 'cpu'].map((name) => over.get(name as 'memory')?.value)).toEqual([
      '1 GiB of 1 GiB',
      '1,000 of 1,000',
      '2.00 of 2 cores',
    ]);
  });

  it('know nothing of a sandbox that is gone', () => {
    const gauges = gaugesOf(noteUse(measured([{ memory: 1024 * MiB }]), null, limits), limits);
    expect([...gauges.values()].filter(({ share, warns }) => share !== null || warns)).toEqual([]);
  });

  it('warn from 90 %, and until there is clearly room again', () => {
    const disk = (share: number) => ({ disk: { bytes: share * limits.disk.bytes, inodes: 10 } });
    expect(warned([disk(0.89)])).toEqual([]);
    expect(warned([disk(0.9)])).toEqual(['disk']);
    expect(warned([disk(0.9), disk(0.86)])).toEqual(['disk']);
    expect(warned([disk(0.9), disk(0.84)])).toEqual([]);
    expect(warned([disk(0.9), disk(0.84), disk(0.86)])).toEqual([]);
  });

  it('warn of inodes as of bytes', () => {
    expect(warned([{ disk: { bytes: 0, inodes: 199_999 }, home: { bytes: 0, inodes: 95_000 } }])).toEqual([
      'disk-inodes',
      'home-inodes',
    ]);
  });

  it('leave a log alone that turns over, and a processor that is busy for a moment', () => {
    expect(warned([{ logBytes: 10 * MiB }])).toEqual([]);
    expect(warned([{ cpus: 2 }, { cpus: 2 }, {}, { cpus: 2 }, { cpus: 2 }])).toEqual([]);
    expect(warned([{ cpus: 2 }, { cpus: 2 }, { cpus: 2 }])).toEqual(['cpu']);
  });
});

describe('a warning', () => {
  it('is a sentence', () => {
    expect(warningWords('home', '100 %', true)).toBe('Your files are full');
    expect(warningWords('disk', '93 %', false)).toBe('Disk is 93 % full');
    expect(warningWords('pids', '100 %', true)).toBe('Processes are at the limit');
    expect(warningWords('open-files', '93 %', false)).toBe('Open files are at 93 % of the limit');
    expect(warningWords('cpu', '100 %', true)).toBe('CPU is at its limit');
  });
});

describe('percentOf', () => {
  it('is 0 only of nothing, 100 only of everything', () => {
    expect([0, 0.0001, 0.5, 0.999, 1, 1.4].map(percentOf)).toEqual(
      ['0', '1', '50', '99', '100', '100'].map((number) => `${number}\u2009%`),
    );
  });
});
