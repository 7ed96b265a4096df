import { expect, it } from 'vitest';
import { encodeAllow, encodeFrame, encodeResize, FrameDecoder, type TerminalFrame } from './terminal-frames.ts';

function hello(replayFrom: bigint, end: bigint, fresh: number, nonce: string): Buffer {
  const payload = Buffer.alloc(22 + nonce.length);
  payload.writeBigUInt64BE(replayFrom, 0);
  payload.writeBigUInt64BE(end, 8);
  payload[16] = fresh;
  payload[17] = nonce.length;
  payload.write(nonce, 18, 'latin1');
  payload.writeUInt32BE(77, 18 + nonce.length);
  return encodeFrame('h', payload);
}

function output(seq: bigint, text: string): Buffer {
  const payload = Buffer.alloc(8 + text.length);
  payload.writeBigUInt64BE(seq, 0);
  payload.write(text, 8, 'latin1');
  return encodeFrame('o', payload);
}

function exit(status: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeInt32BE(status, 0);
  return encodeFrame('x', payload);
}

function decode(bytes: Buffer, size = bytes.length): TerminalFrame[] {
  const decoder = new FrameDecoder();
  const frames: TerminalFrame[] = [];
  for (let at = 0; at < bytes.length; at += size) frames.push(...decoder.push(bytes.subarray(at, at + size)));
  return frames;
}

it('reads frames wherever the chunks are cut', () => {
  const bytes = Buffer.concat([hello(5n, 9n, 1, 'abc'), output(5n, 'text'), output(9n, ''), exit(-1)]);
  const expected = [
    { type: 'hello', replayFrom: 5, end: 9, fresh: true, nonce: 'abc', pid: 77 },
    { type: 'output', seq: 5, data: Buffer.from('text') },
    { type: 'output', seq: 9, data: Buffer.alloc(0) },
    { type: 'exit', status: -1 },
  ];
  for (let size = 1; size <= bytes.length; size++) expect(decode(bytes, size)).toEqual(expected);
});

it('refuses what is no frame of the protocol', () => {
  expect(() => decode(encodeFrame('z', Buffer.alloc(0)))).toThrow(/unknown type/);
  expect(() => decode(Buffer.from([0x6f, 0xff, 0xff, 0xff, 0xff]))).toThrow(/4294967295 bytes/);
  expect(() => decode(encodeFrame('o', Buffer.alloc(3)))).toThrow(/too short/);
  expect(() => decode(encodeFrame('h', Buffer.alloc(18, 1)))).toThrow(/short hello|too large/);
  expect(() => decode(encodeFrame('x', Buffer.alloc(0)))).toThrow(/too short/);
  expect(() => decode(output(2n ** 60n, 'x'))).toThrow(/too large/);
});

it('writes what the terminal reads', () => {
  expect(encodeFrame('i', Buffer.from('ls'))).toEqual(Buffer.from([0x69, 0, 0, 0, 2, 0x6c, 0x73]));
  expect(encodeResize(258, 24)).toEqual(Buffer.from([0x72, 0, 0, 0, 4, 1, 2, 0, 24]));
  expect(encodeAllow(2 ** 32 + 1)).toEqual(Buffer.from([0x77, 0, 0, 0, 8, 0, 0, 0, 1, 0, 0, 0, 1]));
});
