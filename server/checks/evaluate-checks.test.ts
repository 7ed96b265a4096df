import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Check, checkSchemas, type Subject } from '../../protocol/check-schema.ts';
import type { CheckResult } from '../../protocol/lesson-view.ts';
import { DrydockError } from '../errors.ts';
import { evaluateChecks, relevantTo } from './evaluate-checks.ts';
import { container, type FakeWorld, fakeContext, image, network, published, volume } from './fake-context.ts';

/** A check from its YAML; the subject is its first key. */
function check(yaml: string): Check {
  const value = parse(yaml) as Record<string, unknown>;
  const subject = Object.keys(value)[0] as Subject;
  return { subject, ...checkSchemas[subject].parse({ title: 'x', ...value }) } as Check;
}

async function look(yaml: string, world: FakeWorld): Promise<CheckResult> {
  const [result] = await evaluateChecks([{ id: 'c', check: check(yaml) }], fakeContext(world));
  if (!result) throw new Error('no result');
  return result;
}

type Row = [yaml: string, world: FakeWorld, message: string];

const web = (more: Parameters<typeof container>[1] = {}) => ({
  containers: [container('web', more)],
  images: [image('busybox')],
});

describe('a container', () => {
  it.each<Row>([
    ['container: web\nstate: running', {}, 'There is no container named web, and no other either.'],
    [
      'container: web\nstate: running',
      { containers: [container('db'), container('cache')] },
      'There is no container named web. These exist: db and cache.',
    ],
    [
      'container: web\nstate: running',
      web({ state: 'exited', exitCode: 1 }),
      'web has ended with exit status 1. It has to be running.',
    ],
    ['container: web\nstate: exited', web(), 'web is running. It has to have ended.'],
    ['container: web\nstate: paused', web(), 'web is running. It has to be paused.'],
    [
      'container: web\nstate: running',
      web({ state: 'created' }),
      'web was made and has not been started. It has to be running.',
    ],
    [
      'container: web\nstate: running',
      web({ state: 'restarting', exitCode: 2 }),
      'web ends again and again with exit status 2, and Docker restarts it. It has to be running.',
    ],
    [
      'container: web\nstate: absent',
      web(),
      'There is still a container named web: web is running. It has to be gone.',
    ],
    [
      'container: web\nimage: nginx',
      web(),
      'web is running, but it was made from busybox; it has to be made from nginx.',
    ],
    [
      'container: web\nimage: busybox:1.36',
      web(),
      'web is running, but it was made from busybox; the tag has to be that of busybox:1.36.',
    ],
    [
      'container: web\nimage: busybox',
      web({ imageId: 'sha256:older' }),
      'web is running, but it was made from an older build of busybox: a container keeps the image it was made from. Remove it and run it again.',
    ],
    [
      'container: web\nports: ["8080:80"]',
      web(),
      'web is running, but it publishes no port; host port 8080 has to lead to port 80 inside.',
    ],
    [
      'container: web\nports: ["8080:80"]',
      web({ ports: [published(80, 80)] }),
      'web is running, but nothing is published on host port 8080: you published 80:80.',
    ],
    [
      'container: web\nports: ["8080:80"]',
      web({ ports: [published(8080, 8000)] }),
      'web is running, but host port 8080 leads to port 8000 inside; it has to lead to port 80.',
    ],
    [
      'container: web\nports: ["127.0.0.1:8080:80"]',
      web({ ports: [published(8080, 80)] }),
      'web is running, but host port 8080 is published on every address; it has to be on 127.0.0.1.',
    ],
    [
      'container: web\nports: ["53:53/udp"]',
      web({ ports: [published(53, 53)] }),
      'web is running, but nothing is published on host port 53: you published 53:53.',
    ],
    [
      'container: web\nports: [443]',
      web({ ports: [published(80, 80)] }),
      'web is running, but its port 443 is not published: you published 80:80.',
    ],
    ['container: web\nenv: { MODE: dev }', web(), 'web is running, but there is no environment variable MODE in web.'],
    [
      'container: web\nenv: [MODE=dev]',
      web({ env: { MODE: 'prod' } }),
      'web is running, but MODE is `prod` in web; it has to be `dev`.',
    ],
    ['container: web\nlabels: { tier: front }', web(), 'web is running, but there is no label tier on web.'],
    [
      'container: web\nnetworks: backend',
      web(),
      'web is running, but it is not attached to the network backend: it is attached to bridge.',
    ],
    ['container: web\nmounts: ["data:/data"]', web(), 'web is running, but nothing is mounted at /data.'],
    [
      'container: web\nmounts: ["data:/data"]',
      web({ mounts: [{ type: 'volume', source: 'dta', destination: '/data', writable: true }] }),
      'web is running, but at /data there is the volume `dta`; it has to be `data`.',
    ],
    [
      'container: web\nmounts: ["data:/data"]',
      web({ mounts: [{ type: 'bind', source: '/root/data', destination: '/data', writable: true }] }),
      'web is running, but at /data there is the host’s `/root/data`; it has to be a volume.',
    ],
    [
      'container: web\nmounts: ["./site:/www:ro"]',
      web({ mounts: [{ type: 'bind', source: '/root/x/site', destination: '/www', writable: true }] }),
      'web is running, but /www can be written to; it has to be read-only.',
    ],
    [
      'container: web\nmounts: [{ type: tmpfs, target: /tmp }]',
      web({ mounts: [{ type: 'volume', source: 'a', destination: '/tmp', writable: true }] }),
      'web is running, but at /tmp there is the volume `a`; it has to be a tmpfs.',
    ],
    [
      'container: web\ncommand: httpd -f',
      web({ command: ['httpd'] }),
      'web is running, but it runs `httpd`; it has to run `httpd -f`.',
    ],
    ['container: web\nuser: app', web(), 'web is running, but it runs as root; it has to run as `app`.'],
    [
      'container: web\nrestart: always',
      web(),
      'web is running, but its restart policy is `no`; it has to be `always`.',
    ],
    ['container: web\nmemory: 256m', web(), 'web is running, but it has no memory limit; it has to be 256 MiB.'],
    [
      'container: web\nmemory: "<= 256m"',
      web({ memory: 512 * 1024 ** 2 }),
      'web is running, but its memory limit is 512 MiB; it has to be at most 256 MiB.',
    ],
    ['container: web\nexitCode: 0', web(), 'web is running, but it has not ended yet; its exit status has to be 0.'],
    [
      'container: web\nexitCode: 0',
      web({ state: 'exited', exitCode: 137, outOfMemory: true }),
      'web has ended with exit status 137, because its memory ran out, but its exit status has to be 0.',
    ],
    ['container: web\nhealth: healthy', web(), 'web is running, but it has no health check; it has to be healthy.'],
    [
      'container: web\nhealth: healthy',
      web({ health: 'starting' }),
      'web is running, but its health check has not succeeded yet; it has to be healthy.',
    ],
    [
      'container: web\nhealth: healthy',
      web({ health: 'unhealthy' }),
      'web is running, but it is unhealthy; it has to be healthy.',
    ],
    ['container: web\nlogs: ready', web(), 'web is running, but its log does not hold `ready`: the log is empty.'],
    [
      'container: web\nlogs: [ready]',
      { ...web(), logs: { 'id-web': 'a\nstarting\n' } },
      'web is running, but its log does not hold `ready`. The last line is `starting`.',
    ],
    [
      'container: web\ndiffers: [/a]',
      web(),
      'web is running, but nothing changed at /a in its writable layer, which is empty.',
    ],
    [
      'container: web\ndiffers: /a',
      {
        ...web(),
        changes: {
          'id-web': [
            { kind: 'modified', path: '/b' },
            { kind: 'added', path: '/b/c' },
          ],
        },
      },
      'web is running, but nothing changed at /a in its writable layer: changed are /b/c.',
    ],
    [
      'container: web\nstate: running\nimage: nginx\nports: ["1:1"]',
      web({ state: 'exited', exitCode: 0 }),
      'web has ended with exit status 0. It has to be running.',
    ],
  ])('%j is unmet: %o', async (yaml, world, message) => {
    expect(await look(yaml, world)).toMatchObject({ state: 'unmet', message });
  });

  it.each<Row>([
    ['container: web\nstate: running', web(), 'web is running.'],
    ['container: web\nstate: absent', {}, 'There is no container named web.'],
    ['container: web\nstate: exited', web({ state: 'dead', exitCode: 1 }), 'web has ended with exit status 1.'],
    ['container: web\nimage: docker.io/library/busybox:latest', web(), 'web is running. It was made from busybox.'],
    ['container: web\nimage: busybox', { containers: [container('web')] }, 'web is running. It was made from busybox.'],
    [
      'container: web\nports: ["8080:80", 443]',
      web({ ports: [published(8080, 80), published(32768, 443)] }),
      'web is running. It publishes 8080:80 and 443.',
    ],
    [
      'container: web\nports: ["8080:80"]',
      web({ state: 'exited', publishedPorts: ['8080:80'] }),
      'web has ended. It publishes 8080:80.',
    ],
    ['container: web\nenv: { A: 1, B: true }', web({ env: { A: '1', B: 'true' } }), 'web is running.'],
    ['container: web\nlabels: [tier, "a=b"]', web({ labels: { tier: 'x', a: 'b' } }), 'web is running.'],
    ['container: web\nnetworks: [bridge]', web(), 'web is running. It is attached to bridge.'],
    [
      'container: web\nmounts: ["data:/data", "./site:/www/:ro"]',
      web({
        mounts: [
          { type: 'volume', source: 'data', destination: '/data', writable: true },
          { type: 'bind', source: '/root/lesson/site', destination: '/www', writable: false },
        ],
      }),
      'web is running.',
    ],
    ['container: web\ncommand: httpd -f', web({ command: ['httpd', '-f'] }), 'web is running.'],
    ['container: web\ncommand: [httpd, -f]', web({ entrypoint: ['httpd'], command: ['-f'] }), 'web is running.'],
    ['container: web\ncommand: date', web({ command: ['/bin/sh', '-c', 'date'] }), 'web is running.'],
    ['container: web\nuser: root', web(), 'web is running.'],
    ['container: web\nmemory: 256MB', web({ memory: 256 * 1024 ** 2 }), 'web is running.'],
    ['container: web\nexitCode: 3', web({ state: 'exited', exitCode: 3 }), 'web has ended with exit status 3.'],
    ['container: web\nhealth: none', web(), 'web is running.'],
    [
      'container: web\nlogs: [a, b]',
      { ...web(), logs: { 'id-web': 'a b' } },
      'web is running. Its log holds `a` and `b`.',
    ],
    [
      'container: web\ndiffers: [/a/]',
      { ...web(), changes: { 'id-web': [{ kind: 'added', path: '/a' }] } },
      'web is running. Changed in its writable layer: /a/.',
    ],
  ])('%j is met: %o', async (yaml, world, message) => {
    expect(await look(yaml, world)).toEqual({ id: 'c', state: 'met', message, hint: null });
  });

  it('is quoted without what a terminal would obey', async () => {
    const { message } = await look('container: web\nlogs: ready', {
      ...web(),
      logs: { 'id-web': '\u001b[31m`boom`\u0007'.padEnd(9000, 'x') },
    });
    expect(message).not.toMatch(/\p{Cc}/u);
    expect(message.length).toBeLessThan(300);
  });
});

