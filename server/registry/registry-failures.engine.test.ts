import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ImageFacts } from '../docker/image-builder.ts';
import { mainLabConfig } from '../test-sandbox-image.ts';
import { Registry } from './registry.ts';
import { TestRegistry, until } from './registry-fixture.ts';

type Image = ImageFacts & { reference: string };
const megabyte = 2 ** 20;

let lab: TestRegistry;
let old: Image;

beforeAll(async () => {
  lab = await TestRegistry.open();
  old = await lab.image('old', 'old');
  await lab.registry.publish(old.reference, ['thing:latest']);
});

afterAll(async () => lab.dispose());

/** What runs in the filler, or nothing when there is none. */
async function fillerPrograms(): Promise<string> {
  return lab.docker('top', lab.containers.names.filler).catch(() => '');
}

async function servedId(name: string): Promise<string | undefined> {
  return (await lab.registry.list()).find((image) => image.name === name)?.imageId;
}

const failed = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => null,
    (error: unknown) => error,
  );

describe('a filler that is killed', () => {
  it.each([
    'drydock-registry hold',
    'drydock-registry stage',
    'skopeo',
    'drydock-registry receive',
    'drydock-registry apply',
    'sync',
  ])('at the sight of “%s” leaves the old image or the new one, whole, and the next one mends it', async (program) => {
    const image = await lab.image('next', randomBytes(8 * megabyte));
    const before = await servedId('thing:latest');
    const publishing = failed(lab.registry.publish(image.reference, ['thing:latest']));
    let over = false;
    void publishing.then(() => {
      over = true;
    });
    await until(async () => over || (await fillerPrograms()).includes(program));
    await lab.docker('kill', lab.containers.names.filler).catch(() => undefined);
    const error = await publishing;
    if (error !== null) expect(error).toMatchObject({ code: 'registry.failed' });
    const now = await servedId('thing:latest');
    expect([before, image.id]).toContain(now);
    expect(await lab.registry.verify()).toEqual([]);
    expect(await lab.pull('thing:latest')).toBe(now);
    await lab.registry.publish(image.reference, ['thing:latest']);
    expect(await lab.pull('thing:latest')).toBe(image.id);
    // The kill may have come when all was done but clearing away, and the last call have had nothing to do.
    await lab.registry.clean();
    expect((await lab.onStorage('ls incoming')).trim()).toBe('');
  });

  it('goes with the process that holds it, and does not stop others', async () => {
    const { engine } = mainLabConfig();
    const script = `
      import { Engine } from './server/docker/engine.ts';
      import { ImageBuilder } from './server/docker/image-builder.ts';
      import { RegistryContainers } from './server/docker/registry-containers.ts';
      const silent = { debug() {}, info() {}, warn() {}, error() {} };
      const engine = new Engine(${JSON.stringify(engine)}, '${lab.lab}', silent);
      const image = await new ImageBuilder(engine).find('${lab.registryImage}');
      await new RegistryContainers(engine).openFiller(image.id, { patience: 0 });
      console.log('open');
      setInterval(() => undefined, 1000);`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    await expect(lab.another({ patience: 0 }).clean()).rejects.toMatchObject({ code: 'image.busy' });
    child.kill('SIGKILL');
    await until(async () => (await fillerPrograms()) === '');
    await lab.another().clean();
  });

  it('and was never removed is out of the way', async () => {
    const { filler, storageVolume } = lab.containers.names;
    const labels = ['--label', `drydock.lab=${lab.lab}`, '--label', 'drydock.role=registry-filler'];
    await lab.docker(
      'run',
      '--name',
      filler,
      ...labels,
      '-v',
      `${storageVolume}:/var/lib/registry`,
      lab.registryImage,
      'hold',
    );
    const image = await lab.image('after', 'after');
    await lab.registry.publish(image.reference, ['after:1']);
    expect(await servedId('after:1')).toBe(image.id);
  });

  it('and was made a moment ago is not taken for forgotten, whatever our clock says', async () => {
    const { filler } = lab.containers.names;
    const labels = ['--label', `drydock.lab=${lab.lab}`, '--label', 'drydock.role=registry-filler'];
    await lab.docker('create', '--name', filler, ...labels, lab.registryImage, 'hold');
    vi.useFakeTimers({ now: Date.now() + 3_600_000, toFake: ['Date'] });
    try {
      await expect(lab.another({ patience: 0 }).clean()).rejects.toMatchObject({ code: 'image.busy' });
    } finally {
      vi.useRealTimers();
      await lab.docker('rm', filler);
    }
  });

  it('of somebody else is left alone', async () => {
    const { filler } = lab.containers.names;
    await lab.docker('create', '--name', filler, lab.registryImage, 'hold');
    await expect(lab.registry.clean()).rejects.toMatchObject({ code: 'engine.failed' });
    await lab.docker('rm', filler);
    await lab.registry.clean();
  });
});

