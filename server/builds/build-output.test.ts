import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { limits } from '../../protocol/limits.ts';
import { BuildOutput } from './build-output.ts';

describe('BuildOutput', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const collect = () => {
    const told: [number, string][] = [];
    return { told, output: new BuildOutput((seq, text) => told.push([seq, text])) };
  };

  it('puts characters together that arrive in pieces, on each stream by itself', () => {
    const { told, output } = collect();
    const whale = Buffer.from('🐳');
    output.pushBytes(1, whale.subarray(0, 2));
    output.pushBytes(0, Buffer.from('a'));
    output.pushBytes(1, whale.subarray(2));
    vi.runAllTimers();
    output.push('next');
    vi.runAllTimers();
    expect(told).toEqual([
      [0, 'a🐳'],
      [3, 'next'],
    ]);
  });

  it('gives what is asked for, and the end of what was much', () => {
    const { output } = collect();
    output.push('one\ntwo\n');
    expect(output.since(4)).toEqual({ seq: 4, text: 'two\n' });
    expect(output.since(99)).toEqual({ seq: 8, text: '' });
    const line = `${'x'.repeat(99)}\n`;
    for (let index = 0; index < limits.buildOutput / 100 + 10; index += 1) output.push(line);
    const { seq, text } = output.since(0);
    expect(seq).toBeGreaterThan(0);
    expect(text.length).toBeLessThanOrEqual(limits.buildOutput);
    expect(text.startsWith('x'.repeat(99))).toBe(true);
  });

  it('stops showing a flood, but not the words of the lab', () => {
    const { told, output } = collect();
    for (let index = 0; index < 100; index += 1) output.push('y\n'.repeat(50_000));
    output.pushNote('[end]');
    vi.runAllTimers();
    const total = told.reduce((sum, [, text]) => sum + text.length, 0);
    expect(total).toBeLessThan(4 * limits.buildOutput + 1_000);
    expect(told.at(-1)?.[1]).toMatch(/rest is not shown\.\]\n\[end\]\n$/);
  });
});
