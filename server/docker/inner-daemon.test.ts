import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Socket,
  type Server as TcpServer,
} from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import type { DaemonEvent } from '../../protocol/docker.ts';
import { connectInnerDaemon, type InnerDaemon, type InnerDaemonOptions } from './inner-daemon.ts';

const cleanUps: (() => void)[] = [];

afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

async function listen(server: Server | TcpServer): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUps.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A daemon that answers as `handle` does, and how often it was dialled. */
async function daemonOf(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
  options: InnerDaemonOptions = {},
): Promise<{ daemon: InnerDaemon; dials: () => number }> {
  return connectTo(await listen(createServer(handle)), options);
}

function connectTo(port: number, options: InnerDaemonOptions = {}): { daemon: InnerDaemon; dials: () => number } {
  let dials = 0;
  const daemon = connectInnerDaemon(
    async () => {
      dials += 1;
      return connect(port, '127.0.0.1');
    },
    { timeoutMs: 300, maxReplyBytes: 100_000, ...options },
  );
  cleanUps.push(() => daemon.dispose());
  return { daemon, dials: () => dials };
}

it('reads lists and details over one kept connection', async () => {
  const { daemon, dials } = await daemonOf((request, response) => {
    response.setHeader('Content-Type', 'application/json');
    if (request.url === '/containers/json?all=1') response.end('[{"Id":"c1","Names":["/web"]},{"broken":true},7]');
    else if (request.url === '/images/nginx:1.27/json') response.end('{"Id":"sha256:1"}');
    else if (request.url === '/volumes') response.end('{"Volumes":null}');
    else response.writeHead(404).end('{"message":"no such thing"}');
  });
  expect(await daemon.containers()).toMatchObject([{ id: 'c1', name: 'web' }]);
  expect(await daemon.image('nginx:1.27')).toMatchObject({ id: 'sha256:1' });
  expect(await daemon.volumes()).toEqual([]);
  expect(await daemon.container('nobody')).toBeNull();
  expect(dials()).toBe(1);
});

it('refuses names that would ask for something else', async () => {
  const { daemon, dials } = await daemonOf((_request, response) => response.end('{}'));
  for (const name of ['', '../x', 'a/../../b', 'a?b', 'a b', 'a\r\nX: y', '%2e%2e']) {
    await expect(daemon.container(name)).rejects.toMatchObject({ code: 'request.malformed' });
  }
  expect(dials()).toBe(0);
});

it('gives up an endless reply at its bound', async () => {
  let written = 0;
  const { daemon } = await daemonOf(
    (_request, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write('[[[[[[[[[['.repeat(1000))) written += 10_000;
        response.once('drain', more);
      };
      more();
    },
    { timeoutMs: 5_000 },
  );
  await expect(daemon.containers()).rejects.toMatchObject({ code: 'daemon.invalid-reply' });
  await sleep(50);
  const after = written;
  await sleep(50);
  expect(written).toBe(after);
});

it('gives up slow headers and a slow body', async () => {
  const silent = await daemonOf(() => undefined);
  await expect(silent.daemon.containers()).rejects.toMatchObject({ code: 'daemon.unreachable' });
  const dripping = await daemonOf((_request, response) => {
    response.write('[');
    const timer = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(timer));
  });
  await expect(dripping.daemon.containers()).rejects.toMatchObject({ code: 'daemon.unreachable' });
  await expect(silent.daemon.subscribe(() => undefined, new AbortController().signal)).rejects.toMatchObject({
    code: 'daemon.unreachable',
  });
});

it('gives up slow headers byte by byte', async () => {
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    socket.write('HTTP/1.1 200 OK\r\n');
    const timer = setInterval(() => socket.write('X-Slow: 1\r\n'), 20);
    socket.on('close', () => clearInterval(timer));
  });
  const { daemon } = connectTo(await listen(server));
  await expect(daemon.networks()).rejects.toMatchObject({ code: 'daemon.unreachable' });
});

it('believes neither a wrong status nor a wrong body', async () => {
  const bodies: Record<string, [number, string]> = {
    '/containers/json?all=1': [500, '{"message":"disk on \\u001b[31mfire\\n"}'],
    '/images/json': [200, '<html>'],
    '/networks': [200, '{"not":"a list"}'],
    '/volumes': [200, '7'],
    '/version': [302, ''],
  };
  const { daemon } = await daemonOf((request, response) => {
    const [status, body] = bodies[request.url ?? ''] ?? [404, ''];
    response.writeHead(status, { Location: 'http://127.0.0.1:1/secret' }).end(body);
  });
  await expect(daemon.containers()).rejects.toMatchObject({
    code: 'daemon.refused',
    message: 'Docker says: disk on [31mfire',
  });
  await expect(daemon.images()).rejects.toMatchObject({ code: 'daemon.invalid-reply' });
  await expect(daemon.networks()).rejects.toMatchObject({ code: 'daemon.invalid-reply' });
  await expect(daemon.volumes()).rejects.toMatchObject({ code: 'daemon.invalid-reply' });
  // A redirection is an error, and is not followed.
  await expect(daemon.version()).rejects.toMatchObject({ code: 'daemon.refused' });
});

it('survives what is not HTTP, a protocol switch and a hang-up', async () => {
  const answers = [
    'garbage\r\n\r\n',
    'HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n[',
  ];
  const codes: string[] = [];
  for (const answer of answers) {
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(answer));
    });
    const { daemon } = connectTo(await listen(server));
    codes.push(
      await daemon.containers().then(
        () => 'ok',
        (error: { code: string }) => error.code,
      ),
    );
  }
  expect(codes).toEqual(['daemon.invalid-reply', 'daemon.invalid-reply', 'daemon.unreachable']);
});

it('asks once more when a kept connection turns out to be dead', async () => {
  let connections = 0;
  const server = createTcpServer((socket) => {
    connections += 1;
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]');
      socket.once('data', () => socket.resetAndDestroy());
    });
  });
  const { daemon } = connectTo(await listen(server));
  await daemon.images();
  await sleep(5);
  expect(await daemon.images()).toEqual([]);
  expect(connections).toBe(2);
});

it('passes on why it could not dial', async () => {
  const daemon = connectInnerDaemon(() => Promise.reject(new Error('no way')));
  await expect(daemon.ping()).rejects.toMatchObject({ code: 'daemon.unreachable' });
});

it('streams events, skipping lines that are none or too long', async () => {
  const { daemon } = await daemonOf((_request, response) => {
    response.write(
      '{"Type":"container","Action":"start","Actor":{"ID":"c1","Attributes":{"name":"web"}},"timeNano":5000000}\n',
    );
    response.write('nonsense\n{"Type":7}\n\n');
    response.write(`${'x'.repeat(300_000)}\n`);
    response.write('{"Type":"volume","Action":"create","Actor":{"ID":"data"}}\n');
    setTimeout(() => response.end(), 50);
  });
  const events: DaemonEvent[] = [];
  const subscription = await daemon.subscribe((event) => events.push(event), new AbortController().signal);
  await subscription.ended;
  expect(events.map((event) => `${event.type} ${event.action} ${event.id} ${event.at}`)).toEqual([
    'container start c1 5',
    'volume create data 0',
  ]);
  expect(subscription.skipped).toBe(3);
});

it('ends a subscription by its signal', async () => {
  const { daemon } = await daemonOf((_request, response) => response.write('\n'));
  const abort = new AbortController();
  const subscription = await daemon.subscribe(() => undefined, abort.signal);
  abort.abort();
  await subscription.ended;
});
