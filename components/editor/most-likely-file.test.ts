import { expect, test } from 'vitest';
import { mostLikelyFile } from './most-likely-file.ts';

const files = (...paths: string[]) => paths.map((path) => ({ path, type: 'file' as const, size: 1 }));

test('the Dockerfile at the root is what a lesson is about', () => {
  expect(mostLikelyFile(files('Dockerfile.dev', 'Dockerfile', 'app/Dockerfile', 'a.txt'))).toBe('Dockerfile');
  expect(mostLikelyFile(files('app/Dockerfile', 'Dockerfile.dev'))).toBe('Dockerfile.dev');
});

test('one Dockerfile in a folder is it, several are a choice', () => {
  expect(mostLikelyFile(files('a.txt', 'app/Dockerfile'))).toBe('app/Dockerfile');
  expect(mostLikelyFile(files('a.txt', 'app/Dockerfile', 'web/Dockerfile'))).toBeNull();
});

test('else the first file that is not hidden', () => {
  expect(mostLikelyFile(files('.env', 'a.txt'))).toBe('a.txt');
  expect(mostLikelyFile([])).toBeNull();
});
