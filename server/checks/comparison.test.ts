import { describe, expect, it } from 'vitest';
import { comparisonWords, formatBytes, holds, readComparison } from './comparison.ts';
import { familiarImage, normaliseImage, sameImage } from './image-reference.ts';
import { editDistance, nearestWord } from './nearest-word.ts';

describe('comparisons', () => {
  it.each<[string | number, number, boolean]>([
    ['< 20MB', 19_999_999, true],
    ['< 20MB', 20_000_000, false],
    ['<= 20 MB', 20_000_000, true],
    ['>=1.5GB', 1_500_000_000, true],
    ['> 5', 5, false],
    ['= 5', 5, true],
    [5, 5, true],
    ['1KiB', 1024, true],
    ['500B', 500, true],
  ])('%s of %d is %s', (condition, found, result) => expect(holds(readComparison(condition), found)).toBe(result));

  it('count memory as docker run does', () => expect(readComparison('256m', 1024).value).toBe(256 * 1024 * 1024));

  it('have words', () => {
    expect(comparisonWords('< 20MB', 'size')).toBe('smaller than 20 MB');
    expect(comparisonWords('<= 5', 'count')).toBe('at most 5');
    expect(comparisonWords(2, 'count')).toBe('2');
    expect(formatBytes(0)).toBe('0 B');
    expect(formatBytes(2_030_000)).toBe('2.03 MB');
    expect(formatBytes(1536, 1024)).toBe('1.5 KiB');
  });
});

describe('image references', () => {
  it.each([
    ['nginx', 'docker.io/library/nginx:latest', 'nginx'],
    ['nginx:1.27', 'docker.io/library/nginx:1.27', 'nginx:1.27'],
    ['team/app', 'docker.io/team/app:latest', 'team/app'],
    ['docker.io/nginx', 'docker.io/library/nginx:latest', 'nginx'],
    ['index.docker.io/library/nginx', 'docker.io/library/nginx:latest', 'nginx'],
    ['localhost:5000/site', 'localhost:5000/site:latest', 'localhost:5000/site'],
    ['localhost/site:1', 'localhost/site:1', 'localhost/site:1'],
    ['ghcr.io/a/b/c:2', 'ghcr.io/a/b/c:2', 'ghcr.io/a/b/c:2'],
    ['nginx@sha256:ab', 'docker.io/library/nginx@sha256:ab', 'nginx@sha256:ab'],
  ])('%s is %s', (reference, full, familiar) => {
    expect(normaliseImage(reference)).toBe(full);
    expect(familiarImage(reference)).toBe(familiar);
  });

  it('differ by tag', () => expect(sameImage('nginx', 'nginx:1')).toBe(false));
});

describe('the nearest word', () => {
  it.each([
    ['stat', 'state'],
    ['prots', 'ports'],
    ['Ports', 'ports'],
    ['exit-code', 'exitCode'],
    ['port', 'ports'],
    ['xyzzy', undefined],
    ['', undefined],
  ])('of %j is %j', (found, expected) =>
    expect(nearestWord(found, ['state', 'ports', 'exitCode', 'image'])).toBe(expected),
  );

  it('counts a swap as one', () => expect(editDistance('ab', 'ba')).toBe(1));
});