describe('two that publish at once', () => {
  it('wait for each other, and both are served', async () => {
    const images = await Promise.all(['a', 'b', 'c', 'd'].map((name) => lab.image(name, randomBytes(megabyte))));
    const [one, two] = [lab.another(), lab.another()];
    await Promise.all(
      images.map(async ({ reference }, at) =>
        (at % 2 === 0 ? one : two).publish(reference, [`both:${at}`, 'both:last']),
      ),
    );
    for (const [at, image] of images.entries()) expect(await servedId(`both:${at}`)).toBe(image.id);
    expect(images.map(({ id }) => id)).toContain(await servedId('both:last'));
    expect(await lab.registry.verify()).toEqual([]);
  });

  it('give up with words when the other does not end', async () => {
    const image = await lab.images.find(lab.registryImage);
    const filler = await lab.containers.openFiller(image?.id ?? '', { patience: 0 });
    const said: string[] = [];
    const waiting = lab
      .another({ patience: 500 })
      .publish(old.reference, ['busy:1'], { onLine: (line) => said.push(line) });
    await expect(waiting).rejects.toMatchObject({ code: 'image.busy' });
    expect(said).toEqual([expect.stringContaining('waiting')]);
    await filler.close();
    await lab.another({ patience: 0 }).publish(old.reference, ['busy:1']);
  });

  it('end at once when they are interrupted', async () => {
    const image = await lab.image('stopped', randomBytes(16 * megabyte));
    const interruption = new AbortController();
    const publishing = failed(lab.registry.publish(image.reference, ['stopped:1'], { signal: interruption.signal }));
    await until(async () => (await fillerPrograms()).includes('skopeo'));
    interruption.abort(new Error('enough'));
    expect(await publishing).toEqual(new Error('enough'));
    expect(await fillerPrograms()).toBe('');
    expect(await servedId('stopped:1')).toBeUndefined();
  });
});