describe('containers of a kind', () => {
  const three = {
    images: [image('busybox')],
    containers: [
      container('a', { labels: { app: 'shop' } }),
      container('b', { state: 'exited', exitCode: 0 }),
      container('c', { image: 'nginx', imageId: 'sha256:nginx' }),
    ],
  };
  it.each<Row>([
    ['container: { image: busybox }\nstate: running', three, '1 container from busybox fits: a.'],
    ['container: { image: busybox }\ncount: 2', three, '2 containers from busybox fit: a and b.'],
    ['container: { image: busybox, count: ">= 2" }', three, '2 containers from busybox fit: a and b.'],
    ['container: { label: app=shop }\nstate: running', three, '1 container with the label app=shop fits: a.'],
    ['container: { label: app }\ncount: "< 2"', three, '1 container with the label app fits: a.'],
    ['container: { image: debian }\nstate: absent', three, 'There is no container from debian.'],
    ['container: { image: debian }\ncount: 0', three, '0 containers from debian fit.'],
  ])('%j is met', async (yaml, world, message) =>
    expect(await look(yaml, world)).toMatchObject({ state: 'met', message }),
  );

  it.each<Row>([
    ['container: { image: debian }\nstate: running', three, 'There is no container from debian yet.'],
    [
      'container: { image: busybox }\nstate: running\ncount: 2',
      three,
      'There is 1 container from busybox that fits; it has to be 2. b has ended with exit status 0. It has to be running.',
    ],
    ['container: { image: busybox }\ncount: 1', three, 'There are 2 containers from busybox that fit; it has to be 1.'],
    [
      'container: { image: busybox }\nstate: absent',
      three,
      'There are still 2 containers from busybox: a and b. All have to be gone.',
    ],
    ['container: { label: app=other }\nstate: running', three, 'There is no container with the label app=other yet.'],
  ])('%j is unmet', async (yaml, world, message) =>
    expect(await look(yaml, world)).toMatchObject({ state: 'unmet', message }),
  );
});

