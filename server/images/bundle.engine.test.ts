import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { TestRegistry } from '../registry/registry-fixture.ts';
import { fixtureContents, fixtureImages, fixtureLayout } from './bundle-fixture.ts';
import { BundleLab, engineOf } from './bundle-lab-fixture.ts';
import { writeBundle } from './bundle-writer.ts';
import { readImagesRecord } from './images-record.ts';
import { loadBundle } from './load-bundle.ts';

const run = promisify(execFile);

let lab: BundleLab;
let target: TestRegistry;

beforeAll(async () => {
  lab = await BundleLab.open('small');
  target = await TestRegistry.open();
});

afterAll(async () => {
  await target.dispose();
  await lab.dispose();
});

const load = async (from = lab.file, options = {}) =>
  loadBundle(
    { config: { root: lab.root, dataDir: join(lab.root, 'data') }, engine: engineOf(target.lab) },
    from,
    options,
  );

async function servedByTarget(): Promise<Record<string, string>> {
  return Object.fromEntries((await target.registry.list()).map(({ name, digest }) => [name, digest]));
}

describe('a bundle of a lab', () => {
  it('is written in one file, and says what is not in it', async () => {
    const told: string[] = [];
    const locked = new Set<boolean>();
    const onLine = (line: string): void => {
      told.push(line);
      // As long as the registry gives, a server would make images in vain.
      if (/^(packing|writing)/.test(line)) locked.add(existsSync(join(lab.root, 'made/images.lock')));
    };
    const summary = await lab.bundle(lab.file, { onLine });
    expect([...locked]).toEqual([true]);
    expect(summary).toMatchObject({
      file: lab.file,
      images: ['one', 'two'],
      left: [{ id: 'alpine', why: 'alpine comes from Docker Hub alone.' }],
    });
    expect(summary.bytes).toBe(readFileSync(lab.file).length);
    expect(told).toEqual(expect.arrayContaining([expect.stringMatching(/^writing: [\d.]+ MB/)]));
    expect(readdirSync(lab.root)).not.toContain('class.tar.part');
  }, 180_000);

  it('that is damaged changes nothing', async () => {
    const damaged = join(lab.root, 'damaged.tar');
    const content = await readFile(lab.file);
    content[Math.floor(content.length / 2)] = (content[Math.floor(content.length / 2)] ?? 0) ^ 1;
    await writeFile(damaged, content);
    await expect(load(damaged)).rejects.toMatchObject({ code: 'bundle.damaged' });
    await writeFile(damaged, content.subarray(0, content.length / 2));
    await expect(load(damaged)).rejects.toMatchObject({ code: 'bundle.damaged' });
    expect(await target.containers.findServing()).toBeNull();
    rmSync(damaged);
  });

  it('that was interrupted leaves nothing half-served, and is loaded by the next run', async () => {
    const abort = new AbortController();
    const onLine = (line: string): void => {
      if (line.startsWith('loading images for learners')) abort.abort();
    };
    await expect(load(lab.file, { onLine, signal: abort.signal })).rejects.toMatchObject({ name: 'AbortError' });
    expect(await servedByTarget()).toEqual({});
    expect((await readImagesRecord(join(lab.root, 'data'))).images.size).toBe(0);
    expect(await load()).toMatchObject({ loaded: ['one', 'two'], kept: [] });
  });

  it('serves another lab the same images by the same digests, to sandboxes as well', async () => {
    const [one, two] = lab.made;
    expect(await servedByTarget()).toEqual({
      'one:latest': one?.digest,
      'one:1': one?.digest,
      'two:latest': two?.digest,
    });
    const facts = await lab.source.images.find(`drydock/test-${lab.source.lab}-one`);
    expect(await target.pull('one:1')).toBe(facts?.id);
    const { out } = await target.inSandbox(
      "docker image inspect -f '{{index .RepoDigests 0}} {{.Config.Healthcheck}}' one:1",
    );
    expect(out).toContain(`one@${one?.digest}`);
    expect(out).toContain('/content');
  });

  it('brings along where its images came from', async () => {
    const { images } = await readImagesRecord(join(lab.root, 'data'));
    expect([...images.values()]).toEqual(lab.made);
  });

  it('with images that this clone would make otherwise, or does not have, says so', async () => {
    const dockerfile = join(lab.root, 'images/one/Dockerfile');
    const [yaml, aside] = ['image.yaml', 'aside'].map((name) => join(lab.root, 'images/two', name)) as [string, string];
    writeFileSync(dockerfile, 'FROM another\n');
    renameSync(yaml, aside);
    try {
      expect(await load()).toMatchObject({ loaded: [], kept: ['one'], older: ['one'], unknown: ['two'] });
    } finally {
      rmSync(dockerfile);
      renameSync(aside, yaml);
    }
    expect(await load()).toMatchObject({ loaded: [], kept: ['one', 'two'], older: [], unknown: [] });
  });

  it('changes nothing when it is loaded again, and takes an old image’s place', async () => {
    expect(await load()).toMatchObject({ loaded: [], kept: ['one', 'two'] });
    const other = await target.image('other', 'other');
    await target.registry.publish(other.reference, ['one:1']);
    expect(await load()).toMatchObject({ loaded: ['one'], kept: ['two'] });
    expect((await servedByTarget())['one:1']).toBe(lab.made[0]?.digest);
  });

  it('mends images that were damaged in the registry', async () => {
    await target.onStorage(`rm ${TestRegistry.blob(lab.made[1]?.layers[0]?.digest ?? '')}`);
    expect(Object.keys(await servedByTarget())).not.toContain('two:latest');
    expect(await load()).toMatchObject({ loaded: ['two'] });
    expect(await target.registry.verify()).toEqual([]);
  });

  it('for another version of the images of the lab is refused before anything happens', async () => {
    const dockerfile = join(lab.root, 'images/sandbox/Dockerfile');
    const before = readFileSync(dockerfile);
    writeFileSync(dockerfile, 'FROM another\n');
    try {
      await expect(load()).rejects.toMatchObject({ code: 'bundle.unsuitable' });
    } finally {
      writeFileSync(dockerfile, before);
    }
  });

  it('that does not fit on its disk says so and leaves nothing there', async ({ skip }) => {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) skip('only root can make a small disk');
    const disk = join(lab.root, 'disk');
    mkdirSync(disk);
    await run('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]);
    try {
      await expect(lab.bundle(join(disk, 'class.tar'))).rejects.toMatchObject({
        code: 'host.disk-full',
        message: expect.stringMatching(/takes at least .* MB, and .* has .* free/) as string,
      });
      // What cannot be foreseen: it fills up while it is written.
      const big = { ...fixtureImages, busybox: { names: ['busybox:latest'], layers: [randomBytes(2 * 2 ** 20)] } };
      const writing = writeBundle(join(disk, 'class.tar'), fixtureLayout(big).tar, fixtureContents);
      await expect(writing).rejects.toMatchObject({
        code: 'host.disk-full',
        message: expect.stringContaining('no room left') as string,
      });
      expect(readdirSync(disk)).toEqual([]);
    } finally {
      await run('umount', [disk]);
    }
  });

  it('that is interrupted while it is put together leaves no file and no container', async () => {
    const abort = new AbortController();
    const onLine = (line: string): void => {
      if (line.startsWith('packing')) abort.abort();
    };
    await expect(lab.bundle(join(lab.root, 'other.tar'), { onLine, signal: abort.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(readdirSync(lab.root).filter((name) => name.startsWith('other'))).toEqual([]);
    const { filler } = lab.source.containers.names;
    await vi.waitFor(
      async () => expect(await lab.source.docker('ps', '-aq', '--filter', `name=${filler}`)).toBe(''),
      20_000,
    );
  });
});
