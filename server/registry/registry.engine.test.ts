import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestRegistry } from './registry-fixture.ts';

let lab: TestRegistry;

beforeAll(async () => {
  lab = await TestRegistry.open();
  await lab.registry.ensure();
});

afterAll(async () => lab.dispose());

const everything = [
  'HEALTHCHECK --interval=7s CMD ["/content"]',
  'SHELL ["/content", "-c"]',
  'ONBUILD COPY . /app',
  'STOPSIGNAL SIGUSR1',
  'EXPOSE 8080',
  'VOLUME /data',
  'ENV A=b',
  'USER 12:34',
];

describe('the registry of a lab', () => {
  it('serves, and ensuring it again changes nothing', async () => {
    const before = await lab.containers.findServing();
    await lab.registry.ensure();
    expect(await lab.containers.findServing()).toEqual(before);
    expect(await lab.registry.isServing()).toBe(true);
    expect((await lab.request('GET', '/v2/')).status).toBe(200);
  });

  it('serves an image under all its names as soon as it is published', async () => {
    const image = await lab.image('small', 'small', everything);
    const served = await lab.registry.publish(image.reference, ['small:latest', 'small:1', 'other/small:x']);
    expect(served.map(({ name }) => name).sort()).toEqual(['other/small:x', 'small:1', 'small:latest']);
    expect(await lab.registry.list()).toEqual(served);
    const [first] = served;
    expect(first).toMatchObject({
      imageId: image.id,
      platform: 'linux/amd64',
      layers: [{ bytes: expect.any(Number) as number }],
    });
    expect(JSON.parse((await lab.request('GET', '/v2/library/small/tags/list')).body)).toEqual({
      name: 'library/small',
      tags: expect.arrayContaining(['1', 'latest']) as string[],
    });
    const manifest = await lab.request('GET', '/v2/library/small/manifests/latest');
    expect(JSON.parse(manifest.body)).toMatchObject({ mediaType: 'application/vnd.oci.image.manifest.v1+json' });
    const bytes =
      Buffer.byteLength(manifest.body) + (first?.layers[0]?.bytes ?? 0) + JSON.parse(manifest.body).config.size;
    expect(first?.download).toBe(bytes);
  });

  it('gives sandboxes the very same image: its id, and everything its configuration says', async () => {
    expect(await lab.pull('small:1')).toBe((await lab.images.find(`drydock/test-${lab.lab}-small`))?.id);
    const there = await lab.inSandbox("docker image inspect -f '{{json .Config}} {{index .RepoDigests 0}}' small:1");
    const [, config = '', digest] = /^(.*) small@(\S+)\s*$/.exec(there.out) ?? [];
    expect(JSON.parse(config)).toMatchObject({
      Healthcheck: { Test: ['CMD', '/content'], Interval: 7e9 },
      Shell: ['/content', '-c'],
      OnBuild: ['COPY . /app'],
      StopSignal: 'SIGUSR1',
      ExposedPorts: { '8080/tcp': {} },
      Volumes: { '/data': {} },
      User: '12:34',
    });
    expect(digest).toBe((await lab.registry.list()).find(({ name }) => name === 'small:1')?.digest);
  });

  it('does not send what is there', async () => {
    const said: string[] = [];
    await lab.registry.publish(`drydock/test-${lab.lab}-small`, ['small:latest'], {
      onLine: (line) => said.push(line),
    });
    expect(said).toEqual([]);
  });

  it('gives a name to another image', async () => {
    const image = await lab.image('new', 'new');
    await lab.registry.publish(image.reference, ['small:latest']);
    expect(await lab.pull('small:latest')).toBe(image.id);
    expect(await lab.pull('small:1')).not.toBe(image.id);
  });

  it('takes names away, and cleans away what no name leads to, and nothing else', async () => {
    await lab.registry.remove(['small:1', 'other/small:x', 'never:there']);
    expect((await lab.registry.list()).map(({ name }) => name)).toEqual(['small:latest']);
    expect((await lab.request('GET', '/v2/library/small/manifests/1')).status).toBe(404);
    const { freed } = await lab.registry.clean();
    expect(freed).toBeGreaterThan(500);
    expect(await lab.registry.clean()).toEqual({ freed: 0 });
    expect(JSON.parse((await lab.request('GET', '/v2/_catalog')).body)).toEqual({ repositories: ['library/small'] });
    expect(await lab.pull('small:latest')).toBe((await lab.images.find(`drydock/test-${lab.lab}-new`))?.id);
    expect(await lab.registry.verify()).toEqual([]);
    // What is left: manifest, configuration and layer of one image.
    expect((await lab.onStorage('find docker/registry/v2/blobs -name data | wc -l')).trim()).toBe('3');
  });

  it.each([
    ['POST', '/v2/library/small/blobs/uploads/'],
    ['PUT', '/v2/library/small/manifests/latest'],
    ['DELETE', '/v2/library/small/manifests/latest'],
  ])('answers %s of a sandbox with 405', async (method, path) => {
    expect((await lab.request(method, path)).status).toBe(405);
  });

  it('tells sandboxes words of the lab, which they cannot change', async () => {
    await lab.registry.setWords('one\n');
    await lab.registry.setWords('This lab has: small ✓\n');
    const words = '/opt/drydock/registry/words';
    const { out } = await lab.inSandbox(`cat ${words}; stat -c %a ${words}; echo x > ${words}; ls -A ${words}*`);
    expect(out).toMatch(/^This lab has: small ✓\n644\n[^\n]*Read-only file system\n\S*words\n$/);
  });

  it('says in words that an image is not there', async () => {
    await expect(lab.registry.publish('drydock/none:1', ['none:1'])).rejects.toMatchObject({
      code: 'sandbox.image-missing',
    });
    await expect(lab.registry.pack(['none:1'], [])).rejects.toMatchObject({ code: 'image.unknown' });
  });

  it('publishes nothing when the program fails, and tells why', async () => {
    const before = await lab.registry.list();
    const image = await lab.image('bad', 'bad');
    await expect(lab.registry.publish(image.reference, ['NOT A NAME:1'])).rejects.toMatchObject({
      code: 'registry.failed',
      message: expect.stringContaining('no such instruction') as string,
    });
    expect(await lab.registry.list()).toEqual(before);
  });
});