describe('an image', () => {
  const base = image('busybox');
  const site = image('site', {
    size: 30_000_000,
    layers: ['sha256:layer-1', 'sha256:layer-2'],
    command: ['httpd', '-f'],
    exposedPorts: ['80/tcp'],
    user: 'app',
    env: { MODE: 'prod' },
    labels: { version: '1' },
  });
  const both = { images: [base, site], history: { 'sha256:site': ['CMD ["httpd"]', 'COPY . /www'] } };
  it.each<Row>([
    ['image: shop\nstate: present', {}, 'There is no image shop. There is no other image either.'],
    ['image: shop\nstate: present', both, 'There is no image shop. These are here: busybox and site.'],
    ['image: site:2\nstate: present', both, 'There is no image site:2. With another tag there is site.'],
    ['image: site\nstate: absent', both, 'The image site is still here. It has to be gone.'],
    [
      'image: site\nsize: "< 20MB"',
      both,
      'The image site is here, but its size is 30 MB; it has to be smaller than 20 MB.',
    ],
    ['image: site\nlayers: 1', both, 'The image site is here, but it has 2 layers; it has to be 1.'],
    [
      'image: site\nfrom: debian',
      both,
      'The image site is here, but whether it is built from debian cannot be seen, because debian is not here.',
    ],
    [
      'image: busybox\nfrom: site',
      both,
      'The image busybox is here, but it is not built from site: its first layers are others.',
    ],
    [
      'image: busybox\nfrom: busybox',
      both,
      'The image busybox is here, but it is busybox itself under another name, not an image built from it.',
    ],
    [
      'image: busybox\nuser: app',
      both,
      'The image busybox is here, but its USER is root, because none is set; it has to be `app`.',
    ],
    [
      'image: site\ncmd: [httpd]',
      both,
      'The image site is here, but its CMD is `["httpd","-f"]`; it has to be `["httpd"]`.',
    ],
    ['image: site\nentrypoint: x', both, 'The image site is here, but it has no ENTRYPOINT; it has to be `x`.'],
    ['image: site\nenv: { MODE: dev }', both, 'The image site is here, but MODE is `prod` in it; it has to be `dev`.'],
    ['image: site\nexposes: [8080]', both, 'The image site is here, but it exposes 80/tcp; it has to expose 8080.'],
    ['image: busybox\nexposes: [80]', both, 'The image busybox is here, but it exposes no port; it has to expose 80.'],
    ['image: site\nlabels: [author]', both, 'The image site is here, but there is no label author on it.'],
    [
      'image: site\nhistory: RUN',
      both,
      'The image site is here, but no step of its history holds `RUN`. The newest step is `CMD ["httpd"]`.',
    ],
    [
      'image: site\nfile: { path: /a }',
      { ...both, run: () => ({ exit: 4, stdout: '' }) },
      'The image site is here, but there is no file /a in it.',
    ],
    [
      'image: site\nfile: { path: /a, contains: b }',
      { ...both, run: () => ({ exit: 0, stdout: 'c' }) },
      'The image site is here, but its file /a does not hold `b`.',
    ],
    [
      'image: site\nsharesLayersWith: debian',
      both,
      'The image site is here, but debian, with which it has to share layers, is not here.',
    ],
  ])('%j is unmet: %o', async (yaml, world, message) =>
    expect(await look(yaml, world)).toMatchObject({ state: 'unmet', message }),
  );

  it.each([
    'state: present',
    'size: "<= 30MB"',
    'size: 30000000',
    'layers: "> 1"',
    'from: busybox',
    'user: app',
    'cmd: httpd -f',
    'cmd: [httpd, -f]',
    'env: [MODE=prod]',
    'exposes: [80]',
    'exposes: ["80/tcp"]',
    'labels: { version: 1 }',
    'history: [COPY, CMD]',
    'sharesLayersWith: busybox',
    'file: { path: /a, contains: [b, c] }',
  ])('site with %j is met', async (conditions) => {
    const result = await look(`image: site\n${conditions}`, { ...both, run: () => ({ exit: 0, stdout: 'abc' }) });
    expect(result).toMatchObject({ state: 'met', message: 'The image site is here: 30 MB, 2 layers.' });
  });

  it('is found by its short id, and never under a name Docker would refuse', async () => {
    const world = { images: [image('site', { id: `sha256:${'abcdef012345'.repeat(5)}abcd` })] };
    expect(await look('image: abcdef012345\nstate: present', world)).toMatchObject({ state: 'met' });
    expect(await look('image: "../../etc"\nstate: present', world)).toMatchObject({ state: 'unmet' });
  });

  it('whose layers cannot be read is a failure, not an unmet check', async () => {
    expect(
      await look('image: site\nfile: { path: /a }', { ...both, run: () => ({ exit: 3, stdout: '' }) }),
    ).toMatchObject({ state: 'failed' });
  });
});

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
  ])('%j is met', async (yaml) => expect(await look(yaml, world)).toMatchObject({ state: 'met' }));

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
      'The volume data is here, but its file present does not hold `bye`.',
    ],
    [
      'compose: other\nservices: { a: { state: running } }',
      'The project other has no container yet. These projects have: shop.',
    ],
    [
      'compose: shop\nservices: { cache: { state: running } }',
      'The service cache has no container. shop has containers of: front and db.',
    ],
    ['compose: shop\nservices: { db: { health: healthy } }', 'db is starting. The service db has to be healthy.'],
    [
      'compose: shop\nservices: { front: { count: 2 } }',
      'The service front has 1 container that fits; it has to be 2.',
    ],
  ])('%j is unmet', async (yaml, message) =>
    expect(await look(yaml, world)).toMatchObject({ state: 'unmet', message }),
  );
});

