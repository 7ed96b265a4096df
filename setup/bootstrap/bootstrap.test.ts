import { describe, expect, it } from 'vitest';
import { satisfies } from './dependencies.mjs';
import { nodeProblem } from './node-version.mjs';

describe('nodeProblem', () => {
  it.each(['20.19.0', '20.20.2', '22.0.0', '26.1.0'])('takes Node %s', (version) =>
    expect(nodeProblem(version, 'linux')).toBeNull(),
  );
  it.each(['18.20.8', '20.18.3'])('refuses Node %s in words', (version) =>
    expect(nodeProblem(version, 'linux')).toContain('20.19'),
  );
  it('sends Windows to WSL', () => expect(nodeProblem('22.0.0', 'win32')).toContain('WSL 2'));
});

describe('satisfies', () => {
  const lock = {
    packages: {
      '': {},
      'node_modules/a': { version: '1.0.0', integrity: 'x' },
      'node_modules/mac-only': { version: '2.0.0', optional: true },
    },
  };

  it('takes what npm installed from the same lock file, without the binaries of other systems', () => {
    expect(satisfies(lock, { packages: { 'node_modules/a': { version: '1.0.0', integrity: 'x' } } })).toBe(true);
  });

  it('sees another version and a missing package', () => {
    expect(satisfies(lock, { packages: { 'node_modules/a': { version: '1.0.1', integrity: 'y' } } })).toBe(false);
    expect(satisfies(lock, { packages: {} })).toBe(false);
  });
});
