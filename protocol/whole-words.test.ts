import { describe, expect, it } from 'vitest';
import { wholeWords } from './whole-words.ts';

const whole = (text: string) => wholeWords(text).flatMap((part) => (part.whole ? [part.text] : []));

describe('wholeWords', () => {
  it('keeps options and names with hyphens in one piece', () => {
    expect(wholeWords('docker run --name web -d first-container')).toEqual([
      { text: 'docker run ', whole: false },
      { text: '--name', whole: true },
      { text: ' web ', whole: false },
      { text: '-d', whole: true },
      { text: ' ', whole: false },
      { text: 'first-container', whole: true },
    ]);
  });

  it('leaves alone what no browser breaks', () => {
    expect(wholeWords('docker ps')).toEqual([{ text: 'docker ps', whole: false }]);
    expect(wholeWords('')).toEqual([]);
  });

  it('lets a word too long for a line be broken, but not right after its hyphens', () => {
    expect(whole('--mount=type=volume,source=notes,target=/data')).toEqual(['--mount']);
    expect(whole('a-very-long-name-of-a-container-that-fills-a-line')).toEqual([]);
  });

  it.each(['docker run --rm\t-it a-b', '  --x  ', '-\n-', 'what?', '--mount=type=volume,source=notes,target=/data x'])(
    'loses nothing of %j',
    (text) => {
      expect(
        wholeWords(text)
          .map((part) => part.text)
          .join(''),
      ).toBe(text);
    },
  );
});