describe('a file', () => {
  const dockerfile = 'FROM busybox AS base\nRUN a && \\\n    b\ncopy  index.html   /www/\nCMD [ "httpd",  "-f" ]\n';
  const world = { files: { Dockerfile: dockerfile, empty: '\n', 'app/a.txt': 'one\ntwo\n' }, folders: ['app'] };
  it.each([
    'file: Dockerfile\nstate: present',
    'file: none\nstate: absent',
    'file: app/a.txt\ncontains: [one, two]\nlacks: three\nmatches: ^two$',
    'file: Dockerfile\ninstruction: COPY',
    'file: Dockerfile\ninstruction: COPY index.html /www/',
    'file: Dockerfile\ninstruction: CMD ["httpd","-f"]',
    'file: Dockerfile\ninstruction: [FROM busybox AS base, RUN a && b]',
    'file: Dockerfile\ninstruction: { name: copy, contains: index.html, lacks: ".git", matches: "/www/?$" }',
    'file: empty\nlacks: x',
  ])('%j is met', async (yaml) => expect(await look(yaml, world)).toMatchObject({ state: 'met' }));

  it.each<[string, string]>([
    [
      'file: dockerfile\nstate: present',
      'There is no file dockerfile in your workspace yet. There is Dockerfile; the name has to be exact, capital letters too.',
    ],
    ['file: else\nstate: present', 'There is no file else in your workspace yet.'],
    ['file: Dockerfile\nstate: absent', 'Dockerfile is still there. It has to be gone.'],
    ['file: app\nstate: present', 'app is a folder; it has to be a file.'],
    ['file: empty\ncontains: x', 'empty is there, but it is empty.'],
    ['file: app/a.txt\ncontains: three', 'app/a.txt is there, but it does not hold `three`.'],
    ['file: app/a.txt\nmatches: ^t.$', 'app/a.txt is there, but nothing in it fits the pattern `^t.$`.'],
    ['file: app/a.txt\nlacks: two', 'app/a.txt is there, but line 2 still holds `two`.'],
    [
      'file: Dockerfile\ninstruction: EXPOSE 80',
      'Dockerfile is there, but it has no EXPOSE instruction; `EXPOSE 80` is wanted.',
    ],
    [
      'file: Dockerfile\ninstruction: COPY . /www/',
      'Dockerfile is there, but no COPY in it is `COPY . /www/`: there is `COPY index.html /www/`.',
    ],
    [
      'file: Dockerfile\ninstruction: { name: CMD, contains: nginx }',
      'Dockerfile is there, but no CMD in it holds `nginx`: there is `CMD ["httpd","-f"]`.',
    ],
  ])('%j is unmet', async (yaml, message) =>
    expect(await look(yaml, world)).toMatchObject({ state: 'unmet', message }),
  );
});

