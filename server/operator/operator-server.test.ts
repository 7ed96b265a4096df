import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DrydockError } from '../errors.ts';
import type { ListedSandbox } from './listed-sandbox.ts';
import { operatorOf } from './operator-client.ts';
import { readOperatorRecord, writeOperatorRecord } from './operator-record.ts';
import { createOperatorServer, type OperatorServer } from './operator-server.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const token = 'a-token-of-an-operator';
const sandbox: ListedSandbox = {
  id: 'abcd1234efgh5678',
  learner: 'ada',
  state: 'ready',
  createdAt: 1,
  usedAt: 2,
  memory: 3,
  cpus: null,
  disk: null,
};

let dataDir: string;
let server: OperatorServer;
let port: number;
let done: string[];

const serve = (options: { token?: string | null; port?: number } = {}) =>
  createOperatorServer({
    config: { port: options.port ?? 0, token: options.token === undefined ? token : options.token },
    dataDir,
    logger: silent,
    metrics: async () => ({ contentType: 'text/plain', text: 'up 1\n' }),
    sandboxes: {
      list: async () => [sandbox],
      stop: async (id) => void done.push(`stop ${id}`),
      remove: async (id, files) => {
        if (files === 'keep') throw new DrydockError('archive.failed', 'The archive could not be made.');
        done.push(`remove ${id} without files`);
      },
    },
  });

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'drydock-operator-'));
  done = [];
  server = serve();
  ({ port } = await server.start());
});
afterEach(async () => {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

interface Asked {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

function ask(path: string, { method = 'GET', headers = {}, body }: Asked = {}) {
  return new Promise<{ status: number; headers: Record<string, unknown>; text: string }>((resolve, reject) => {
    const sent = request({ port, host: '127.0.0.1', path, method, headers }, (answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const authorised = { authorization: `Bearer ${token}` };

test('who brings the token gets metrics and the list, without a cookie and for no other page', async () => {
  const metrics = await ask('/metrics?x=1', { headers: authorised });
  expect([metrics.status, metrics.text]).toEqual([200, 'up 1\n']);
  const list = await ask('/sandboxes', { headers: { ...authorised, origin: 'http://other.example' } });
  expect(JSON.parse(list.text)).toEqual({ sandboxes: [sandbox] });
  expect(list.headers).not.toHaveProperty('set-cookie');
  expect(list.headers).not.toHaveProperty('access-control-allow-origin');
});

test('without the right token nothing is told, not even what addresses there are', async () => {
  const wrong = ['', 'Bearer', 'Bearer ', `Bearer ${token}x`, `Bearer ${token.slice(1)}`, `Basic ${token}`, token];
  for (const authorization of wrong) {
    for (const path of ['/metrics', '/sandboxes', '/no-such']) {
      const answer = await ask(path, { headers: authorization === '' ? {} : { authorization } });
      expect([authorization, path, answer.status]).toEqual([authorization, path, 401]);
      expect(JSON.parse(answer.text).error.code).toBe('operator.unauthorised');
      expect(answer.text).not.toContain(token);
    }
  }
  const stop = await ask(`/sandboxes/${sandbox.id}/stop`, { method: 'POST' });
  expect([stop.status, done]).toEqual([401, []]);
});

test('a foreign host name is refused, token or not', async () => {
  const answer = await ask('/metrics', { headers: { ...authorised, host: 'evil.example' } });
  expect([answer.status, JSON.parse(answer.text).error.code]).toEqual([403, 'request.origin']);
  expect((await ask('/metrics', { headers: { ...authorised, host: `localhost:${port}` } })).status).toBe(200);
});

test('unknown addresses, other methods and bodies are refused in words', async () => {
  expect((await ask('/', { headers: authorised })).status).toBe(404);
  expect((await ask('/sandboxes/../metrics', { headers: authorised })).status).toBe(404);
  expect((await ask('/sandboxes/No_Id/stop', { method: 'POST', headers: authorised })).status).toBe(404);
  const method = await ask(`/sandboxes/${sandbox.id}/stop`, { headers: authorised });
  expect([method.status, method.headers.allow]).toEqual([405, 'POST']);
  const body = await ask(`/sandboxes/${sandbox.id}/stop`, { method: 'POST', headers: authorised, body: 'x' });
  expect([body.status, JSON.parse(body.text).error.code]).toEqual([413, 'request.too-large']);
  const unknown = await ask('/sandboxes/abcd1234efgh9999', { method: 'DELETE', headers: authorised });
  expect([unknown.status, JSON.parse(unknown.text).error.code]).toEqual([404, 'sandbox.none']);
  expect(done).toEqual([]);
});

test('a sandbox is stopped; what removing throws is told', async () => {
  const operator = await operatorOf({ dataDir });
  await operator.stop(sandbox.id);
  expect(done).toEqual([`stop ${sandbox.id}`]);
  await expect(operator.remove(sandbox.id, 'keep')).rejects.toMatchObject({ code: 'archive.failed' });
  await operator.remove(sandbox.id, 'discard');
  expect(done).toEqual([`stop ${sandbox.id}`, `remove ${sandbox.id} without files`]);
});

test('port and token are in a file that only the lab’s user can read, for as long as it runs', async () => {
  const file = join(dataDir, 'operator.json');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ port, token, pid: process.pid });
  await server.stop();
  expect(await readOperatorRecord(dataDir)).toBeNull();
  await expect(operatorOf({ dataDir })).rejects.toMatchObject({ code: 'operator.not-running' });
});

test('without a configured token every start has one of its own', async () => {
  const own = serve({ token: null });
  const { token: made } = await own.start();
  expect(made).toMatch(/^[\w-]{32,}$/);
  const other = serve({ token: null });
  expect((await other.start()).token).not.toBe(made);
  // The record is the other one's by now, and stays when the first ends.
  await own.stop();
  expect(await (await operatorOf({ dataDir })).list()).toEqual([sandbox]);
  await other.stop();
});

test('a record that was left behind is recognised: by its process, its port and its token', async () => {
  const record = { port, token, pid: process.pid, startedAt: 1 };
  const left = [
    { ...record, pid: 2 ** 22 + 1 },
    { ...record, token: 'the-token-of-another-lab' },
    { ...record, port: 1 },
  ];
  for (const each of left) {
    await writeOperatorRecord(dataDir, each);
    const attempt = operatorOf({ dataDir }).then((operator) => operator.list());
    await expect(attempt).rejects.toMatchObject({ code: 'operator.not-running' });
  }
  writeFileSync(join(dataDir, 'operator.json'), '{"port":');
  await expect(operatorOf({ dataDir })).rejects.toMatchObject({ code: 'operator.not-running' });
});

test('a port that is taken is refused with the variable that moves it', async () => {
  const second = serve({ port });
  await expect(second.start()).rejects.toMatchObject({
    code: 'config.invalid',
    message: expect.stringContaining('DRYDOCK_OPERATOR_PORT'),
  });
  await second.stop();
});
