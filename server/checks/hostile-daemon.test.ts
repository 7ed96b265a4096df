import { Duplex } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { connectInnerDaemon, type InnerDaemon } from '../docker/inner-daemon.ts';
import { evaluateChecks } from './evaluate-checks.ts';
import { fakeContext } from './fake-context.ts';
import { check } from './look.ts';

/** A connection to a dockerd of a learner who means harm; `answer` gets each request's bytes. */
function connection(answer: (stream: Duplex) => void): Duplex {
  const stream: Duplex = new Duplex({
    read: () => undefined,
    write: (_chunk, _encoding, done) => {
      answer(stream);
      done();
    },
  });
  stream.on('error', () => undefined);
  // What node's agent asks of a socket that it keeps.
  const self = (): Duplex => stream;
  return Object.assign(stream, { setKeepAlive: self, setNoDelay: self, setTimeout: self, ref: self, unref: self });
}

const head = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';

/** Chunks without end, as fast as they are taken. */
function endless(stream: Duplex): void {
  stream.push(head);
  const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
  const more = (): void => {
    if (stream.destroyed) return;
    stream.push(chunk);
    setImmediate(more);
  };
  more();
}

let daemon: InnerDaemon | null = null;
afterEach(() => daemon?.dispose());

const yaml = [
  'container: web\nstate: running',
  'container: web\nlogs: a',
  'image: a\nuser: b',
  'network: a\ninternal: true',
];

describe('a dockerd that means harm', () => {
  it.each<[string, (stream: Duplex) => void]>([
    ['never answers', () => undefined],
    ['begins to answer and stops', (stream) => stream.push(`${head}5\r\n[{"Id`)],
    ['answers without end', endless],
    ['answers with something else', (stream) => stream.push('SSH-2.0-no\r\n')],
    ['answers with a list of nonsense', (stream) => stream.push(`${head}c\r\n[1,null,"x"]\r\n0\r\n\r\n`)],
    ['closes at once', (stream) => stream.destroy()],
  ])('that %s ends every check, and says nothing of its own', async (_name, answer) => {
    daemon = connectInnerDaemon(async () => connection(answer), { maxReplyBytes: 256 * 1024, timeoutMs: 300 });
    const results = await evaluateChecks(
      yaml.map((text, index) => ({ id: `c${index}`, check: check(text) })),
      { ...fakeContext({}), daemon },
      { limitMs: 2000 },
    );
    expect(results).toHaveLength(yaml.length);
    for (const { state, message } of results) {
      expect(['failed', 'unmet']).toContain(state);
      expect(message).toMatch(/^[A-Z].*\.$/);
      expect(message).not.toContain('SSH');
    }
  });
});