describe('commands', () => {
  const world: FakeWorld = {
    commands: [
      ['docker ps \\\n  -a', 0],
      ['docker build .', 1],
      ['ls', 0],
    ],
    run: (command) => (command.startsWith('test') ? { exit: 1, stdout: 'no\nway' } : { exit: 0, stdout: 'yes 42\n' }),
  };
  it.each([
    'ran: ^docker ps -a$',
    'ran: docker build\nexit: 1',
    'run: "true"',
    'run: test\nexit: 1',
    'run: "true"\nstdout: yes',
    'run: "true"\nstdout: /^YES \\d+$/i',
  ])('%j is met', async (yaml) => expect(await look(yaml, world)).toMatchObject({ state: 'met' }));

  it.each<[string, string]>([
    ['ran: docker pull', 'You have not run this command yet. The last one you ran was `ls`.'],
    ['ran: docker build', 'You ran `docker build .`, and it failed with exit status 1. The terminal shows why.'],
    ['ran: docker ps\nexit: 1', 'You ran `docker ps -a`; it ended with exit status 0, and 1 is wanted.'],
    ['run: test -f x', '`test -f x` ends with exit status 1; it has to be 0. It printed `no`.'],
    ['run: "true"\nstdout: nope', 'The output of `true` has to hold `nope`. It printed `yes 42`.'],
  ])('%j is unmet', async (yaml, message) =>
    expect(await look(yaml, world)).toMatchObject({ state: 'unmet', message }),
  );

  it('are none at first', async () =>
    expect((await look('ran: x', {})).message).toBe('You have not run a command yet.'));

  it('cannot make a pattern take long', async () => {
    const start = performance.now();
    const result = await look('ran: ^(a+)+$', { commands: [[`${'a'.repeat(40)}b`, 0]] });
    expect(result).toMatchObject({ state: 'failed' });
    expect(result.message).toContain('pattern takes too long');
    expect(performance.now() - start).toBeLessThan(1500);
  });
});

