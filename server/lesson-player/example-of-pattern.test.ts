import { expect, test } from 'vitest';
import { exampleOf } from './example-of-pattern.ts';

test.each([
  ['two|2', 'i', 'two'],
  ['^(?:two|2)$', '', 'two'],
  ['docker\\s+ps(\\s+-a)?', '', 'docker ps'],
  ['[0-9]{3}', '', '000'],
  ['\\d+\\.\\d+', '', '1.1'],
  ['[^a-z]+', '', '1'],
  ['a?', '', 'a'],
  ['.*', '', 'a'],
  ['(?:docker )?(stop|kill) web', '', 'stop web'],
  ['[\\w.-]+', '', 'a'],
  ['\\/var\\/lib', '', '/var/lib'],
])('/%s/%s takes %s', (pattern, flags, text) => {
  expect(exampleOf({ pattern, flags })).toBe(text);
});

test.each(['(?=a)b', '(a)\\1x', 'a(?!b)c', '[^\\s\\S]', '\\p{Lu}(?<x>a)\\k<x>'])(
  '/%s/ is not plain enough',
  (pattern) => {
    expect(exampleOf({ pattern, flags: '' })).toBeNull();
  },
);
