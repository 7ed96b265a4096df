import { describe, expect, test } from 'vitest';
import { Osc633Parser } from './osc633-parser.ts';

const marks = (parser: Osc633Parser, text: string) => parser.push(Buffer.from(text)).map(({ mark }) => mark);

describe('Osc633Parser', () => {
  test('reads every kind of report, ended by BEL or by ST', () => {
    expect(
      marks(
        new Osc633Parser(),
        '\x1b]633;D;3\x07\x1b]633;P;Cwd=/root/a\\x3bb\x1b\\\x1b]633;A\x07$ \x1b]633;B\x07' +
          '\x1b]633;E;echo a\\x3b echo \\\\b\\x0als;n1\x07\x1b]633;C\x07',
      ),
    ).toEqual([
      { type: 'command-end', exitCode: 3, nonce: null },
      { type: 'cwd', path: '/root/a;b', nonce: null },
      { type: 'prompt-start' },
      { type: 'prompt-end' },
      { type: 'command-line', command: 'echo a; echo \\b\nls', nonce: 'n1' },
      { type: 'command-start' },
    ]);
  });

  test('finds the same whatever the pieces are', () => {
    const text =
      'x\x1b[1mé\x1b]0;title\x07\x1b]633;E;docker ps;abc\x1b\\\x1b]8;;http://a\x1b\\\x1b]633;C\x07out\x1b]633;D;0\x07';
    const whole = marks(new Osc633Parser(), text);
    expect(whole).toHaveLength(3);
    const bytes = Buffer.from(text);
    for (let size = 1; size <= bytes.length; size++) {
      const parser = new Osc633Parser();
      const found = [];
      for (let at = 0; at < bytes.length; at += size) found.push(...parser.push(bytes.subarray(at, at + size)));
      expect(found.map(({ mark }) => mark)).toEqual(whole);
    }
  });

  test('tells where a report ends', () => {
    expect(new Osc633Parser().push(Buffer.from('ab\x1b]633;A\x07cd'))[0]?.end).toBe(10);
  });

  test('drops a report that never ends, and finds the next one', () => {
    const parser = new Osc633Parser();
    for (let round = 0; round < 100; round++) expect(marks(parser, `\x1b]633;E;${'a'.repeat(100_000)}`)).toEqual([]);
    expect(marks(parser, '\x07\x1b]633;A\x07')).toEqual([{ type: 'prompt-start' }]);
  });

  test('a cancelled or interrupted report is none', () => {
    expect(marks(new Osc633Parser(), '\x1b]633;A\x18\x07\x1b]633;\x1b[0mA\x07\x1b\x1b]633;B\x07')).toEqual([
      { type: 'prompt-end' },
    ]);
  });

  test('an exit code that is no number is unknown', () => {
    expect(marks(new Osc633Parser(), '\x1b]633;D\x07\x1b]633;D;-1e9\x07')).toEqual([
      { type: 'command-end', exitCode: null, nonce: null },
      { type: 'command-end', exitCode: null, nonce: null },
    ]);
  });
});
