import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BuildOptions, ImageFacts } from '../docker/image-builder.ts';
import { errorForLog } from '../errors.ts';
import { troubleText } from './cli-command.ts';
import type { PulledImage } from './hub.ts';
import { ImageSources, type ObtainOptions } from './image-sources.ts';
import { imageOf } from './stock-fixture.ts';

const first = `sha256:${'1'.repeat(64)}`;
const moved = `sha256:${'2'.repeat(64)}`;
const facts: ImageFacts = {
  id: 'sha256:id',
  identity: 'sha256:identity',
  size: 5,
  labels: { 'drydock.recipe': 'ours' },
  digests: [],
  createdAt: 0,
  platform: 'linux/amd64',
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-image-sources-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** @param has the digest that Docker Hub has under the name now; null: it does not answer */
function setUp(has: string | null, npmRegistry: string | null = null, base = facts, trouble = 'nobody answers') {
  const builds: BuildOptions[] = [];
  const sources = new ImageSources({
    images: {
      find: async () => base,
      build: async (_context, options) => {
        builds.push(options);
        return facts;
      },
      readFile: async () => 'tool 1.0\n',
      remove: async () => undefined,
    },
    hub: {
      title: 'Docker Hub',
      trouble: has === null ? trouble : null,
      pull: async (_name, { digest } = {}): Promise<PulledImage | null> =>
        // What once had the name is kept nowhere.
        has === null || digest !== undefined
          ? null
          : { ...facts, reference: 'tool:1', digest: has, release: async () => undefined },
    },
    config: { lab: 'lab', images: { policy: 'needed', hub: 'docker.io', proxies: { no_proxy: 'here' }, npmRegistry } },
  });
  const image = { ...imageOf('tool', { hub: 'tool:1' }), folder };
  const options: ObtainOptions = { expected: () => first };
  return { builds, image, sources, options };
}

describe('an image that Docker Hub has changed', () => {
  it('is built by itself, and says why', async () => {
    const { sources, image, options } = setUp(moved);
    const made = await sources.obtain(image, options);
    expect(made.source).toBe('drydock');
    expect(made.origin).toMatch(/^tool 1\.0 from .*; Docker Hub has another tool:1 than when it was first pulled$/);
  });

  it('is refused where somebody asked for Docker Hub’s, or nothing can be built', async () => {
    const { sources, image, options } = setUp(moved);
    const refusal = { code: 'image.digest-mismatch' };
    await expect(sources.obtain(image, { ...options, source: 'docker-hub' })).rejects.toMatchObject(refusal);
    await expect(sources.obtain({ ...image, build: null }, options)).rejects.toMatchObject(refusal);
  });

  it.each([
    [moved, 'image.digest-mismatch'],
    [null, 'image.unavailable'],
  ])('does not become one of Debian packages while the first is served (%s)', async (has, code) => {
    const { sources, image, options, builds } = setUp(has);
    await expect(sources.obtain(image, { ...options, renews: 'docker-hub' })).rejects.toMatchObject({ code });
    expect(builds).toEqual([]);
    expect((await sources.obtain(image, { ...options, renews: 'drydock' })).source).toBe('drydock');
  });
});

describe('an image that is built', () => {
  it('gets npm’s registry where its Dockerfile takes one', async () => {
    const { sources, image, options, builds } = setUp(null, 'http://127.0.0.1:4873');
    writeFileSync(join(folder, 'Dockerfile'), 'FROM x\n');
    await sources.obtain(image, options);
    expect(builds[0]?.buildArgs).not.toHaveProperty('NPM_REGISTRY');
    expect(builds[0]?.buildArgs).toMatchObject({ no_proxy: 'here' });
    writeFileSync(join(folder, 'Dockerfile'), 'ARG BASE\nFROM x\nARG NPM_REGISTRY=https://registry.npmjs.org\n');
    builds.length = 0;
    await sources.obtain(image, { ...options, inBackground: true });
    expect(builds[0]).toMatchObject({
      buildArgs: { NPM_REGISTRY: 'http://127.0.0.1:4873' },
      hostNetwork: true,
      inBackground: true,
    });
  });
});

describe('an image of Docker Hub alone, which does not answer', () => {
  const raw =
    'Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io on 10.0.0.53:53: no such host';

  it('says so in plain words, and keeps those of the engine for the log', async () => {
    const { sources, image, options } = setUp(null, null, facts, raw);
    const error: unknown = await sources
      .obtain({ ...image, build: null, instead: 'Use another.' }, options)
      .catch((each: unknown) => each);
    expect(error).toMatchObject({
      code: 'image.unavailable',
      message: 'tool comes from Docker Hub alone, and cannot be had now: Docker Hub cannot be reached. Use another.',
    });
    expect(errorForLog(error).cause?.message).toBe(raw);
    expect(troubleText(error)).toContain(raw);
  });
});

describe('what an image says it stands on', () => {
  it.each([
    [{ 'drydock.recipe': 'ours' }, 'tool 1.0 from Debian trixie'],
    [{}, "tool 1.0 from Debian trixie, on Docker Hub's debian:trixie-slim"],
  ])('is Docker Hub’s where the base was pulled there: %j', async (labels, origin) => {
    const { sources, image, options } = setUp(null, null, { ...facts, labels });
    expect((await sources.obtain(image, options)).origin).toBe(origin);
  });
});

it('sends who wants to build what only Docker Hub has to a pull', async () => {
  const { sources, image, options } = setUp(null);
  const only = { ...image, build: null, instead: 'Use busybox.' };
  await expect(sources.obtain(only, { ...options, source: 'drydock' })).rejects.toThrow(
    /where that can be reached: npm run images -- pull tool\. Use busybox\.$/,
  );
});
