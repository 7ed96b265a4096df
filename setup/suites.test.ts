import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { suites } from './suites.ts';

const root = join(import.meta.dirname, '..');

describe('suites', () => {
  it.each(suites.flatMap(({ triesAgain }) => triesAgain?.but ?? []))(
    '%s, which gets no second try, is there',
    (file) => {
      expect(existsSync(join(root, file))).toBe(true);
    },
  );

  it('gives no second try to attacks', () => {
    expect(suites.find(({ name }) => name === 'attacks')?.triesAgain).toBeUndefined();
  });

  it('puts beside a suite only what runs with it, and nothing beside that', () => {
    for (const { beside } of suites.filter((suite) => suite.beside !== undefined)) {
      const host = suites.find(({ name }) => name === beside);
      expect(host?.beside).toBeUndefined();
      expect(host).toBeDefined();
    }
  });
});
