import { expect, it } from 'vitest';
import { LineSplitter } from './line-splitter.ts';

function split(chunks: string[], maxBytes = 10): { lines: string[]; overlong: number } {
  const lines: string[] = [];
  let overlong = 0;
  const splitter = new LineSplitter(
    maxBytes,
    (line) => lines.push(line),
    () => {
      overlong += 1;
    },
  );
  for (const chunk of chunks) splitter.push(Buffer.from(chunk));
  splitter.end();
  return { lines, overlong };
}

it('cuts lines over chunks, with either line end and with none at the end', () => {
  expect(split(['a', 'b\nc', '\r\n\nd'])).toEqual({ lines: ['ab', 'c', '', 'd'], overlong: 0 });
});

it('keeps characters whole that are cut in two', () => {
  const bytes = Buffer.from('é\n');
  const lines: string[] = [];
  const splitter = new LineSplitter(10, (line) => lines.push(line));
  splitter.push(bytes.subarray(0, 1));
  splitter.push(bytes.subarray(1));
  expect(lines).toEqual(['é']);
});

it('drops a line that is too long, to its end and no further', () => {
  expect(split(['0123456789\n', '0123456789x', 'more and more', ' more\nnext\n'])).toEqual({
    lines: ['0123456789', 'next'],
    overlong: 1,
  });
});
