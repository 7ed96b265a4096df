import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readImagesRecord } from './images-record.ts';
import { TestMaker } from './maker-fixture.ts';

let test: TestMaker;
beforeAll(async () => {
  test = await TestMaker.open();
});
afterAll(async () => test.dispose());

/** A Dockerfile whose image holds one file, which says that it is made of `tool VERSION`. A failed `command` leaves the step before. */
const dockerfile = (version: string, command = 'true'): string => `ARG BASE
FROM \${BASE} AS build
RUN mkdir -p /out/usr/share/drydock && echo 'tool ${version}' > /out/usr/share/drydock/from
RUN ${command}
FROM scratch
COPY --from=build /out/ /
CMD ["/tool"]
`;

describe('an image that Docker Hub has', { timeout: 240_000 }, () => {
  it('is served as it is there, and leaves nothing on the engine', async () => {
    const digest = await test.hub.put(test.served, 'pulled:1', 'one');
    const image = await test.declare('pulled', [
      'names: [pulled:1, pulled:latest]',
      'hub: pulled:1',
      'build: {seconds: 1}',
    ]);
    const maker = test.maker();
    expect(await maker.hub.digestOf('pulled:1')).toBe(digest);
    const made = await maker.make(image);
    expect(made).toMatchObject({ source: 'docker-hub', hubDigest: digest, platform: 'linux/amd64' });
    expect(made.origin).toContain('pulled:1 of ');
    expect(await test.digests()).toMatchObject({ 'pulled:1': made.digest, 'pulled:latest': made.digest });
    expect((await test.maker().state()).get('pulled')).toEqual(made);
    expect(await test.leftOf('nothing-of-this')).toEqual([]);
  });

  it('is not taken again while it is there, and is when that is asked for', async () => {
    const image = await test.declare('pulled', [
      'names: [pulled:1, pulled:latest]',
      'hub: pulled:1',
      'build: {seconds: 1}',
    ]);
    const before = (await test.maker().state()).get('pulled');
    expect(await test.maker().make(image)).toEqual(before);
    const again = await test.maker().make(image, { source: 'docker-hub' });
    expect(again).toEqual({ ...before, madeAt: again.madeAt, tookMs: again.tookMs });
  });

  it('is served still when it is out of date, and says so', async () => {
    const text = (words: string) => ({ Dockerfile: dockerfile(words) });
    const yaml = ['names: [older:1]', 'hub: null', 'build: {seconds: 1}'];
    const made = await test.maker(null).make(await test.declare('older', yaml, text('1')));
    const image = await test.declare('older', yaml, text('2'));
    const { served, outdated } = await test.maker(null).look();
    expect(served.get('older')).toEqual(made);
    expect([...outdated]).toContain('older');
    expect((await test.maker(null).make(image, { inBackground: true })).digest).not.toBe(made.digest);
    expect([...(await test.maker(null).look()).outdated]).not.toContain('older');
  });

  it('goes from the registry when the catalogue has it no more', async () => {
    const image = await test.declare('gone', ['names: [gone:1]', 'hub: null', 'build: {seconds: 1}'], {
      Dockerfile: dockerfile('gone'),
    });
    await test.maker(null).make(image);
    rmSync(image.folder, { recursive: true });
    expect(await test.digests()).toHaveProperty('gone:1');
    await test.maker(null).tidy();
    expect(await test.digests()).not.toHaveProperty('gone:1');
    expect((await readImagesRecord(test.dataDir)).images.has('gone')).toBe(false);
    expect(await test.served.registry.clean()).toEqual({ freed: 0 });
  });

  it('is refused when it is another one than at first, until that is accepted', async () => {
    await test.hub.put(test.served, 'changed:1', 'one');
    const image = await test.declare('changed', [
      'names: [changed:1]',
      'hub: changed:1',
      'build: null',
      'instead: Nothing.',
    ]);
    const first = await test.maker().make(image);
    const other = await test.hub.put(test.served, 'changed:1', 'two');
    await expect(test.maker().make(image, { source: 'docker-hub' })).rejects.toMatchObject({
      code: 'image.digest-mismatch',
      details: { recorded: first.hubDigest, found: other },
      message: expect.stringContaining('pull --accept changed') as string,
    });
    expect((await test.digests())['changed:1']).toBe(first.digest);
    expect((await test.maker().state()).get('changed')).toEqual(first);
    expect(await test.leftOf('nothing-of-this')).toEqual([]);

    const accepted = await test.maker().make(image, { source: 'docker-hub', accept: true });
    expect(accepted).toMatchObject({ hubDigest: other });
    expect((await test.digests())['changed:1']).toBe(accepted.digest);
    await test.maker().make(image, { source: 'docker-hub' });

    // Made again by itself, it is the one that was accepted, though the name has moved on.
    await test.hub.put(test.served, 'changed:1', 'three');
    await test.served.registry.remove(['changed:1']);
    expect(await test.maker().make(image)).toMatchObject({ hubDigest: other, digest: accepted.digest });
    expect(await test.leftOf('nothing-of-this')).toEqual([]);
  });

  it('gets packages on top where the catalogue says so', async () => {
    const digest = await test.hub.put(test.served, 'extended:1', 'one');
    const image = await test.declare(
      'extended',
      ['names: [extended:1]', 'hub: extended:1', 'extend: true', 'build: {seconds: 1}'],
      {
        Dockerfile: dockerfile('1'),
        'Dockerfile.hub':
          'ARG BASE\nARG DEBIAN\nFROM $DEBIAN AS more\nRUN echo more > /more\nFROM $BASE\nCOPY --from=more /more /\n',
      },
    );
    const made = await test.maker().make(image);
    expect(made).toMatchObject({ source: 'docker-hub-extended', hubDigest: digest });
    expect(made.layers).toHaveLength(2);
    expect((await test.labelsOf('extended:1'))['org.drydock.build']).toContain("a layer of Drydock's");
    expect(await test.leftOf('echo more > /more')).toEqual([]);
  });
});

