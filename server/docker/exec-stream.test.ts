import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { ExecStreams } from './exec-stream.ts';

function frame(stream: number, payload: string | Buffer): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, Buffer.from(payload)]);
}

it('takes frames apart wherever the chunks are cut', async () => {
  const all = Buffer.concat([frame(1, 'hello '), frame(2, 'oops'), frame(1, ''), frame(1, 'world')]);
  for (let size = 1; size <= all.length; size++) {
    const socket = new PassThrough();
    const streams = new ExecStreams(socket);
    for (let at = 0; at < all.length; at += size) socket.write(all.subarray(at, at + size));
    socket.end();
    expect(await Promise.all([text(streams.stdout), text(streams.stderr)])).toEqual(['hello world', 'oops']);
    await streams.closed;
  }
});

it('passes on the start of a frame before its end arrives', async () => {
  const socket = new PassThrough();
  const streams = new ExecStreams(socket);
  const header = Buffer.from([1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]);
  socket.write(Buffer.concat([header, Buffer.from('start')]));
  await sleep(5);
  expect(String(streams.stdout.read())).toBe('start');
  streams.destroy();
});

it('fails on a header that is none, without ending the process', async () => {
  for (const header of [
    [9, 0, 0, 0, 0, 0, 0, 1],
    [1, 0, 7, 0, 0, 0, 0, 1],
    [0x48, 0x54, 0x54, 0x50, 0x2f, 0x31, 0x2e, 0x31],
  ]) {
    const socket = new PassThrough();
    const streams = new ExecStreams(socket);
    socket.write(Buffer.from(header));
    await expect(streams.closed).rejects.toMatchObject({ code: 'engine.failed' });
    expect(streams.stdout.destroyed).toBe(true);
    expect(socket.destroyed).toBe(true);
  }
});

it('fails when the stream ends in the middle of a frame', async () => {
  const socket = new PassThrough();
  const streams = new ExecStreams(socket);
  socket.end(frame(1, 'cut off').subarray(0, 10));
  streams.stdout.resume();
  await expect(streams.closed).rejects.toThrow(/middle of a frame/);
});

it('stops reading while a reader is behind, and goes on when it asks', async () => {
  const socket = new PassThrough({ highWaterMark: 1024 });
  const streams = new ExecStreams(socket);
  const payload = frame(1, Buffer.alloc(16 * 1024));
  let sent = 0;
  const pump = (): void => {
    while (sent < 100 && socket.write(payload)) sent += 1;
    if (sent < 100) socket.once('drain', pump);
    sent += 1;
  };
  pump();
  await sleep(20);
  expect(socket.isPaused()).toBe(true);
  expect(streams.stdout.readableLength).toBeLessThanOrEqual(96 * 1024);
  streams.stdout.resume();
  await sleep(50);
  expect(socket.isPaused()).toBe(false);
  streams.destroy();
});

it('drops an output whose reader went away instead of waiting for it', async () => {
  const socket = new PassThrough();
  const streams = new ExecStreams(socket);
  streams.stderr.destroy();
  const stdout = text(streams.stdout);
  for (let count = 0; count < 50; count++) socket.write(frame(2, Buffer.alloc(16 * 1024)));
  socket.end(frame(1, 'still here'));
  expect(await stdout).toBe('still here');
  await streams.closed;
});
