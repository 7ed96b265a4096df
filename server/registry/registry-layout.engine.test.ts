import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { extract, pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestRegistry } from './registry-fixture.ts';

let from: TestRegistry;
let to: TestRegistry;
const names = ['small:latest', 'small:1', 'other/large:x'];
let layout: Buffer;
let extra: { id: string; reference: string };

beforeAll(async () => {
  [from, to] = await Promise.all([TestRegistry.open(), TestRegistry.open()]);
  const small = await from.image('small', 'small', ['HEALTHCHECK CMD ["/content"]']);
  // Longer than any buffer, and not to be compressed.
  const large = await from.image('large', Buffer.from(pseudoRandom(5_000_000)));
  extra = await from.image('extra', 'extra', ['HEALTHCHECK CMD ["/content"]']);
  await from.registry.publish(small.reference, names.slice(0, 2));
  await from.registry.publish(large.reference, names.slice(2));
  layout = await buffer(await from.registry.pack(names, [{ reference: extra.reference }]));
});

afterAll(async () => {
  await Promise.all([from.dispose(), to.dispose()]);
});

type Files = Map<string, Buffer>;

async function filesOf(tar: Buffer): Promise<Files> {
  const files: Files = new Map();
  const parser = extract();
  Readable.from([tar]).pipe(parser as unknown as NodeJS.WritableStream);
  for await (const entry of parser) {
    const parts: Buffer[] = [];
    for await (const chunk of entry as AsyncIterable<Buffer>) parts.push(chunk);
    expect(files.has(entry.header.name)).toBe(false);
    files.set(entry.header.name, Buffer.concat(parts));
  }
  return files;
}

function tarOf(files: Files): Readable {
  const tar = pack();
  for (const [name, content] of files) tar.entry({ name }, content);
  tar.finalize();
  return Readable.from(tar as AsyncIterable<Buffer>, { objectMode: false });
}

function pseudoRandom(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = 1;
  for (let at = 0; at < length; at += 1) {
    state = (state * 48271) % 0x7fffffff;
    bytes[at] = state & 0xff;
  }
  return bytes;
}

function largestBlob(files: Files): string {
  return [...files].reduce((most, each) => (each[1].length > most[1].length ? each : most))[0];
}

describe('a layout of the registry', () => {
  it('has every blob once, whole, under its digest, and an index of names', async () => {
    const files = await filesOf(layout);
    const index = JSON.parse(files.get('index.json')?.toString() ?? '') as {
      manifests: { digest: string; annotations: Record<string, string> }[];
    };
    expect(JSON.parse(files.get('oci-layout')?.toString() ?? '')).toEqual({ imageLayoutVersion: '1.0.0' });
    const found = index.manifests.map(({ annotations }) => annotations['org.opencontainers.image.ref.name']);
    expect(found).toEqual([...names, extra.reference]);
    const blobs = [...files].filter(([name]) => name.startsWith('blobs/'));
    // Three images, each with a manifest, a configuration and a layer.
    expect(blobs).toHaveLength(9);
    for (const [name, content] of blobs) {
      expect(name).toBe(`blobs/sha256/${createHash('sha256').update(content).digest('hex')}`);
    }
    const packed = index.manifests.at(-1)?.digest.replace(':', '/');
    const manifest = JSON.parse(files.get(`blobs/${packed}`)?.toString() ?? '') as {
      config: { digest: string };
      layers: { mediaType: string }[];
    };
    expect(manifest.config.digest).toBe(extra.id);
    expect(manifest.layers[0]?.mediaType).toBe('application/vnd.oci.image.layer.v1.tar+gzip');
  });

  it('is the same whenever it is packed', async () => {
    const again = await buffer(await from.registry.pack(names, [{ reference: extra.reference }]));
    expect(again.equals(layout)).toBe(true);
  });

  it('is read in another lab as the same images, down to the sandbox', async () => {
    const served = await to.registry.unpack(Readable.from([layout], { objectMode: false }), names);
    expect(served).toEqual(await from.registry.list());
    expect(await to.registry.list()).toEqual(served);
    expect(await to.registry.verify()).toEqual([]);
    expect(await to.pull('small:1')).toBe(served.find(({ name }) => name === 'small:1')?.imageId);
    expect(await to.pull('other/large:x')).toBe(served.find(({ name }) => name === 'other/large:x')?.imageId);
    // Again is no harm.
    expect(await to.registry.unpack(Readable.from([layout], { objectMode: false }), names)).toEqual(served);
  });

  it('stops being read in the middle without harm', async () => {
    const stream = await from.registry.pack(names, []);
    for await (const _chunk of stream) break;
    expect((await from.registry.list()).map(({ name }) => name).sort()).toEqual([...names].sort());
    await from.registry.remove([]);
  });

  it.each<[string, string, (files: Files) => Files]>([
    [
      'a blob that was changed',
      'bundle.damaged',
      (files) => {
        const name = largestBlob(files);
        const content = Buffer.from(files.get(name) ?? '');
        content[1000] = (content[1000] ?? 0) ^ 1;
        return files.set(name, content);
      },
    ],
    [
      'a blob that was cut',
      'bundle.damaged',
      (files) => {
        const name = largestBlob(files);
        return files.set(name, (files.get(name) ?? Buffer.alloc(0)).subarray(0, -1));
      },
    ],
    [
      'a blob that is missing',
      'bundle.damaged',
      (files) => {
        files.delete(largestBlob(files));
        return files;
      },
    ],
    [
      'no index',
      'bundle.invalid',
      (files) => {
        files.delete('index.json');
        return files;
      },
    ],
    ['an index that is no JSON', 'bundle.invalid', (files) => files.set('index.json', Buffer.from('{'))],
    ['nothing of a layout', 'bundle.invalid', () => new Map([['hello', Buffer.from('hello')]])],
  ])('with %s is refused, and nothing of it served', async (_what, code, change) => {
    const files = await filesOf(layout);
    await to.registry.remove(names);
    await expect(to.registry.unpack(tarOf(change(files)), names)).rejects.toMatchObject({ code });
    expect(await to.registry.list()).toEqual([]);
  });

  it('that was cut in the middle is refused, and nothing of it served', async () => {
    await to.registry.remove(names);
    for (const end of [layout.length - 2000, 3_000_000, 700, 100, 0]) {
      const cut = Readable.from([layout.subarray(0, end)], { objectMode: false });
      await expect(to.registry.unpack(cut, names)).rejects.toMatchObject({
        code: expect.stringMatching(/^bundle\./) as string,
      });
    }
    const broken = Readable.from(
      (function* () {
        yield layout.subarray(0, 3_000_000);
        throw new Error('the disk cannot be read');
      })(),
      { objectMode: false },
    );
    await expect(to.registry.unpack(broken, names)).rejects.toMatchObject({ code: 'bundle.damaged' });
    expect(await to.registry.list()).toEqual([]);
    // Nothing of what was read stays behind, either.
    expect((await to.onStorage('ls incoming')).trim()).toBe('');
  });

  it('without an image that is wanted is refused', async () => {
    const whole = Readable.from([layout], { objectMode: false });
    await expect(to.registry.unpack(whole, ['none:1'])).rejects.toMatchObject({ code: 'bundle.invalid' });
  });
});
