import { describe, expect, it } from 'vitest';
import { failed, image, making, ready, waiting } from './fake-images.ts';
import { inWords, isCountingDown, leftOf, leftOfAll, leftTail, leftWords } from './time-left.ts';

describe('time that is left', () => {
  it.each([
    [-1, 'any moment now'],
    [0, 'any moment now'],
    [1, 'about 5 s'],
    [5_000, 'about 5 s'],
    [5_001, 'about 10 s'],
    [20_000, 'about 20 s'],
    [20_001, 'about 30 s'],
    [50_000, 'about 50 s'],
    [50_001, 'about 1 min'],
    [89_000, 'about 1 min'],
    [91_000, 'about 2 min'],
    [20 * 60_000, 'about 20 min'],
    [180 * 60_000, 'about 3 h'],
  ])('is said in steps that people can follow: %d ms', (left, words) => {
    expect(leftWords(left)).toBe(words);
  });

  it('never grows while time passes', () => {
    const said = Array.from({ length: 400 }, (_, second) => leftWords(400_000 - second * 1_000));
    const changes = said.filter((words, index) => words !== said[index - 1]);
    expect(new Set(changes).size).toBe(changes.length);
    expect(changes.at(0)).toBe('about 7 min');
    expect(changes.at(-1)).toBe('about 5 s');
  });

  it('reads well in a sentence, also when it is overdue', () => {
    expect([leftTail(9_000), leftTail(-9_000)]).toEqual(['about 10 s left', 'any moment now']);
    expect([inWords(9_000), inWords(-9_000)]).toEqual(['in about 10 s', 'any moment now']);
  });

  it('is counted from when the server said it', () => {
    expect(leftOf(making(30_000, 1_000), 11_000)).toBe(20_000);
    expect(leftOf(making(null), 0)).toBeNull();
    expect(leftOf(ready, 0)).toBeNull();
  });

  it('of all is that of the last, and unknown when one is', () => {
    const some = [image('a', ready), image('b', making(5_000)), image('c', waiting(40_000))];
    expect(leftOfAll(some, 1_000)).toBe(39_000);
    expect(leftOfAll([...some, image('d', waiting(null))], 1_000)).toBeNull();
    expect(leftOfAll([image('a', ready)], 1_000)).toBeNull();
  });

  it('passes only where something is timed', () => {
    const timed = [making(1), waiting(1), failed('', 1)].map((status) => isCountingDown(image('a', status)));
    const not = [ready, making(null), waiting(null), failed('')].map((status) => isCountingDown(image('a', status)));
    expect([timed, not]).toEqual([
      [true, true, true],
      [false, false, false, false],
    ]);
  });
});
