import { describe, expect, it } from 'vitest';
import { container, image, published } from './fake-context.ts';
import { look, type Row, web } from './look.ts';

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
      'web is running, but it was made from an older image that was called busybox. A container keeps the image it was made from: remove it and run it again.',
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
    [
      'container: web\nrestart: "on-failure:3"',
      web({ restartPolicy: 'on-failure', restartAttempts: 5 }),
      'web is running, but its restart policy is `on-failure:5`; it has to be `on-failure:3`.',
    ],
    [
      'container: web\nrestart: "on-failure:3"',
      web({ restartPolicy: 'on-failure' }),
      'web is running, but its restart policy is `on-failure`; it has to be `on-failure:3`.',
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
    ['container: web\nlogs: ready', web(), 'web is running, but its log does not contain `ready`: the log is empty.'],
    [
      'container: web\nlogs: [ready]',
      { ...web(), logs: { 'id-web': 'a\nstarting\n' } },
      'web is running, but its log does not contain `ready`. The last line is `starting`.',
    ],
    [
      'container: web\ndiffers: [/a]',
      web(),
      'web is running, but it has not changed /a; so far it has changed nothing.',
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
      'web is running, but it has not changed /a; so far it has changed /b/c.',
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
    [
      'container: web\nimage: docker.io/library/busybox:latest',
      web(),
      'web is running. It was made from busybox (image busybox).',
    ],
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
    [
      'container: web\nenv: { A: 1, B: true }',
      web({ env: { A: '1', B: 'true' } }),
      'web is running. In its environment: A=1 and B=true.',
    ],
    [
      'container: web\nlabels: [tier, "a=b"]',
      web({ labels: { tier: 'x', a: 'b' } }),
      'web is running. Its labels: tier=x and a=b.',
    ],
    ['container: web\nnetworks: [bridge]', web(), 'web is running. It is attached to bridge.'],
    [
      'container: web\nmounts: ["data:/data", "./site:/www/:ro"]',
      web({
        mounts: [
          { type: 'volume', source: 'data', destination: '/data', writable: true },
          { type: 'bind', source: '/root/x/site', destination: '/www', writable: false },
        ],
      }),
      'web is running. Mounted as asked: /data and /www/.',
    ],
    ['container: web\ncommand: httpd -f', web({ command: ['httpd', '-f'] }), 'web is running. It runs `httpd -f`.'],
    [
      'container: web\ncommand: [httpd, -f]',
      web({ entrypoint: ['httpd'], command: ['-f'] }),
      'web is running. It runs `httpd -f`.',
    ],
    [
      'container: web\ncommand: date',
      web({ command: ['/bin/sh', '-c', 'date'] }),
      'web is running. It runs `/bin/sh -c date`.',
    ],
    ['container: web\nuser: root', web(), 'web is running. It runs as root.'],
    [
      'container: web\nrestart: "on-failure:3"',
      web({ restartPolicy: 'on-failure', restartAttempts: 3 }),
      'web is running. Its restart policy is `on-failure:3`.',
    ],
    [
      'container: web\nrestart: on-failure',
      web({ restartPolicy: 'on-failure', restartAttempts: 3 }),
      'web is running. Its restart policy is `on-failure:3`.',
    ],
    ['container: web\nmemory: 256MB', web({ memory: 256 * 1024 ** 2 }), 'web is running. Its memory limit is 256 MiB.'],
    ['container: web\nexitCode: 3', web({ state: 'exited', exitCode: 3 }), 'web has ended with exit status 3.'],
    ['container: web\nhealth: none', web(), 'web is running. It has no health check.'],
    [
      'container: web\nlogs: [a, b]',
      { ...web(), logs: { 'id-web': 'a b' } },
      'web is running. Its log contains `a` and `b`.',
    ],
    [
      'container: web\ndiffers: [/a/]',
      { ...web(), changes: { 'id-web': [{ kind: 'added', path: '/a' }] } },
      'web is running. The container added /a/.',
    ],
    [
      'container: web\ndiffers: [/bin, /bin/vi]',
      {
        ...web(),
        changes: {
          'id-web': [
            { kind: 'modified', path: '/bin' },
            { kind: 'deleted', path: '/bin/vi' },
          ],
        },
      },
      'web is running. The container changed /bin and deleted /bin/vi.',
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
    ['container: { image: busybox }\nstate: running', three, 'A container made from busybox is running: a.'],
    [
      'container: { image: busybox }\nstate: exited\nexitCode: 0',
      three,
      'A container made from busybox has ended with exit status 0: b.',
    ],
    [
      'container: { image: busybox }\nuser: root\ncount: 2',
      three,
      '2 containers made from busybox are as asked: a and b.',
    ],
    ['container: { image: busybox }\ncount: 2', three, 'There are 2 containers made from busybox: a and b.'],
    ['container: { image: busybox, count: ">= 2" }', three, 'There are 2 containers made from busybox: a and b.'],
    ['container: { label: app=shop }\nstate: running', three, 'A container with the label app=shop is running: a.'],
    ['container: { label: app }\ncount: "< 2"', three, 'There is 1 container with the label app: a.'],
    ['container: { image: debian }\nstate: absent', three, 'There is no container made from debian.'],
    ['container: { image: debian }\ncount: 0', three, 'There is no container made from debian.'],
  ])('%j is met', async (yaml, world, message) =>
    expect(await look(yaml, world)).toMatchObject({ state: 'met', message }),
  );

  it.each<Row>([
    ['container: { image: debian }\nstate: running', three, 'There is no container made from debian yet.'],
    [
      'container: { image: busybox }\nstate: running\ncount: 2',
      three,
      'A container made from busybox is running; it has to be 2. b has ended with exit status 0. It has to be running.',
    ],
    ['container: { image: busybox }\ncount: 1', three, 'There are 2 containers made from busybox; it has to be 1.'],
    [
      'container: { image: busybox }\nstate: absent',
      three,
      'There are still 2 containers made from busybox: a and b. All have to be gone.',
    ],
    ['container: { label: app=other }\nstate: running', three, 'There is no container with the label app=other yet.'],
  ])('%j is unmet', async (yaml, world, message) =>
    expect(await look(yaml, world)).toMatchObject({ state: 'unmet', message }),
  );
});

describe('a folder of the workspace', () => {
  // The workspace of these tests is /root/x.
  it.each<[wanted: string, source: string, state: 'met' | 'unmet']>([
    ['.', '/root/x', 'met'],
    ['./', '/root/x/', 'met'],
    ['.', '/etc', 'unmet'],
    ['.', '/root', 'unmet'],
    ['./site', '/root/x/site', 'met'],
    ['./site', '/etc/site', 'unmet'],
    ['../y', '/root/y', 'met'],
    ['~/x/site', '/root/x/site', 'met'],
    ['~', '/root', 'met'],
    ['~', '/etc', 'unmet'],
    ['/etc', '/etc/', 'met'],
  ])('%s is met by %s: %s', async (wanted, source, state) => {
    const mounts = [{ type: 'bind' as const, source, destination: '/www', writable: true }];
    expect(await look(`container: web\nmounts: ["${wanted}:/www"]`, web({ mounts }))).toMatchObject({ state });
  });
});
