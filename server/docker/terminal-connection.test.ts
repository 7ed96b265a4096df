import { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Engine } from './engine.ts';
import type { TerminalConnection } from './sandbox-host.ts';
import { attachTerminal } from './terminal-connection.ts';
import { encodeFrame } from './terminal-frames.ts';

/** The engine's end of an exec stream: what the server writes is kept, what `say` gets arrives as stdout. */
class Peer extends Duplex {
  written = Buffer.alloc(0);

  override _read(): void {
    // Driven by `say`.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: () => void): void {
    this.written = Buffer.concat([this.written, chunk]);
    callback();
  }

  say(...frames: Buffer[]): void {
    const payload = Buffer.concat(frames);
    const header = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]);
    header.writeUInt32BE(payload.length, 4);
    this.push(Buffer.concat([header, payload]));
  }
}

function hello(replayFrom: number, end: number): Buffer {
  const payload = Buffer.alloc(25);
  payload.writeBigUInt64BE(BigInt(replayFrom), 0);
  payload.writeBigUInt64BE(BigInt(end), 8);
  payload[16] = 1;
  payload[17] = 3;
  payload.write('abc', 18);
  return encodeFrame('h', payload);
}

function output(seq: number, data: string | Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeBigUInt64BE(BigInt(seq));
  return encodeFrame('o', Buffer.concat([head, Buffer.from(data)]));
}

function exit(status: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeInt32BE(status);
  return encodeFrame('x', payload);
}

interface Seen {
  connection: TerminalConnection;
  text: () => string;
  ended: () => number | null | undefined;
}

async function attach(peer: Peer, first: Buffer[]): Promise<Seen> {
  const engine = {
    startExec: async () => ({ exec: null, socket: peer }),
    requireRunning: async () => null,
    logger: { warn: () => undefined },
  } as unknown as Engine;
  const attaching = attachTerminal(engine, 'abcdefgh', {
    name: 'a',
    cols: 80,
    rows: 24,
    cwd: '/root',
    nonce: 'abc',
    after: 0,
  });
  if (first.length > 0) peer.say(...first);
  const connection = await attaching;
  let text = '';
  let ended: number | null | undefined;
  connection.onOutput = ({ data }) => {
    text += data.toString();
  };
  connection.onEnd = (exitCode) => {
    ended = exitCode;
  };
  return { connection, text: () => text, ended: () => ended };
}

it('holds what came with the greeting until somebody listens, and then the end', async () => {
  const peer = new Peer();
  const seen = await attach(peer, [hello(0, 4), output(0, 'repl'), output(4, 'ay'), exit(3)]);
  expect(seen.connection).toMatchObject({ replayFrom: 0, end: 4, fresh: true, nonce: 'abc' });
  await sleep(10);
  expect(seen.text()).toBe('replay');
  expect(seen.ended()).toBe(3);
  expect(peer.destroyed).toBe(true);
});

it('says null when the connection is lost, after what had arrived', async () => {
  const peer = new Peer();
  const seen = await attach(peer, [hello(0, 0)]);
  peer.say(output(0, 'last words'));
  peer.push(null);
  await sleep(10);
  expect([seen.text(), seen.ended()]).toEqual(['last words', null]);
});

it('gives up a terminal that skips, repeats, exceeds its allowance or greets twice', async () => {
  const limit = 256 * 1024;
  const wrong = [
    [output(1, 'x')],
    [output(0, 'x'), output(0, 'x')],
    [output(0, Buffer.alloc(limit + 1))],
    [hello(0, 0)],
    [Buffer.from('zzzzzzzzzz')],
  ];
  for (const frames of wrong) {
    const peer = new Peer();
    const seen = await attach(peer, [hello(0, 0)]);
    peer.say(...frames);
    await sleep(10);
    expect(seen.ended()).toBeNull();
    expect(peer.destroyed).toBe(true);
  }
});

it('takes more output once it is allowed', async () => {
  const limit = 256 * 1024;
  const peer = new Peer();
  const seen = await attach(peer, [hello(0, 0)]);
  seen.connection.allow(10);
  expect(peer.written.length).toBe(0);
  seen.connection.allow(limit + 5);
  await sleep(1);
  expect(peer.written.subarray(0, 1).toString()).toBe('w');
  peer.say(output(0, Buffer.alloc(limit)), output(limit, 'hello'));
  await sleep(10);
  expect(seen.text().length).toBe(limit + 5);
  expect(seen.ended()).toBeUndefined();
});

it('gives up when typed input is not taken', async () => {
  const peer = new Peer();
  peer._write = () => undefined;
  const seen = await attach(peer, [hello(0, 0)]);
  for (let count = 0; count < 6; count++) seen.connection.write(Buffer.alloc(1024 * 1024));
  await sleep(1);
  expect(seen.ended()).toBeNull();
});

it('says nothing more once disposed', async () => {
  const peer = new Peer();
  const seen = await attach(peer, [hello(0, 0)]);
  await sleep(5);
  seen.connection.dispose();
  peer.say(output(0, 'late'), exit(0));
  await sleep(5);
  expect([seen.text(), seen.ended()]).toEqual(['', undefined]);
});

it('fails with the terminal’s words when it never greets', async () => {
  const peer = new Peer();
  const attaching = attach(peer, []);
  const words = Buffer.from('no holder\u001b[31m');
  peer.push(Buffer.concat([Buffer.from([2, 0, 0, 0, 0, 0, 0, words.length]), words]));
  peer.push(null);
  await expect(attaching).rejects.toMatchObject({
    code: 'terminal.failed',
    message: expect.stringContaining('no holder'),
  });
});
