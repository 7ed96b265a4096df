import { describe, expect, it } from 'vitest';
import { digestOf, manifestType, readManifest, toOciManifest } from './oci-manifest.ts';
import { linesToClean, linesToMend, linesToRemove, linesToServe } from './storage-changes.ts';
import { hexOf, inspectState, readState, type StorageState } from './storage-state.ts';

const config = Buffer.from(JSON.stringify({ os: 'linux', architecture: 'arm64', variant: 'v8', config: {} }));
const layer = (letter: string) => ({ mediaType: 'l', size: 10, digest: `sha256:${letter.repeat(64)}` });

function manifestWith(letters: string): Buffer {
  return Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestType,
      config: { mediaType: 'c', size: config.length, digest: digestOf(config) },
      layers: [...letters].map(layer),
    }),
  );
}

/** What the program tells of a storage with these images; `letters` are their layers. */
function told(images: { name: string; tag: string; letters: string }[], more: string[] = []): Buffer {
  const lines: (string | Buffer)[] = [`blob ${hexOf(digestOf(config))} ${config.length}\n`];
  for (const { name, tag, letters } of images) {
    const manifest = manifestWith(letters);
    const hex = hexOf(digestOf(manifest));
    lines.push(`blob ${hex} ${manifest.length}\n`, `revision ${name} ${hex}\n`, `tag ${name} ${tag} ${hex}\n`);
    lines.push(`link ${name} ${hexOf(digestOf(config))}\n`);
    for (const each of letters) lines.push(`link ${name} ${each.repeat(64)}\n`, `blob ${each.repeat(64)} 10\n`);
    lines.push(`json ${hex} ${manifest.length}\n`, manifest, '\n');
  }
  lines.push(`json ${hexOf(digestOf(config))} ${config.length}\n`, config, '\n');
  lines.push(...more.map((line) => `${line}\n`));
  return Buffer.concat(lines.map((line) => Buffer.from(line)));
}

const two = [
  { name: 'library/a', tag: '1', letters: 'abb' },
  { name: 'x/b', tag: '2', letters: 'bc' },
];

describe('what the storage tells', () => {
  it('becomes names as a learner types them, with sizes in which nothing counts twice', () => {
    const { served, damages } = inspectState(readState(told(two)));
    expect(damages).toEqual([]);
    expect(served).toMatchObject([
      { name: 'a:1', imageId: digestOf(config), platform: 'linux/arm64/v8' },
      { name: 'x/b:2', digest: digestOf(manifestWith('bc')) },
    ]);
    expect(served[0]?.download).toBe(manifestWith('abb').length + config.length + 20);
  });

  it('is refused when it breaks off or is anything else', () => {
    expect(() => readState(told(two).subarray(0, 30))).toThrow('half a line');
    expect(() => readState(Buffer.from('hello world\n'))).toThrow('does not know');
  });

  it('names what an image lacks, and lists the others', () => {
    const state = readState(told(two));
    state.blobs.delete('a'.repeat(64));
    state.tags.push({ repository: 'library/c', tag: '3', digest: null });
    expect(inspectState(state).served.map(({ name }) => name)).toEqual(['x/b:2']);
    expect(inspectState(state).damages).toEqual([
      { name: 'a:1', digest: `sha256:${'a'.repeat(64)}`, problem: 'A part of it is missing.' },
      { name: 'c:3', digest: '', problem: 'Its tag leads nowhere.' },
    ]);
  });

  it('does not count a blob that its repository has no link to', () => {
    const state = readState(told(two));
    state.links.delete(`x/b ${'c'.repeat(64)}`);
    expect(inspectState(state).damages).toMatchObject([
      { name: 'x/b:2', problem: expect.stringContaining('linked') as string },
    ]);
  });

  it('does not count what an older Drydock put there', () => {
    const old = Buffer.from(
      manifestWith('a').toString().replace(manifestType, 'application/vnd.docker.distribution.manifest.v2+json'),
    );
    const hex = hexOf(digestOf(old));
    const state = readState(told([], [`tag library/old 1 ${hex}`, `blob ${hex} ${old.length}`]));
    state.json.set(hex, old);
    expect(inspectState(state)).toMatchObject({ served: [], damages: [{ name: 'old:1' }] });
  });
});

function hashesOf(state: StorageState): Map<string, string> {
  return new Map([...state.blobs.keys()].map((hex) => [hex, hex]));
}

describe('changes of the storage', () => {
  it('put a tag there last, with all before it on the disk', () => {
    const manifest = readManifest(manifestWith('ab'));
    if (manifest === null) throw new Error('no manifest');
    const digest = digestOf(manifestWith('ab'));
    const lines = linesToServe(['a:1', 'a:2'].map((name) => ({ name, digest, manifest })));
    const kinds = lines.map((line) => line.split(' ')[0]);
    expect(kinds.join(' ')).toBe('blob blob blob blob link link link revision sync tag tag sync');
    expect(lines.at(-2)).toBe(`tag library/a 2 ${hexOf(digest)}`);
  });

  it('clean away what no tag leads to, and keep what is shared', () => {
    const state = readState(told(two, [`blob ${'d'.repeat(64)} 7`, `link x/b ${'d'.repeat(64)}`]));
    expect(linesToRemove(state, new Set(['a:1', 'none:1']))).toEqual(['untag library/a 1']);
    state.tags.shift();
    const { lines, freed } = linesToClean(state);
    const manifest = manifestWith('abb');
    expect(lines).toEqual([
      'forget library/a',
      `unlink x/b ${'d'.repeat(64)}`,
      'sync',
      ...[hexOf(digestOf(manifest)), 'a'.repeat(64), 'd'.repeat(64)].map((hex) => `drop ${hex}`),
      'sync',
    ]);
    expect(freed).toBe(manifest.length + 10 + 7);
    expect(linesToClean(readState(told(two)))).toEqual({ lines: [], freed: 0 });
  });

  it('mend by taking away the damaged part and every name that needs it', () => {
    const state = readState(told(two));
    const hashes = hashesOf(state).set('b'.repeat(64), 'e'.repeat(64));
    const { damages } = inspectState(state, hashes);
    expect(linesToMend(state, hashes, damages)).toEqual([
      'untag library/a 1',
      'untag x/b 2',
      'sync',
      `drop ${'b'.repeat(64)}`,
      'sync',
    ]);
    expect(linesToMend(state, hashesOf(state), [])).toEqual([]);
  });
});

describe('an OCI manifest', () => {
  const docker = {
    schemaVersion: 2,
    mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
    config: { mediaType: 'application/vnd.docker.container.image.v1+json', size: 1, digest: layer('c').digest },
    layers: [{ ...layer('a'), mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip' }],
  };

  it('has the parts of the one it is made from, by digest', () => {
    const made = toOciManifest(Buffer.from(JSON.stringify(docker)));
    expect(JSON.parse(made.bytes.toString())).toEqual({
      schemaVersion: 2,
      mediaType: manifestType,
      config: { ...docker.config, mediaType: 'application/vnd.oci.image.config.v1+json' },
      layers: [{ ...layer('a'), mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip' }],
    });
    expect(made.digest).toBe(digestOf(made.bytes));
  });

  it('is not made with layers that are not compressed', () => {
    const plain = [{ ...layer('a'), mediaType: 'application/vnd.docker.image.rootfs.diff.tar' }];
    expect(() => toOciManifest(Buffer.from(JSON.stringify({ ...docker, layers: plain })))).toThrow('diff.tar');
  });
});
