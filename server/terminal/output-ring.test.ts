import { describe, expect, test } from 'vitest';
import { OutputRing } from './output-ring.ts';

function readAll(ring: OutputRing, from: number): string {
  let text = '';
  for (let at = from; at < ring.end; ) {
    const piece = ring.read(at, 7);
    text += piece.toString();
    at += piece.length;
  }
  return text;
}

describe('OutputRing', () => {
  test('gives back what was written, by number', () => {
    const ring = new OutputRing({ capacity: 1000, start: 50, blockSize: 16 });
    ring.append(Buffer.from('hello '));
    ring.append(Buffer.from('world, this is longer than one block'));
    expect(ring.end).toBe(50 + 42);
    expect(readAll(ring, 50)).toBe('hello world, this is longer than one block');
    expect(readAll(ring, 56)).toBe('world, this is longer than one block');
    expect(ring.read(ring.end, 10)).toHaveLength(0);
  });

  test('keeps the last bytes and says which', () => {
    const ring = new OutputRing({ capacity: 64, start: 0, blockSize: 16 });
    for (let index = 0; index < 1000; index++) ring.append(Buffer.from(`${index}\n`));
    expect(ring.end - ring.start).toBe(64);
    expect(readAll(ring, ring.start).endsWith('998\n999\n')).toBe(true);
  });

  test('a piece longer than the ring leaves its end', () => {
    const ring = new OutputRing({ capacity: 100, start: 0, blockSize: 16 });
    ring.append(Buffer.from('x'.repeat(1000) + 'y'.repeat(100)));
    expect(readAll(ring, ring.start)).toBe('y'.repeat(100));
  });

  test('a reader that comes late begins at a line', () => {
    const ring = new OutputRing({ capacity: 20, start: 0, blockSize: 8 });
    ring.append(Buffer.from('first line that is gone\nabcdefgh\nijklmnop\n'));
    expect(readAll(ring, ring.entry(3))).toBe('abcdefgh\nijklmnop\n'.slice(-18));
    expect(ring.entry(ring.end)).toBe(ring.end);
  });

  test('what was handed out stays as it was', () => {
    const ring = new OutputRing({ capacity: 32, start: 0, blockSize: 16 });
    ring.append(Buffer.from('0123456789'));
    const piece = ring.read(0, 10);
    for (let index = 0; index < 50; index++) ring.append(Buffer.from('zzzzzzzz'));
    expect(piece.toString()).toBe('0123456789');
  });
});
