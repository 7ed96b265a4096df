import { expect, it } from 'vitest';
import { TerminalRecord } from './terminal-record.ts';

const encode = (text: string) => new TextEncoder().encode(text);

function record(...pieces: string[]): TerminalRecord {
  const terminal = new TerminalRecord({ cols: 100, rows: 30 });
  let seq = 0;
  terminal.willType();
  for (const piece of ['$ make\r\n\u001b]633;C\u0007', ...pieces, '\u001b]633;D;0\u0007$ ']) {
    const data = encode(piece);
    terminal.push(seq, data);
    seq += data.length;
  }
  return terminal;
}

it('keeps what a command printed, without its line and the next prompt', () => {
  expect(record('one\r\n', 'two\r\n').printed()).toEqual(['one', 'two']);
});

it('keeps the end of a progress that is drawn for a minute', () => {
  const frame = (text: string) => `${`${text.padEnd(80)}\u001b[K\r\n`.repeat(25)}\u001b[25A`;
  const frames = Array.from({ length: 600 }, (_, index) => frame(`step ${index}`));
  const printed = record(...frames, frame('all is done')).printed();
  expect(new Set(printed ?? [])).toEqual(new Set(['all is done']));
});

it('says so when a command prints more than is kept, and is ready for the next', () => {
  const mebibyte = 'x'.repeat(1023).concat('\n').repeat(1024);
  expect(record(mebibyte, mebibyte).printed()).not.toBeNull();
  const terminal = record(mebibyte, mebibyte, mebibyte, mebibyte, 'the last line\r\n');
  expect(terminal.printed()).toBeNull();
  terminal.willType();
  expect(terminal.printed()).not.toBeNull();
});
