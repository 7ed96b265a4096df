import { expect, it } from 'vitest';
import { Turns } from './turns.ts';

it('does one thing after the other for a key, whatever fails, and does not wait for another key', async () => {
  const turns = new Turns();
  const done: string[] = [];
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const first = turns.take('a', async () => {
    await gate;
    done.push('first');
    throw new Error('failed');
  });
  const second = turns.take('a', async () => {
    done.push('second');
    return 2;
  });
  await turns.take('b', async () => done.push('other'));
  expect(done).toEqual(['other']);
  open();
  await expect(first).rejects.toThrow('failed');
  expect(await second).toBe(2);
  expect(done).toEqual(['other', 'first', 'second']);
});