describe('an image whose part', () => {
  it.each([
    ['was overwritten', 'is not what its digest says', 'printf x | dd of=FILE bs=1 seek=40 conv=notrunc status=none'],
    ['was cut', 'bytes instead of', 'truncate -s -1 FILE'],
    ['was emptied', 'has 0 bytes instead of', 'truncate -s 0 FILE'],
    ['was removed', 'is missing', 'rm -r "$(dirname FILE)"'],
  ])('%s is named, mended, and pulled again', async (_what, words, damage) => {
    const image = await lab.image('hurt', randomBytes(50_000));
    const [served] = await lab.registry.publish(image.reference, ['hurt:1', 'hurt:2']);
    const digest = served?.layers[0]?.digest ?? '';
    await lab.onStorage(damage.replaceAll('FILE', TestRegistry.blob(digest)));
    const problem = expect.stringContaining(words) as string;
    expect(await lab.registry.verify()).toEqual([
      { name: 'hurt:1', digest, problem },
      { name: 'hurt:2', digest, problem },
    ]);
    const others = (await lab.registry.list()).filter(({ name }) => !name.startsWith('hurt:'));
    await lab.registry.mend();
    expect(await lab.registry.list()).toEqual(others);
    expect(await lab.registry.verify()).toEqual([]);
    await lab.registry.publish(image.reference, ['hurt:1', 'hurt:2']);
    expect(await lab.pull('hurt:1')).toBe(image.id);
  });

  it('is its manifest or its tag is not listed, and named', async () => {
    const image = await lab.image('torn', randomBytes(5_000));
    const [served] = await lab.registry.publish(image.reference, ['torn:1', 'torn:2']);
    await lab.onStorage(
      `printf 'sha256:' > docker/registry/v2/repositories/library/torn/_manifests/tags/2/current/link`,
    );
    expect(await lab.registry.verify()).toMatchObject([{ name: 'torn:2', digest: '' }]);
    await lab.onStorage(`printf '{}' > ${TestRegistry.blob(served?.digest ?? '')}`);
    expect((await lab.registry.verify()).map(({ name }) => name)).toEqual(['torn:1', 'torn:2']);
    expect((await lab.registry.list()).filter(({ name }) => name.startsWith('torn'))).toEqual([]);
    await expect(lab.registry.pack(['torn:1'], [])).rejects.toMatchObject({ code: 'image.unknown' });
    await lab.registry.mend();
    await lab.registry.publish(image.reference, ['torn:1', 'torn:2']);
    expect(await lab.pull('torn:2')).toBe(image.id);
  });

  it('was changed cannot be packed', async () => {
    const image = await lab.image('packed', randomBytes(50_000));
    const [served] = await lab.registry.publish(image.reference, ['packed:1']);
    const file = TestRegistry.blob(served?.layers[0]?.digest ?? '');
    await lab.onStorage(`printf x | dd of=${file} bs=1 seek=40 conv=notrunc status=none`);
    const stream = await lab.registry.pack(['packed:1'], []);
    await expect(buffer(stream)).rejects.toMatchObject({ code: 'image.damaged' });
    await lab.registry.mend();
  });
});

describe('a registry', () => {
  it('whose program is killed comes back by itself', async () => {
    const { container } = lab.containers.names;
    const began = await lab.docker('inspect', '-f', '{{.State.StartedAt}}', container);
    // Everything of its user but this: its init ends with it, and the engine starts it again.
    await lab.docker('exec', container, 'perl', '-e', 'kill 9, -1').catch(() => undefined);
    await until(async () => (await lab.docker('inspect', '-f', '{{.State.StartedAt}}', container)) !== began);
    await until(async () => (await lab.request('GET', '/v2/')).status === 200);
    expect(await lab.pull('busy:1')).toBe(old.id);
  });

  it.each([['rm', '-f'], ['kill'], ['stop', '-t', '1']])(
    'after `docker %s` comes back when it is asked for',
    async (...argv) => {
      await lab.registry.ensure();
      const warn = vi.spyOn(lab.containers.logger, 'warn');
      await lab.docker(...argv, lab.containers.names.container);
      expect(await lab.registry.isServing()).toBe(false);
      await Promise.all([lab.registry.ensure(), lab.another().ensure()]);
      // Only whoever had seen it serve knows that it was lost.
      const told = warn.mock.calls.filter(([, words]) => words.includes('was started again'));
      warn.mockRestore();
      expect(told).toHaveLength(1);
      expect(await lab.pull('busy:1')).toBe(old.id);
      // Asking for anything is enough.
      await lab.docker(...argv, lab.containers.names.container);
      expect((await lab.registry.list()).length).toBeGreaterThan(0);
    },
  );
});

