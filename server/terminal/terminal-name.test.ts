import { expect, test } from 'vitest';
import { nameInSandbox } from './terminal-name.ts';

test('names in the sandbox are short enough, allowed, and never the same for two terminals', () => {
  expect(nameInSandbox('basics/first', 'main')).toBe('basics--first--main');
  const long = `${'a'.repeat(64)}/${'b'.repeat(64)}`;
  const names = [nameInSandbox(long, 'main'), nameInSandbox(long, 'shell-2'), nameInSandbox(`${long}c`, 'main')];
  expect(new Set(names).size).toBe(3);
  for (const name of names) expect(name).toMatch(/^[a-z0-9-]{1,64}$/);
});
