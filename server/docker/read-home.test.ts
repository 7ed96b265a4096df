import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { bounded } from './read-home.ts';

it('passes on what is within the bound', async () => {
  expect((await buffer(bounded(Readable.from([Buffer.alloc(60), Buffer.alloc(40)]), 100))).length).toBe(100);
});

it('ends with an error of ours where there is more, and stops asking for it', async () => {
  let given = 0;
  const endless = new Readable({
    read() {
      given += 1;
      this.push(Buffer.alloc(1024));
    },
  });
  await expect(buffer(bounded(endless, 10_000))).rejects.toMatchObject({ code: 'file.too-large' });
  expect(endless.destroyed).toBe(true);
  expect(given).toBeLessThan(1000);
});

it('tells its reader when the engine’s side breaks off, and the engine’s side when the reader goes', async () => {
  const breaking = new Readable({ read: () => undefined });
  const read = buffer(bounded(breaking, 100));
  breaking.destroy(new Error('gone'));
  await expect(read).rejects.toThrow('gone');
  const left = new Readable({ read: () => undefined });
  bounded(left, 100).destroy();
  await new Promise((resolve) => left.once('close', resolve));
});