describe('an HTTP answer', () => {
  const reply =
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nServer: nginx/1.27\r\nX-Mode: dev\r\n\r\n<h1>Hello</h1>\n';
  const answering = { run: () => ({ exit: 0, stdout: reply }) };
  it.each([
    'http: 8080\nstatus: 200',
    'http: 8080/\ncontains: Hello',
    'http: 8080/a\nmatches: ^<h1>',
    'http: 8080/\nheader: { server: nginx }',
  ])('%j is met', async (yaml) => expect(await look(yaml, answering)).toMatchObject({ state: 'met' }));

  it.each<Row>([
    ['http: 8080/\nstatus: 404', answering, 'localhost:8080 answers, but with status 200; it has to be 404.'],
    [
      'http: 8080/\ncontains: Bye',
      answering,
      'localhost:8080 answers, but the page does not hold `Bye`. It is 15 characters long.',
    ],
    [
      'http: 8080/\nheader: { X-Mode: prod }',
      answering,
      'localhost:8080 answers, but the header X-Mode is `dev`; it has to hold `prod`.',
    ],
    ['http: 8080/\nheader: { Age: 1 }', answering, 'localhost:8080 answers, but without the header Age.'],
    [
      'http: 8080/\nstatus: 200',
      { run: () => ({ exit: 0, stdout: '' }) },
      'Nothing answers on localhost:8080: no running container publishes port 8080.',
    ],
    [
      'http: 8080/x\nstatus: 200',
      { ...web({ ports: [published(8080, 80)] }), run: () => ({ exit: 0, stdout: '' }) },
      'web publishes port 8080, but nothing inside it answers there. Its log may say why.',
    ],
  ])('%j is unmet: %o', async (yaml, world, message) =>
    expect(await look(yaml, world)).toMatchObject({ state: 'unmet', message }),
  );

  it('is asked for by a quoted address', async () => {
    const context = fakeContext(answering);
    await evaluateChecks([{ id: 'c', check: check('http: "80/a\';reboot;\'"\nstatus: 200') }], context);
    expect(context.asked[0]).toContain(`'http://127.0.0.1:80/a'\\'';reboot;'\\'''`);
  });
});

