import { describe, expect, it } from 'vitest';
import { appendText, decodeText, replaceLinesOf, versionOf } from './text-content.ts';

describe('decodeText', () => {
  it('keeps a byte order mark and refuses what is no UTF-8 text', () => {
    expect(decodeText(Buffer.from('\uFEFFa'))).toBe('\uFEFFa');
    expect(decodeText(Buffer.from([0x61, 0]))).toBeNull();
    expect(decodeText(Buffer.from([0xc3]))).toBeNull();
  });
});

describe('versionOf', () => {
  it('is the beginning of the SHA-256, as sha256sum prints it', () => {
    expect(versionOf(Buffer.from(''))).toBe('e3b0c44298fc1c149afbf4c8996fb924');
  });
});

describe('appendText', () => {
  it('begins a line of its own', () => {
    expect(appendText('', 'a')).toBe('a');
    expect(appendText('a', 'b')).toBe('a\nb');
    expect(appendText('a\n', 'b')).toBe('a\nb');
  });
});

describe('replaceLinesOf', () => {
  it.each([
    ['a\nb\nc\n', 2, 2, 'B\n', 'a\nB\nc\n'],
    ['a\nb\nc\n', 1, 3, 'x\ny', 'x\ny\n'],
    ['a\nb', 2, 2, 'B', 'a\nB\n'],
    ['a\nb\n', 3, 3, 'c', 'a\nb\nc\n'],
    ['', 1, 1, 'a', 'a\n'],
    ['a\nb\nc\n', 2, 99, 'B', 'a\nB\n'],
    ['a\nb\nc\n', 2, 2, '', 'a\nc\n'],
  ])('%j lines %i to %i by %j', (text, from, to, content, expected) => {
    expect(replaceLinesOf(text, from, to, content)).toBe(expected);
  });
});
