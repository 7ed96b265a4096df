import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../config.ts';
import { Engine } from '../docker/engine.ts';
import { runOnce } from '../docker/engine-facts.ts';
import { ImageBuilder } from '../docker/image-builder.ts';
import { RegistryContainers } from '../docker/registry-containers.ts';
import { readSetupRecord } from '../setup-record.ts';
import { Registry } from './registry.ts';

const ignore = (): void => undefined;
const config = parseConfig(process.env, { root: resolve(import.meta.dirname, '../..') });
const engine = new Engine(config.engine, `test${process.pid}`, {
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
});
const images = new ImageBuilder(engine);
const containers = new RegistryContainers(engine);
const dataDir = mkdtempSync(join(tmpdir(), 'drydock-registry-'));

let registry: Registry;
let sandboxImage: string;
const small = `drydock/test-small:${process.pid}`;

beforeAll(async () => {
  const record = await readSetupRecord(config.dataDir);
  sandboxImage = record.sandboxImage;
  registry = new Registry({ containers, images, image: record.registryImage, dataDir });
  const folder = join(dataDir, 'small');
  mkdirSync(folder);
  writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY content /\nCMD ["/content"]\n');
  writeFileSync(join(folder, 'content'), 'small');
  await images.build(folder, { tag: small });
  await registry.ensure();
});

afterAll(async () => {
  await containers.removeAll();
  await images.remove(small);
  rmSync(dataDir, { recursive: true, force: true });
});

/** A request as a sandbox makes it: from a container without network that mounts the socket read-only. */
async function request(method: string, path: string): Promise<{ status: number; body: string }> {
  const socket = '/run/drydock-registry/registry.sock';
  const argv = ['curl', '-s', '-X', method, '-w', '\n%{http_code}', '--unix-socket', socket, `http://registry${path}`];
  const { output } = await runOnce(engine, sandboxImage, argv, { [registry.socketVolume]: '/run/drydock-registry' });
  const [status = '', ...body] = output.trimEnd().split('\n').reverse();
  return { status: Number(status), body: body.reverse().join('\n') };
}

describe('the registry of a lab', () => {
  it('serves, and ensuring it again changes nothing', async () => {
    const before = await containers.findServing();
    await registry.ensure();
    expect(await containers.findServing()).toEqual(before);
    expect(await registry.isServing()).toBe(true);
    expect((await request('GET', '/v2/')).status).toBe(200);
  });

  it('serves an image under all its names as soon as it is published, and does not send it twice', async () => {
    await registry.publish(small, ['small:latest', 'small:1']);
    expect(JSON.parse((await request('GET', '/v2/_catalog')).body)).toEqual({ repositories: ['library/small'] });
    expect(JSON.parse((await request('GET', '/v2/library/small/tags/list')).body)).toEqual({
      name: 'library/small',
      tags: expect.arrayContaining(['1', 'latest']) as string[],
    });
    const found = await images.find(small);
    expect(await registry.missing(found?.id ?? '', ['small:latest', 'small:2'])).toEqual(['small:2']);
    const began = Date.now();
    await registry.publish(small, ['small:latest', 'small:1']);
    expect(Date.now() - began).toBeLessThan(1000);
  });

  it.each([
    ['POST', '/v2/library/small/blobs/uploads/'],
    ['PUT', '/v2/library/small/manifests/latest'],
    ['DELETE', '/v2/library/small/manifests/latest'],
  ])('answers %s of a sandbox with 405', async (method, path) => {
    expect((await request(method, path)).status).toBe(405);
  });

  it('comes back by itself when its container was removed', async () => {
    await containers.removeServing();
    expect(await registry.isServing()).toBe(false);
    await registry.ensure();
    expect((await request('GET', '/v2/library/small/tags/list')).status).toBe(200);
  });

  it('says in words that an image is not there', async () => {
    await expect(registry.publish('drydock/none:1', ['none:1'])).rejects.toMatchObject({
      code: 'sandbox.image-missing',
    });
  });

  it('publishes nothing when the copying fails, and tells why', async () => {
    await expect(registry.publish(small, ['NOT A NAME'])).rejects.toMatchObject({ code: 'engine.failed' });
    expect(await registry.missing('', ['NOT A NAME'])).toEqual(['NOT A NAME']);
  });
});