describe('a container that serves', () => {
  it('and was paused goes on when it is asked for', async () => {
    const { container } = lab.containers.names;
    await lab.docker('pause', container);
    expect(await lab.registry.isServing()).toBe(false);
    await lab.registry.ensure();
    expect(await lab.pull('busy:1')).toBe(old.id);
    await lab.docker('pause', container);
    expect((await lab.registry.list()).length).toBeGreaterThan(0);
  });

  it('and has the image of another version is left to serve, until the set-up replaces it', async () => {
    const other = `drydock/test-${lab.lab}-registry`;
    await lab.images.build({ dockerfile: `FROM ${lab.registryImage}\nLABEL other=1\n` }, { tag: other });
    try {
      const { containers, images } = lab;
      const newer = new Registry({ containers, images, image: other });
      const before = await containers.findServing();
      for (const registry of [newer, lab.registry, newer]) {
        await registry.ensure();
        await registry.list();
        expect((await containers.findServing())?.id).toBe(before?.id);
      }
      expect(await newer.isServing()).toBe(true);
      expect(await newer.isServing({ exactly: true })).toBe(false);
      await newer.ensure({ replace: true });
      const after = await containers.findServing();
      expect(after?.id).not.toBe(before?.id);
      expect(await newer.isServing({ exactly: true })).toBe(true);
      await lab.registry.list();
      await newer.ensure({ replace: true });
      expect((await containers.findServing())?.id).toBe(after?.id);
      expect(await lab.pull('busy:1')).toBe(old.id);
    } finally {
      await lab.registry.ensure({ replace: true });
      await lab.images.remove(other);
    }
  });

  it('has no damage left in what is published anew', async () => {
    const image = await lab.image('anew', randomBytes(1024));
    const [served] = await lab.registry.publish(image.reference, ['anew:1']);
    const file = TestRegistry.blob(served?.layers[0]?.digest ?? '');
    await lab.onStorage(`printf x | dd of=${file} bs=1 seek=40 conv=notrunc status=none`);
    await lab.registry.publish(image.reference, ['anew:1']);
    expect(await lab.registry.verify()).toHaveLength(1);
    expect(await lab.registry.publish(image.reference, ['anew:1'], { anew: true })).toEqual([served]);
    expect(await lab.registry.verify()).toEqual([]);
  });
});

describe('a full disk', () => {
  let small: TestRegistry;

  beforeAll(async () => {
    small = await TestRegistry.open();
    await small.limitStorage(12 * megabyte);
  });

  afterEach(async () => {
    await small.onStorage('rm -f fill');
  });

  afterAll(async () => small.dispose());

  it('is told in words, serves nothing half, and when there is room all is well', async () => {
    const first = await small.image('first', 'first');
    const second = await small.image('second', randomBytes(4 * megabyte));
    await small.registry.publish(first.reference, ['full:1']);
    const before = await small.registry.list();
    await small.onStorage('dd if=/dev/zero of=fill bs=1M count=9 status=none');
    await expect(small.registry.publish(second.reference, ['full:1', 'full:2'])).rejects.toMatchObject({
      code: 'host.disk-full',
      message: expect.stringContaining('disk of this server is full') as string,
    });
    expect(await small.registry.list()).toEqual(before);
    expect(await small.pull('full:1')).toBe(first.id);
    expect((await small.onStorage('ls incoming')).trim()).toBe('');
    await small.onStorage('rm fill');
    await small.registry.publish(second.reference, ['full:1', 'full:2']);
    expect(await small.pull('full:1')).toBe(second.id);
    expect(await small.registry.verify()).toEqual([]);
  });

  it('of which not one byte is left keeps every tag as it was', async () => {
    const before = await small.registry.list();
    await small.onStorage('dd if=/dev/zero of=fill bs=4k status=none || true');
    const third = await small.image('third', 'third');
    await expect(small.registry.publish(third.reference, ['full:1', 'full:3'])).rejects.toMatchObject({
      code: 'host.disk-full',
    });
    expect(await small.registry.list()).toEqual(before);
    // What is in the way can be removed even so.
    await small.registry.remove(['full:2']);
    await small.registry.clean();
    expect((await small.registry.list()).map(({ name }) => name)).toEqual(['full:1']);
  });
});
