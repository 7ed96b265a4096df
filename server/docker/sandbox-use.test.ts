import { expect, it } from 'vitest';
import { UseReader } from './sandbox-use.ts';

const whole = {
  memory: 50_000_000,
  cpuNs: 1_000_000_000,
  pids: 12,
  disk: { bytes: 4096, inodes: 7 },
  home: { bytes: 0, inodes: 1 },
  openFiles: 40,
  logBytes: 300,
};

function readerAt(times: number[]) {
  return new UseReader(() => times.shift() ?? 0);
}

it('takes the processor’s share from what was spent between two lines', () => {
  const reader = readerAt([10_000, 12_000, 14_000]);
  const { cpuNs: _, ...rest } = whole;
  expect(reader.read(JSON.stringify(whole))).toEqual({ at: 10_000, cpus: null, ...rest });
  // Three seconds of a core in two seconds.
  expect(reader.read(JSON.stringify({ ...whole, cpuNs: 4e9 }))?.cpus).toBe(1.5);
  // It was made anew, and began to count again.
  expect(reader.read(JSON.stringify({ ...whole, cpuNs: 1e6 }))?.cpus).toBeNull();
});

it('makes no share of lines that waited and came together', () => {
  const reader = readerAt([10_000, 20_000, 20_001, 22_000]);
  reader.read(JSON.stringify(whole));
  expect(reader.read(JSON.stringify({ ...whole, cpuNs: 2e9 }))?.cpus).toBe(0.1);
  expect(reader.read(JSON.stringify({ ...whole, cpuNs: 9e9 }))?.cpus).toBeNull();
  expect(reader.read(JSON.stringify({ ...whole, cpuNs: 4e9 }))?.cpus).toBe(1);
});

it('takes what is known and leaves out what is not', () => {
  const nothing = { memory: null, cpus: null, pids: null, disk: null, home: null, openFiles: null, logBytes: null };
  expect(readerAt([5]).read('{}')).toEqual({ at: 5, ...nothing });
  const odd = { ...whole, memory: -1, pids: '12', cpuNs: 'x', disk: { bytes: 1 }, home: [], openFiles: 'huge' };
  expect(readerAt([5]).read(JSON.stringify(odd).replace('"huge"', '1e999'))).toEqual({
    at: 5,
    ...nothing,
    logBytes: 300,
  });
});

it.each(['', 'null', '[]', '"x"', '{"memory":', 'drydock-measure: no such program'])('takes %j for no use', (line) => {
  expect(readerAt([5]).read(line)).toBeNull();
});
