import { expect, test } from 'vitest';
import { shutDown } from './shutdown.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };

test('a step that fails or hangs does not keep the others from running', async () => {
  const ran: string[] = [];
  const failed = await shutDown(
    [
      {
        name: 'first',
        run: () => {
          ran.push('first');
        },
      },
      {
        name: 'throws',
        run: () => {
          throw new Error('no');
        },
      },
      {
        name: 'after',
        run: async () => {
          ran.push('after');
        },
      },
      { name: 'hangs', run: () => new Promise<void>(() => {}) },
      {
        name: 'last',
        run: () => {
          ran.push('last');
        },
      },
    ],
    { deadlineMs: 200, logger: silent },
  );
  expect(ran).toEqual(['first', 'after', 'last']);
  expect(failed).toContain('throws');
  expect(failed).toContain('hangs');
});
