import { expect, test } from 'vitest';
import { tagInLesson } from './tag-in-lesson.ts';

const commands = [
  'ls -l',
  'docker build -t my-site .',
  'docker build --tag=waste ./waste/',
  'docker image build -f Dockerfile.slim -t site:slim .',
  'docker build -t "$NAME" shell',
  'docker build -t later .',
];

test.each([
  ['Dockerfile', 'my-site'],
  ['waste/Dockerfile', 'waste'],
  ['Dockerfile.slim', 'site:slim'],
  ['shell/Dockerfile', null],
  ['other/Dockerfile', null],
])('%s is built as %s', (path, tag) => {
  expect(tagInLesson(commands, path)).toBe(tag);
});