describe('hints', () => {
  const yaml =
    'container: web\nports: ["8080:80"]\nhints:\n  - when: { state: exited }\n    say: It ended.\n  - when: { ports: ["80:8080"] }\n    say: Swapped.\n  - when: { state: absent }\n    say: Run it.\n  - when: { state: running }\n    say: Running.';
  it.each<[FakeWorld, string | null]>([
    [web({ ports: [published(80, 8080)] }), 'Swapped.'],
    [web({ state: 'exited' }), 'It ended.'],
    [{}, 'Run it.'],
    [web(), 'Running.'],
    [web({ state: 'paused' }), null],
    [web({ ports: [published(8080, 80)] }), null],
  ])('say what fits the state: %#', async (world, hint) => expect((await look(yaml, world)).hint).toBe(hint));

  it('that cannot be looked at are none', async () => {
    const result = await look(
      'image: site\nfile: { path: /a }\nsize: 1\nhints:\n  - when: { file: { path: /b } }\n    say: x',
      {
        images: [image('site')],
        run: () => Promise.reject(new Error('boom')),
      },
    );
    expect(result).toMatchObject({ state: 'unmet', hint: null });
  });
});

describe('a round', () => {
  it('asks each question once, however many checks want to know', async () => {
    const context = fakeContext({ containers: [container('web'), container('db')], images: [image('busybox')] });
    const yaml =
      'container: web\nstate: running\nimage: busybox\nlogs: x\nhints:\n  - when: { image: busybox }\n    say: y';
    const checks = Array.from({ length: 20 }, (_, index) => ({ id: `c${index}`, check: check(yaml) }));
    const results = await evaluateChecks(checks, context);
    expect(results.map((result) => result.id)).toEqual(checks.map(({ id }) => id));
    expect(context.asked.sort()).toEqual(['container id-web', 'containers', 'images', 'log id-web']);
  });

  it('asks nothing nobody wants to know', async () => {
    const context = fakeContext({ files: { a: 'b' } });
    await evaluateChecks([{ id: 'c', check: check('file: a\nstate: present') }], context);
    expect(context.asked).toEqual(['stat a']);
  });

  it('fails one check and goes on with the others', async () => {
    const context = fakeContext({ ...web(), files: { a: 'b' } });
    const failures: string[] = [];
    context.daemon.containers = () =>
      Promise.reject(new DrydockError('daemon.unreachable', 'Your Docker does not answer.'));
    context.readFile = () => {
      throw new Error('secret detail');
    };
    const results = await evaluateChecks(
      [
        { id: 'a', check: check('container: web\nstate: running') },
        { id: 'b', check: check('file: a\ncontains: b') },
        { id: 'c', check: check('file: a\nstate: present') },
      ],
      context,
      { onFailure: (id) => failures.push(id) },
    );
    expect(results.map(({ state }) => state)).toEqual(['failed', 'failed', 'met']);
    expect(results[0]?.message).toBe('Your Docker does not answer.');
    expect(results[1]?.message).not.toContain('secret');
    expect(failures.sort()).toEqual(['a', 'b']);
  });

  it('gives up on what takes too long, and says so', async () => {
    const context = fakeContext({ run: () => new Promise(() => undefined) });
    const [result] = await evaluateChecks([{ id: 'c', check: check('run: sleep 99') }], context, { limitMs: 20 });
    expect(result).toMatchObject({ state: 'failed' });
    expect(result?.message).toContain('took longer than');
  });
});

describe('what a check depends on', () => {
  it.each<[string, string[]]>([
    ['container: web\nstate: running', ['containers']],
    ['container: web\nimage: x', ['containers', 'images']],
    ['container: web\nstate: running\nhints:\n  - when: { logs: x }\n    say: y', ['commands', 'containers']],
    ['container: { image: x }\nstate: running', ['containers', 'images']],
    ['image: x\nstate: present', ['images']],
    ['volume: x\nstate: present', ['commands', 'containers', 'volumes']],
    ['network: x\nstate: present', ['commands', 'containers', 'networks']],
    ['compose: x\nservices: { a: { count: 1 } }', ['containers']],
    ['http: 80\nstatus: 200', ['commands', 'containers', 'files']],
    ['file: a\nstate: present', ['files']],
    ['ran: x', ['commands']],
    ['run: x', ['commands', 'containers', 'files', 'images', 'networks', 'volumes']],
  ])('%j: %j', (yaml, expected) => expect([...relevantTo(check(yaml))].sort()).toEqual(expected));
});
