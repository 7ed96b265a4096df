import { expect, test } from 'vitest';
import { foldText } from './folded-text.ts';
import { rankEntries } from './ranked.ts';

const entry = (name: string, words: string) => ({
  id: name,
  names: [foldText(name).folded],
  all: foldText(`${name} ${words}`).folded,
});
const sheet = [
  entry('docker run', 'Makes a container and starts it. --name Gives it a name. A tag, too. It can rename nothing.'),
  entry('docker compose run', 'Runs one service in a new container.'),
  entry('docker tag', 'Gives an image one more name.'),
  entry('docker container prune', 'Removes containers that have ended.'),
  entry('docker rename', 'Gives a container another name.'),
  entry('docker rm', 'Takes a container away.'),
];
const found = (query: string) => rankEntries(sheet, query).found;

test('what is called so comes first, then another word for it, then what only speaks of it', () => {
  expect(found('rename')).toEqual(['docker rename', 'docker tag', 'docker run']);
  expect(found('renam')[0]).toBe('docker rename');
});

test('a name with nothing else in it comes before one that holds more', () => {
  expect(found('run').slice(0, 2)).toEqual(['docker run', 'docker compose run']);
  expect(found('docker compose run')[0]).toBe('docker compose run');
});

test('another word in a name counts for more than the same in a text', () => {
  expect(found('delete a container').slice(0, 2)).toEqual(['docker rm', 'docker container prune']);
});

test('it says which other words were found, and what is to be marked', () => {
  const { also, terms } = rankEntries(sheet, 'delete');
  expect(also).toEqual([{ typed: 'delete', words: ['rm', 'remove'] }]);
  expect(terms).toContain('rm ');
});

test('without words all stand as they are', () => {
  const { found: all, narrowed, also } = rankEntries(sheet, '');
  expect(all).toEqual(sheet.map(({ id }) => id));
  expect([narrowed, also]).toEqual([false, []]);
});
