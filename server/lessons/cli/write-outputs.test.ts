import { describe, expect, it } from 'vitest';
import { fence } from '../lesson-fixture.ts';
import { writeOutputs } from './write-outputs.ts';

const block = (content: string, info = 'console output') => fence(info, content).replace('\n\n', '\n');
const source = ['# Text', block(''), 'Between', block('old\nlines', 'console output last=2'), 'End', ''].join('\n');

describe('writeOutputs', () => {
  it('changes only what stands between the fences, whatever the order', () => {
    const written = writeOutputs(source, [
      { line: 2, text: 'one\n  two' },
      { line: 5, text: '' },
    ]);
    expect(written).toBe(
      ['# Text', block('one\n  two'), 'Between', block('', 'console output last=2'), 'End', ''].join('\n'),
    );
  });

  it('is stable: the same text gives the same file', () => {
    const once = writeOutputs(source, [{ line: 2, text: 'a\n\nb' }]) ?? '';
    expect(writeOutputs(once, [{ line: 2, text: 'a\n\nb' }])).toBe(once);
  });

  it('keeps the marks of a quote, and line ends', () => {
    const quoted = '> [!NOTE]\r\n> ```console output\r\n> ```\r\n';
    expect(writeOutputs(quoted, [{ line: 2, text: 'a\n\nb' }])).toBe(
      '> [!NOTE]\r\n> ```console output\r\n> a\r\n>\r\n> b\r\n> ```\r\n',
    );
  });

  it('keeps each line end where they are mixed, and a last line without one', () => {
    const mixed = 'a\r\nb\n```console output\nold\n```';
    expect(writeOutputs(mixed, [{ line: 3, text: 'new' }])).toBe('a\r\nb\n```console output\nnew\n```');
  });

  it('makes the fence longer than one that was printed', () => {
    const written = writeOutputs(source, [{ line: 2, text: '```\nx' }]);
    expect(written).toContain('````console output\n```\nx\n````\nBetween');
  });

  it('refuses a place where no output begins, or none ends', () => {
    expect(writeOutputs(source, [{ line: 1, text: 'x' }])).toBeNull();
    expect(writeOutputs(source, [{ line: 99, text: 'x' }])).toBeNull();
    expect(writeOutputs('```console output\nx', [{ line: 1, text: 'y' }])).toBeNull();
    expect(writeOutputs('```console\n```', [{ line: 1, text: 'y' }])).toBeNull();
  });
});
