import { describe, expect, it } from 'vitest';
import { container, type FakeWorld, network, volume } from './fake-context.ts';
import { look } from './look.ts';

describe('networks, volumes and projects', () => {
  const world: FakeWorld = {
    networks: [
      network('bridge'),
      network('back', { internal: true, containers: [{ id: 'id-web', name: 'web', ipAddress: null }] }),
    ],
    volumes: [volume('data'), volume('a'.repeat(64))],
    containers: [
      container('web', {
        networks: [{ name: 'back', id: 'id-back', ipAddress: null, aliases: [] }],
        mounts: [{ type: 'volume', source: 'data', destination: '/data', writable: true }],
        labels: { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'front' },
      }),
      container('db', {
        health: 'starting',
        labels: { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'db' },
      }),
    ],
    run: (command) =>
      command.includes('_data/present') || command.includes('dev/tcp')
        ? { exit: 0, stdout: 'hello' }
        : { exit: 4, stdout: '' },
  };
  it.each([
    'network: back\ndriver: bridge\ninternal: true\nsubnet: 172.18.0.0/16\ncontainers: [web]',
    'network: back\nreaches: { from: web, to: db, port: 5432 }',
    'network: none-such\nstate: absent',
    'volume: data\ndriver: local\nusedBy: web',
    'volume: data\nfile: { path: present, contains: hell }',
    'compose: shop\nservices: { front: { state: running, count: 1 }, db: { count: ">= 1" }, old: { state: absent } }',
    'compose: gone\nservices: { a: { state: absent } }',
    'compose: gone\nservices: { a: { count: 0 } }',
    'compose: shop\nservices: { front: { count: 1 }, cache: { count: "< 1" } }',
    'compose: shop',
  ])('%j is met', async (yaml) => expect(await look(yaml, world)).toMatchObject({ state: 'met' }));

  it.each<[string, string]>([
    [
      'network: back\ninternal: true\ncontainers: [web]\nreaches: { from: web, to: db, port: 5432 }',
      'The network back is here, with the driver bridge. It is internal. Attached to it: web. web reaches db on port 5432.',
    ],
    [
      'volume: data\nusedBy: web\nfile: { path: present, contains: hell }',
      'The volume data is here. It is used by web. It holds the file present, which contains `hell`.',
    ],
  ])('%j says what it saw', async (yaml, message) =>
    expect(await look(yaml, world)).toMatchObject({ state: 'met', message }),
  );

  it.each<[string, string]>([
    ['network: front\nstate: present', 'There is no network front. These exist: back.'],
    ['network: back\nstate: absent', 'The network back is still here. It has to be gone.'],
    ['network: back\ndriver: macvlan', 'The network back is here, but its driver is `bridge`; it has to be `macvlan`.'],
    [
      'network: back\ninternal: false',
      'The network back is here, but it is internal: containers on it reach nothing outside.',
    ],
    [
      'network: back\nsubnet: 10.0.0.0/8',
      'The network back is here, but its subnet is 172.18.0.0/16; it has to be 10.0.0.0/8.',
    ],
    ['network: back\ncontainers: [db]', 'The network back is here, but db is not attached to it: attached are web.'],
    ['network: back\nreaches: { from: app, to: db, port: 1 }', 'The network back is here, but app is not running.'],
    ['volume: dta\nstate: present', 'There is no volume dta. These exist: data.'],
    ['volume: data\nusedBy: [db]', 'The volume data is here, but db does not use it: it is used by web.'],
    ['volume: data\nfile: { path: gone }', 'The volume data is here, but there is no file gone in it.'],
    [
      'volume: data\nfile: { path: present, contains: bye }',
      'The volume data is here, but its file present does not contain `bye`.',
    ],
    [
      'compose: other\nservices: { a: { state: running } }',
      'The project other has no container yet. These projects have: shop.',
    ],
    [
      'compose: shop\nservices: { cache: { state: running } }',
      'The service cache has no container. shop has containers of: front and db.',
    ],
    ['compose: gone', 'The project gone has no container yet. These projects have: shop.'],
    ['compose: shop\nservices: { db: { health: healthy } }', 'db is starting. The service db has to be healthy.'],
    ['compose: shop\nservices: { front: { count: 2 } }', 'The service front has 1 container as asked; it has to be 2.'],
  ])('%j is unmet', async (yaml, message) =>
    expect(await look(yaml, world)).toMatchObject({ state: 'unmet', message }),
  );
});
