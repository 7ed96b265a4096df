import { describe, expect, it } from 'vitest';
import { screenText } from './screen-text.ts';

const size = { cols: 40, rows: 10 };
const esc = '\u001b';

describe('screenText', () => {
  it('drops colours, titles and the shell’s reports', () => {
    const output = `${esc}]633;A${esc}\\${esc}[1;34mlesson${esc}[0m $ ${esc}]0;title\u0007docker ps\r\nNAMES\r\n`;
    expect(screenText(output, size)).toEqual(['lesson $ docker ps', 'NAMES']);
  });

  it('shows progress that is drawn over and over as it was last', () => {
    const output = `a: 10%\r\nb: 10%\r\n${esc}[2A${esc}[2Ka: done\r\n${esc}[2K\rb: done\r\nend`;
    expect(screenText(output, size)).toEqual(['a: done', 'b: done', 'end']);
    expect(screenText('10%\r20%\r100%\r\n', size)).toEqual(['100%']);
  });

  it('wraps at the edge as the shell expects when a long line is edited', () => {
    const line = 'x'.repeat(45);
    expect(screenText(`${line}\r\nnext`, size)).toEqual(['x'.repeat(40), 'xxxxx', 'next']);
  });

  it('a cleared screen leaves what had scrolled away', () => {
    const before = Array.from({ length: 12 }, (_, index) => `line ${index}\r\n`).join('');
    expect(screenText(`${before}${esc}[H${esc}[2Jafter`, size)).toEqual(['line 0', 'line 1', 'line 2', 'after']);
  });

  it('takes anything: halves of sequences, huge numbers, endless strings', () => {
    for (const text of [`${esc}[`, `${esc}]633;E;`, `${esc}[99999999A`, `${esc}[9999@x`, '\u0000\u0007', '\b\b'])
      expect(() => screenText(text, size)).not.toThrow();
    expect(screenText('x\r\n'.repeat(20_000), size).length).toBeLessThanOrEqual(2000);
  });
});
