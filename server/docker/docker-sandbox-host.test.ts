import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, expect, it } from 'vitest';
import { testLimits } from '../test-limits.ts';
import { createDockerSandboxHost, type DockerSandboxHostOptions } from './docker-sandbox-host.ts';
import type { HostEvent, SandboxHost } from './sandbox-host.ts';

const logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const cleanUps: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

async function hostOn(handle: RequestListener, options: Partial<DockerSandboxHostOptions> = {}): Promise<SandboxHost> {
  const folder = await mkdtemp(join(tmpdir(), 'drydock-engine-'));
  const socketPath = join(folder, 'engine.sock');
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  cleanUps.push(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  });
  return createDockerSandboxHost({ engine: { socketPath }, lab: 'lab1', seccompProfile: {}, logger, ...options });
}

it('takes a hung engine for unreachable within seconds', async () => {
  const host = await hostOn(() => undefined);
  const began = Date.now();
  await expect(host.describe()).rejects.toMatchObject({ code: 'engine.unreachable' });
  expect(Date.now() - began).toBeLessThan(6_000);
}, 10_000);

it('quotes the engine’s own words, printable', async () => {
  const host = await hostOn((_request, response) =>
    response.writeHead(500).end('{"message":"disk \\u001b[31mfull\\n now"}'),
  );
  await expect(host.list()).rejects.toMatchObject({
    code: 'engine.failed',
    message: expect.stringContaining('says: disk [31mfull now'),
  });
});

it('never touches a container of its name without its labels', async () => {
  const asked: string[] = [];
  const host = await hostOn((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.setHeader('Content-Type', 'application/json');
    response.end(
      '{"Id":"c1","Name":"/drydock-lab1-abcdefgh","Config":{"Labels":{"drydock.lab":"lab2"}},"State":{"Running":true}}',
    );
  });
  await expect(host.remove('abcdefgh', { keepHome: false })).rejects.toMatchObject({ code: 'engine.failed' });
  await expect(host.exec('abcdefgh', { argv: ['true'] })).rejects.toMatchObject({ code: 'engine.failed' });
  await expect(host.stop('abcdefgh', { graceSeconds: 1 })).rejects.toMatchObject({ code: 'engine.failed' });
  expect(new Set(asked)).toEqual(new Set(['GET /containers/drydock-lab1-abcdefgh/json']));
});

it('asks nothing for an id that is none', async () => {
  const host = await hostOn(() => {
    throw new Error('asked');
  });
  for (const id of ['', 'short', '../../etc', 'UPPERCASE1', 'x'.repeat(33)]) {
    await expect(host.exec(id, { argv: ['true'] })).rejects.toMatchObject({ code: 'request.malformed' });
  }
});

it('follows the events over a lost engine', async () => {
  let streams = 0;
  const host = await hostOn((_request, response) => {
    streams += 1;
    response.writeHead(200).flushHeaders();
    if (streams === 1) response.end('garbage\n');
  });
  const events: HostEvent[] = [];
  const abort = new AbortController();
  await new Promise<void>((resolve) => {
    host.watch((event) => {
      events.push(event);
      if (event.type === 'reconnected') resolve();
    }, abort.signal);
  });
  abort.abort();
  expect(events).toEqual([{ type: 'engine-lost' }, { type: 'reconnected' }]);
});

/** An engine that has nothing and makes what it is told to. */
function emptyEngine(securityOptions: string[], made: { path: string; body: unknown }[]): RequestListener {
  return (request, response) => {
    const path = (request.url ?? '').replace(/\?.*$/, '');
    response.setHeader('Content-Type', 'application/json');
    if (path === '/info') response.end(JSON.stringify({ SecurityOptions: securityOptions, DockerRootDir: '/none' }));
    else if (path === '/version') response.end('{"Version":"1","ApiVersion":"1.41"}');
    else if (request.method === 'GET') response.writeHead(404).end('{"message":"no such thing"}');
    else {
      text(request).then((body) => made.push({ path, body: JSON.parse(body) }), String);
      request.on('end', () => response.writeHead(201).end('{"Id":"c1"}'));
    }
  };
}

it.each([
  [['name=apparmor', 'name=seccomp,profile=default'], 'apparmor=drydock-sandbox'],
  [['name=seccomp,profile=default'], 'apparmor=unconfined'],
])('confines with AppArmor where the engine has it: %j', async (securityOptions, expected) => {
  const made: { path: string; body: unknown }[] = [];
  const host = await hostOn(emptyEngine(securityOptions, made), { apparmorProfile: 'drydock-sandbox' });
  const spec = { id: 'abcdefgh', learner: null, image: 'sandbox:1', limits: testLimits, registryVolume: null };
  await host.make(spec);
  expect(made.map(({ path }) => path)).toEqual(['/volumes/create', '/volumes/create', '/containers/create']);
  expect(made[2]?.body).toMatchObject({
    HostConfig: { SecurityOpt: expect.arrayContaining([expected]) },
    Labels: { 'drydock.spec': await host.specOf(spec) },
  });
});

it('watches the disk of an engine on another machine, and says why', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'drydock-disks-'));
  cleanUps.push(() => rm(folder, { recursive: true }));
  const host = await hostOn(emptyEngine([], []), { disks: { folder: join(folder, 'disks'), limit: 'auto' } });
  const { diskLimit, diskFree } = await host.describe();
  expect(diskLimit).toEqual({ kind: 'watched', reason: expect.stringMatching(/another machine|runs as root/) });
  expect(diskFree).toBeNull();
  expect(await readdir(folder)).toEqual([]);
});

it('opens no way to the internet where the lab has none', async () => {
  const host = await hostOn(() => undefined);
  await expect(host.setEgress('abcdefgh', 'internet')).rejects.toMatchObject({ code: 'egress.unavailable' });
  await host.setEgress('abcdefgh', 'none');
});
