import { describe, expect, it } from 'vitest';
import { image } from './fake-context.ts';
import { look, type Row } from './look.ts';

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
      'The image site is here, but no step of its history contains `RUN`. The newest step is `CMD ["httpd"]`.',
    ],
    [
      'image: site\nfile: { path: /a }',
      { ...both, run: () => ({ exit: 4, stdout: '' }) },
      'The image site is here, but there is no file /a in it.',
    ],
    [
      'image: site\nfile: { path: /a, contains: b }',
      { ...both, run: () => ({ exit: 0, stdout: 'c' }) },
      'The image site is here, but its file /a does not contain `b`.',
    ],
    [
      'image: site\nsharesLayersWith: debian',
      both,
      'The image site is here, but debian, with which it has to share layers, is not here.',
    ],
  ])('%j is unmet: %o', async (yaml, world, message) =>
    expect(await look(yaml, world)).toMatchObject({ state: 'unmet', message }),
  );

  it.each<[conditions: string, seen: string]>([
    ['state: present', ''],
    ['size: "<= 30MB"', ''],
    ['size: 30000000', ''],
    ['layers: "> 1"', ''],
    ['from: busybox', ' It is built from busybox.'],
    ['user: app', ' Its USER is `app`.'],
    ['cmd: httpd -f', ' Its CMD is `["httpd","-f"]`.'],
    ['cmd: [httpd, -f]', ' Its CMD is `["httpd","-f"]`.'],
    ['env: [MODE=prod]', ' In its environment: MODE=prod.'],
    ['exposes: [80]', ' It exposes 80.'],
    ['exposes: ["80/tcp"]', ' It exposes 80/tcp.'],
    ['labels: { version: 1 }', ' Its labels: version=1.'],
    ['history: [COPY, CMD]', ' Its history contains `COPY` and `CMD`.'],
    ['sharesLayersWith: busybox', ' It shares layers with busybox.'],
    ['file: { path: /a }', ' It holds the file /a.'],
    ['file: { path: /a, contains: [b, c] }', ' It holds the file /a, which contains `b` and `c`.'],
  ])('site with %j is met', async (conditions, seen) => {
    const result = await look(`image: site\n${conditions}`, { ...both, run: () => ({ exit: 0, stdout: 'abc' }) });
    expect(result).toMatchObject({ state: 'met', message: `The image site is here: 30 MB, 2 layers.${seen}` });
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
