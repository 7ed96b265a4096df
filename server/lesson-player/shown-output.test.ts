import { describe, expect, it } from 'vitest';
import { cutOutput, unfitOutput } from './shown-output.ts';

const lines = ['a', 'b', 'c', 'd', 'e'];

describe('cutOutput', () => {
  it.each([
    [{ first: null, last: null }, lines],
    [{ first: 2, last: null }, ['a', 'b', '…']],
    [{ first: null, last: 1 }, ['…', 'e']],
    [{ first: 1, last: 2 }, ['a', '…', 'd', 'e']],
    [{ first: 3, last: 2 }, lines],
    [{ first: 9, last: null }, lines],
  ])('shows of five lines with %o', (cut, shown) => {
    expect(cutOutput(lines, cut)).toEqual(shown);
  });

  it('leaves out empty lines around it', () => {
    expect(cutOutput(['', 'a', '', 'b', ''], { first: null, last: null })).toEqual(['a', '', 'b']);
    expect(cutOutput(['', ''], { first: 3, last: null })).toEqual([]);
  });
});

describe('unfitOutput', () => {
  it('refuses what nobody reads, and says how to show less', () => {
    expect(unfitOutput(Array(40).fill('x'), [])).toBeNull();
    expect(unfitOutput(Array(41).fill('x'), [])).toContain('first=N');
    expect(unfitOutput(['x'.repeat(4097)], [])).toContain('4097 bytes');
  });

  it('refuses what the linter would refuse in the lesson', () => {
    expect(unfitOutput(['a\u202eb'], [])).toContain('nobody sees');
    expect(unfitOutput(['\ufffd'], [])).toContain('no text');
    expect(unfitOutput(['├── ünï'], [])).toBeNull();
  });

  it('refuses names of this place, as whole words', () => {
    const names = ['pc1', '/home/ada/drydock'];
    expect(unfitOutput(['Name: pc1'], names)).toContain('`pc1`');
    expect(unfitOutput(['in /home/ada/drydock/data'], names)).toContain('/home/ada/drydock');
    expect(unfitOutput(['pc12 my-pc1 /mnt/home/ada/drydock /home/ada/drydocks'], names)).toBeNull();
  });
});
