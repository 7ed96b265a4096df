import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hubDigestKey, type MadeImage, readImagesRecord, writeImagesRecord } from './images-record.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-images-record-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const digest = `sha256:${'a'.repeat(64)}`;
const made: MadeImage = {
  id: 'tool',
  source: 'docker-hub',
  origin: 'tool:1 of Docker Hub',
  names: ['tool:1'],
  digest,
  hubDigest: digest,
  recipe: 'abc',
  platform: 'linux/amd64',
  download: 10,
  unpacked: 20,
  layers: [{ digest, bytes: 9 }],
  madeAt: 1,
  tookMs: 2,
};

describe('images.json', () => {
  it('gives back what was written, and leaves no other file', async () => {
    const hubDigests = new Map([[hubDigestKey('tool:1', 'linux/amd64'), digest]]);
    await writeImagesRecord(folder, { images: new Map([['tool', made]]), hubDigests });
    expect(await readImagesRecord(folder)).toEqual({ images: new Map([['tool', made]]), hubDigests });
    expect(readdirSync(folder)).toEqual(['images.json']);
  });

  it.each([
    ['missing', null],
    ['cut', '{"images":{"tool":'],
    ['something else', '[1]'],
    ['of other parts', '{"images":5,"hubDigests":[]}'],
  ])('counts as empty when it is %s', async (_how, text) => {
    if (text !== null) writeFileSync(join(folder, 'images.json'), text);
    expect(await readImagesRecord(folder)).toEqual({ images: new Map(), hubDigests: new Map() });
  });

  it('is not taken for empty when it cannot be read, and is not replaced then', async () => {
    mkdirSync(join(folder, 'images.json'));
    const refusal = { code: 'file.failed', message: expect.stringContaining(folder) as string };
    await expect(readImagesRecord(folder)).rejects.toMatchObject(refusal);
    await expect(writeImagesRecord(folder, { images: new Map(), hubDigests: new Map() })).rejects.toMatchObject(
      refusal,
    );
    expect(readdirSync(folder)).toEqual(['images.json']);
  });

  it('is kept beside the new one when it could not be understood', async () => {
    writeFileSync(join(folder, 'images.json'), '{"images":{"tool":');
    await writeImagesRecord(folder, { images: new Map(), hubDigests: new Map() });
    expect(readdirSync(folder).sort()).toEqual(['images.json', 'images.json.bad']);
    expect(readFileSync(join(folder, 'images.json.bad'), 'utf8')).toBe('{"images":{"tool":');
  });

  it('knows a first pull by both names of a platform', async () => {
    const key = hubDigestKey('tool:1', 'linux/arm64');
    expect(hubDigestKey('tool:1', 'linux/arm64/v8')).toBe(key);
    expect(hubDigestKey('tool:1', 'linux/arm/v7')).not.toBe(hubDigestKey('tool:1', 'linux/arm/v6'));
    const file = { images: {}, hubDigests: { 'tool:1 linux/arm64/v8': digest } };
    writeFileSync(join(folder, 'images.json'), JSON.stringify(file));
    expect((await readImagesRecord(folder)).hubDigests.get(key)).toBe(digest);
  });

  it('loses only the entries that cannot be read', async () => {
    const file = {
      images: { tool: made, broken: { ...made, id: 'broken', digest: 'short' }, moved: made },
      hubDigests: { 'tool:1 linux/amd64': digest, 'tool:2 linux/amd64': 7 },
    };
    writeFileSync(join(folder, 'images.json'), JSON.stringify(file));
    const record = await readImagesRecord(folder);
    expect([...record.images.keys()]).toEqual(['tool']);
    expect([...record.hubDigests.keys()]).toEqual(['tool:1 linux/amd64']);
  });
});
