import type { Readable } from 'node:stream';

/**
 * Reads a stream that somebody else writes without end at no more than `bytesPerSecond`, so that parsing it leaves
 * the event loop to the others. Whoever writes faster waits, as on a slow disk.
 */
export function readThrottled(stream: Readable, bytesPerSecond: number, onData: (chunk: Buffer) => void): void {
  const share = bytesPerSecond / 10;
  let spent = 0;
  stream.on('data', (chunk: Buffer) => {
    spent += chunk.length;
    if (spent > share) stream.pause();
    onData(chunk);
  });
  const timer = setInterval(() => {
    spent = Math.max(0, spent - share);
    if (spent <= share) stream.resume();
  }, 100);
  timer.unref();
  stream.once('close', () => clearInterval(timer));
  stream.once('end', () => clearInterval(timer));
}