describe('an image that Docker Hub does not give', { timeout: 240_000 }, () => {
  it('is built, and says of what', async () => {
    const image = await test.declare('built', ['names: [built:1]', 'hub: built:1', 'build: {seconds: 1}'], {
      Dockerfile: dockerfile('1.0-1', 'echo marker-built'),
    });
    const lines: string[] = [];
    const maker = test.maker();
    expect(await maker.hub.digestOf('built:1')).toBeNull();
    const made = await maker.make(image, { onLine: (line) => lines.push(line) });
    // It answers, and just has none of that name.
    expect(maker.hub.trouble).toBeNull();
    expect(made).toMatchObject({ source: 'drydock', origin: 'tool 1.0-1 from Debian trixie', hubDigest: null });
    expect(lines.join('\n')).toContain('echo marker-built');
    expect(await test.labelsOf('built:1')).toEqual({
      'org.drydock.build': "Drydock's own build, from Debian trixie: tool 1.0-1",
      'org.drydock.recipe': made.recipe,
    });
    expect(await test.leftOf('marker-built')).toEqual([]);
  });

  it('is built when nobody answers there, which is found out once', async () => {
    const one = await test.declare('away', ['names: [away:1]', 'hub: away:1', 'build: {seconds: 1}'], {
      Dockerfile: dockerfile('2'),
    });
    const two = await test.declare('hubonly', [
      'names: [hubonly:1]',
      'hub: hubonly:1',
      'build: null',
      'instead: Use away.',
    ]);
    await test.hub.stop();
    try {
      const maker = test.maker();
      expect(await maker.make(one)).toMatchObject({ source: 'drydock' });
      expect(maker.hub.trouble).toContain('127.0.0.1');
      await expect(maker.make(two)).rejects.toMatchObject({
        code: 'image.unavailable',
        message: expect.stringContaining('Use away.') as string,
      });
      await expect(maker.make(one, { source: 'docker-hub' })).rejects.toMatchObject({ code: 'image.unavailable' });
      expect((await maker.state()).has('away')).toBe(true);
    } finally {
      await test.hub.start();
    }
  });

  it('is made anew when its files change, and its old names go', async () => {
    const first = await test.declare('edited', ['names: [edited:1, edited:old]', 'hub: null', 'build: {seconds: 1}'], {
      Dockerfile: dockerfile('1'),
    });
    const before = await test.maker(null).make(first);
    const second = await test.declare('edited', ['names: [edited:1, edited:new]', 'hub: null', 'build: {seconds: 1}'], {
      Dockerfile: dockerfile('2'),
    });
    expect((await test.maker().state()).has('edited')).toBe(false);
    const after = await test.maker(null).make(second);
    expect(after.digest).not.toBe(before.digest);
    const served = await test.digests();
    expect(served).toMatchObject({ 'edited:1': after.digest, 'edited:new': after.digest });
    expect(served).not.toHaveProperty('edited:old');
  });

  it('stays as it was when building it fails, with the words of what failed', async () => {
    const good = await test.declare('failing', ['names: [failing:1]', 'hub: null', 'build: {seconds: 1}'], {
      Dockerfile: dockerfile('1'),
    });
    const before = await test.maker().make(good);
    const bad = await test.declare('failing', ['names: [failing:1]', 'hub: null', 'build: {seconds: 1}'], {
      Dockerfile: dockerfile(
        'marker-failing',
        'echo marker-failing; echo "E: Unable to locate package nothing" >&2; exit 100',
      ),
    });
    await expect(test.maker().make(bad)).rejects.toMatchObject({
      code: 'image.build-failed',
      message: expect.stringContaining('E: Unable to locate package nothing') as string,
      details: { output: expect.arrayContaining([expect.stringContaining('marker-failing') as string]) as string[] },
    });
    expect((await test.digests())['failing:1']).toBe(before.digest);
    expect(await test.leftOf('marker-failing')).toEqual([]);
  });

  it('has to say what it is made of', async () => {
    const image = await test.declare('silent', ['names: [silent:1]', 'hub: null', 'build: {seconds: 1}'], {
      Dockerfile: 'FROM scratch\nCOPY Dockerfile /marker-silent\n',
    });
    await expect(test.maker().make(image)).rejects.toMatchObject({
      code: 'image.build-failed',
      message: expect.stringContaining('/usr/share/drydock/from') as string,
    });
    expect(await test.leftOf('marker-silent')).toEqual([]);
  });
});

