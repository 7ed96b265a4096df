import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { readThrottled } from './throttle.ts';

test('an endless stream is read at the given rate, a small one at once', async () => {
  const endless = new Readable({
    read() {
      this.push(Buffer.alloc(16 * 1024));
    },
  });
  let bytes = 0;
  readThrottled(endless, 512 * 1024, (chunk) => {
    bytes += chunk.length;
  });
  await new Promise((resolve) => setTimeout(resolve, 400));
  endless.destroy();
  // Half a second's worth and some chunks on the way; unthrottled it would be gigabytes.
  expect(bytes).toBeGreaterThan(0);
  expect(bytes).toBeLessThan(1024 * 1024);

  const small = Readable.from([Buffer.from('a'), Buffer.from('b')]);
  const seen: string[] = [];
  readThrottled(small, 512 * 1024, (chunk) => {
    seen.push(chunk.toString());
  });
  await new Promise((resolve) => small.once('end', resolve));
  expect(seen.join('')).toBe('ab');
});