describe('making images', { timeout: 240_000 }, () => {
  it('takes away what a process left that was killed, and nothing of anybody else', async () => {
    const { served, config } = test;
    const { reference } = await served.image('left', 'left');
    const own = `drydock/image-left:${config.lab}`;
    const others = `drydock/image-left:other-${config.lab}`;
    for (const name of [own, others]) await served.docker('tag', reference, name);
    const create = async (lab: string): Promise<string> => {
      const labels = ['--label', `drydock.lab=${lab}`, '--label', 'drydock.role=image-reader'];
      return (await served.docker('create', ...labels, reference, 'none')).trim();
    };
    const [reader, othersReader] = [await create(config.lab), await create(`other-${config.lab}`)];
    try {
      await test.maker().mend();
      expect(await served.images.find(own)).toBeNull();
      expect(await served.images.find(others)).not.toBeNull();
      const left = await served.docker('ps', '-aq', '--no-trunc', '--filter', `ancestor=${reference}`);
      expect(left.split('\n').filter((id) => id !== '')).toEqual([othersReader]);
    } finally {
      await served.docker('rm', '-f', othersReader);
      await served.docker('rmi', others, reference);
    }
    expect(reader).not.toBe(othersReader);
  });

  it('can be interrupted, leaves nothing, and goes on at the next run', async () => {
    const slow = ['names: [slow:1]', 'hub: null', 'build: {seconds: 1}'];
    const image = await test.declare('slow', slow, {
      Dockerfile: dockerfile('marker-slow', 'echo marker-slow-begins; sleep 600'),
    });
    const abort = new AbortController();
    const making = test.maker().make(image, {
      signal: abort.signal,
      onLine: (line) => {
        if (line === 'marker-slow-begins') abort.abort();
      },
    });
    await expect(making).rejects.toMatchObject({ name: 'AbortError' });
    expect(await test.digests()).not.toHaveProperty('slow:1');
    expect(await test.leftOf('marker-slow')).toEqual([]);

    const quick = await test.declare('slow', slow, { Dockerfile: dockerfile('1') });
    expect((await test.maker().make(quick)).names).toEqual(['slow:1']);
  });

  it('goes one after the other, and nobody makes what another has just made', async () => {
    const image = await test.declare('once', ['names: [once:1]', 'hub: null', 'build: {seconds: 1}'], {
      Dockerfile: dockerfile('1', 'echo marker-once'),
    });
    const lines: string[] = [];
    const made = await Promise.all(
      [test.maker(), test.maker()].map((maker) => maker.make(image, { onLine: (line) => lines.push(line) })),
    );
    expect(made[0]).toEqual(made[1]);
    expect(lines.filter((line) => line === 'marker-once')).toHaveLength(1);
    expect(lines.filter((line) => line.startsWith('waiting for process'))).toHaveLength(1);
  });

  it('does it again where nobody knows any more what is served', async () => {
    const image = await test.declare('unknown', ['names: [unknown:1]', 'hub: null', 'build: {seconds: 1}'], {
      Dockerfile: dockerfile('1'),
    });
    await test.maker().make(image);
    writeFileSync(join(test.dataDir, 'images.json'), '{"images":');
    expect(await test.maker().state()).toEqual(new Map());
    const again = await test.maker().make(image);
    expect((await readImagesRecord(test.dataDir)).images.get('unknown')).toEqual(again);
  });

  it('mends what is damaged in the registry', async () => {
    const image = await test.declare('damaged', ['names: [damaged:1]', 'hub: null', 'build: {seconds: 1}'], {
      Dockerfile: dockerfile('damaged'),
    });
    const made = await test.maker().make(image);
    const blob = made.layers[0]?.digest.slice('sha256:'.length) ?? '';
    await test.served.onStorage(
      `f=docker/registry/v2/blobs/sha256/${blob.slice(0, 2)}/${blob}/data; chmod u+w $f; printf x >> $f`,
    );
    const maker = test.maker();
    const lost = await maker.mend();
    expect(lost.map(({ id }) => id)).toContain('damaged');
    expect((await maker.recorded()).find(({ name }) => name === 'damaged:1')?.served).toBeNull();
    expect((await maker.make(image)).recipe).toBe(made.recipe);
    expect(await test.served.registry.verify()).toEqual([]);
  });
});
