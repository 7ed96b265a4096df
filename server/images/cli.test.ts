import { describe, expect, it } from 'vitest';
import { DrydockError } from '../errors.ts';
import { Progress } from '../progress.ts';
import type { CatalogueImage } from './catalogue.ts';
import { runImagesCli } from './cli.ts';
import type { ImagesAtHand } from './cli-command.ts';
import type { MadeImage, MakeOptions } from './image-maker.ts';

const catalogued = (id: string, fields: Partial<CatalogueImage> = {}): CatalogueImage => ({
  id,
  folder: `/images/${id}`,
  description: 'A tool.',
  names: [`${id}:1`, `${id}:latest`],
  hub: `${id}:1`,
  extend: false,
  build: { seconds: 1, args: {} },
  ...fields,
});

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const shared = { digest: digest('0'), bytes: 30_000_000 };

const madeOf = (image: CatalogueImage, letter: string): MadeImage => ({
  id: image.id,
  source: 'drydock',
  origin: `${image.id} 1.0 from Debian trixie`,
  names: image.names,
  digest: digest(letter),
  hubDigest: null,
  recipe: 'abc',
  platform: 'linux/amd64',
  download: 35_001_000,
  unpacked: 90_000_000,
  layers: [shared, { digest: digest(letter), bytes: 5_000_000 }],
  madeAt: 1,
  tookMs: 1000,
});

const nginx = catalogued('nginx', { names: ['nginx:1.26', 'nginx:latest'] });
const redis = catalogued('redis');
const alpine = catalogued('alpine', { build: null, instead: 'Use debian.' });

/** A lab whose lessons use nginx and alpine, and in which nginx and redis are there. */
function setUp(fields: Partial<ImagesAtHand> = {}, outdated: readonly string[] = []) {
  const asked: { id: string; options: Omit<MakeOptions, 'signal' | 'onLine'> }[] = [];
  const there = new Map([nginx, redis].map((image, at) => [image.id, madeOf(image, 'ab'[at] ?? '')]));
  const hand: ImagesAtHand = {
    catalogue: [alpine, nginx, redis],
    needed: new Map([
      ['nginx', ['containers/first', 'containers/second']],
      ['alpine', ['containers/first']],
    ]),
    maker: {
      look: async () => ({ served: there, outdated: new Set(outdated) }),
      make: async (image, { signal: _signal, onLine: _onLine, ...options } = {}) => {
        asked.push({ id: image.id, options });
        if (image.id === 'alpine') throw new DrydockError('image.unavailable', 'It cannot be had.');
        return madeOf(image, 'c');
      },
      mend: async () => [nginx],
      recorded: async () => [],
    },
    registry: { verify: async () => [] },
    bundle: async (images, file) => ({ file, bytes: 5, images: images.map(({ id }) => id), left: [] }),
    ...fields,
  };
  const abort = new AbortController();
  let out = '';
  let err = '';
  const run = async (...argv: string[]) => {
    out = '';
    err = '';
    const code = await runImagesCli(argv, {
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
      progress: new Progress({ write: () => undefined, isTTY: false, columns: 80 }),
      signal: abort.signal,
      open: async () => hand,
      load: async (file) => ({
        file,
        bytes: 5,
        loaded: ['nginx'],
        kept: ['redis'],
        older: ['nginx'],
        unknown: ['old'],
      }),
      lab: async () => ({ dataDir: '/data', isRunning: false }),
      now: () => 0,
    });
    return { code, out, err };
  };
  return { run, asked, abort };
}

describe('npm run images', () => {
  it('explains itself', async () => {
    const { code, out } = await setUp().run('--help');
    expect(code).toBe(0);
    for (const command of ['list', 'build', 'pull', 'verify', 'bundle', 'load'])
      expect(out).toContain(`\n  ${command} `);
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it.each([
    [['lst'], 'Did you mean `list`?'],
    [['list', '--jsn'], 'Did you mean `--json`?'],
    [['list', 'nginx'], 'one word too many'],
    [['pull', '--mend'], 'pull has no option `--mend`'],
    [['bundle'], 'needs the FILE'],
    [['load', 'one', 'two'], '`two` is one word too many'],
  ])('refuses %j and says why', async (argv, words) => {
    const { code, err } = await setUp().run(...argv);
    expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining(words) as string });
    expect(err).toContain('Usage: npm run images');
    // What was wrong stays on the screen.
    expect(err.trimEnd().split('\n').length).toBeLessThanOrEqual(3);
  });

  it('says whether it was asked rightly without doing it', async () => {
    const { run, asked } = setUp();
    expect((await run('build', 'nginx', '--check')).code).toBe(0);
    expect((await run('build', '--no', '--check')).code).toBe(2);
    expect(asked).toEqual([]);
  });

  it('says for which lab it is before anything is made', async () => {
    const { err, out } = await setUp().run('build', '--json', '--check');
    expect(err).toContain('the data folder /data, on which no lab runs now');
    expect(err).toContain('another DRYDOCK_DATA');
    expect(out).toBe('');
  });

  it('tells in words and by its code what could not be done', async () => {
    const { run } = setUp({
      registry: { verify: () => Promise.reject(new DrydockError('engine.unreachable', 'Start it.')) },
    });
    expect(await run('verify')).toMatchObject({ code: 1, err: 'Start it. (engine.unreachable)\n' });
    const { code, out } = await run('verify', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ ok: false, error: { code: 'engine.unreachable' } });
  });

  it('ends with 130 when it is interrupted', async () => {
    const { run, abort } = setUp();
    abort.abort();
    expect(await run('build', 'nginx')).toMatchObject({
      code: 130,
      err: expect.stringContaining('Interrupted') as string,
    });
  });
});

describe('list', () => {
  it('shows what lessons need first, with sizes, digests and lessons, in a hundred columns', async () => {
    const { out, code } = await setUp().run();
    expect(code).toBe(0);
    const lines = out.split('\n');
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
    expect(lines[1]).toMatch(/^nginx +ready +Drydock +35 MB +5 MB +90 MB +a{12} +2$/);
    expect(lines.slice(2, 5)).toEqual([
      '    nginx:1.26, nginx:latest',
      '    nginx 1.0 from Debian trixie',
      '    for containers/first, containers/second',
    ]);
    expect(lines[5]).toMatch(/^alpine +not made +- +- +- +- +- +1$/);
    expect(out).toContain('2 of 3 images are there, 1 of the 2 that lessons need. Together they take 40 MB');
  });

  it('says which are older makes', async () => {
    const { out } = await setUp({}, ['nginx']).run();
    expect(out).toMatch(/^nginx +ready /m);
    expect(out.replaceAll(/\s+/g, ' ')).toContain('An older make: its files, or the Debian base, have changed since.');
    expect(out.match(/renews it/g)).toHaveLength(1);
    expect(out).toMatch(/build\s+nginx` renews it/);
  });

  it('gives programs everything', async () => {
    const { out } = await setUp().run('list', '--json');
    const { images, totals } = JSON.parse(out) as { images: { id: string }[]; totals: object };
    expect(images.map(({ id }) => id)).toEqual(['nginx', 'alpine', 'redis']);
    expect(images[0]).toMatchObject({ digest: digest('a'), size: { download: 35_001_000, own: 5_001_000 } });
    expect(totals).toMatchObject({ ready: 2, all: 3, download: { each: 70_002_000, together: 40_002_000 } });
  });
});

describe('build and pull', () => {
  it('builds what lessons need, is not there, and can be built', async () => {
    const { run, asked } = setUp();
    expect(await run('build')).toMatchObject({ code: 0, out: expect.stringContaining('is there') as string });
    expect(asked).toEqual([]);
  });

  it('builds what is out of date', async () => {
    const { run, asked } = setUp({}, ['nginx', 'redis']);
    await run('build');
    expect(asked).toEqual([{ id: 'nginx', options: { source: 'drydock' } }]);
  });

  it('makes anew what is named, by folder or by name, each once', async () => {
    const { run, asked } = setUp();
    const { code, out } = await run('build', 'redis', 'nginx', 'nginx:latest');
    expect(asked).toEqual([
      { id: 'redis', options: { source: 'drydock' } },
      { id: 'nginx', options: { source: 'drydock' } },
    ]);
    expect({ code, out }).toMatchObject({
      code: 0,
      out: expect.stringContaining('2 images are ready.') as string,
    });
  });

  it('pulls what lessons need, and ends with 1 when one of them cannot be had', async () => {
    const { run, asked } = setUp();
    const { code, out } = await run('pull', '--accept', '--json');
    const options = { source: 'docker-hub', accept: true };
    expect(asked).toEqual([
      { id: 'nginx', options },
      { id: 'alpine', options },
    ]);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      made: [{ id: 'nginx' }],
      failed: [{ id: 'alpine', error: { code: 'image.unavailable' } }],
    });
  });

  it('calls images as they are typed, though their folders are accepted', async () => {
    const own = catalogued('distribution', { names: ['registry:latest', 'registry:2'], hub: null });
    const { run } = setUp({
      catalogue: [own, nginx],
      needed: new Map([
        ['distribution', []],
        ['nginx', []],
      ]),
    });
    for (const word of ['distribution', 'registry', 'registry:2']) {
      const { out } = await run('build', word);
      expect(out).toMatch(/^registry: /);
      expect(out).toContain('1 image is ready.');
    }
    expect((await run('list')).out).toMatch(/^registry +not made/m);
    expect((await run('bundle', 'class.tar', 'distribution')).out).toContain(', registry, and the lab itself');
    expect((await run('pull')).out).toContain('Left out, for Docker Hub has no such image: registry.');
  });

  it('says what was not made, and what of that is served as before', async () => {
    const { run } = setUp();
    const { out } = await run('build', 'alpine');
    expect(out).toBe('Not made: alpine.\n');
    const failing = setUp({
      maker: {
        look: async () => ({ served: new Map([['nginx', madeOf(nginx, 'a')]]), outdated: new Set() }),
        make: () => Promise.reject(new DrydockError('image.build-failed', 'It ended with 1.')),
        mend: async () => [],
        recorded: async () => [],
      },
    });
    expect((await failing.run('build', 'nginx', 'redis')).out).toBe(
      'Not made: nginx, redis. Served as before: nginx.\n',
    );
  });

  it('does not know what the catalogue does not have', async () => {
    const { code, err } = await setUp().run('pull', 'ngnix');
    expect(code).toBe(2);
    expect(err).toContain('Did you mean `nginx`?');
    expect(err).toContain('image.unknown');
  });
});

describe('verify', () => {
  const damage = { name: 'nginx:1.26', digest: digest('a'), problem: 'is cut' };

  it('is content when all is as it was', async () => {
    expect(await setUp().run('verify')).toMatchObject({ code: 0, out: 'Everything is as it was put there.\n' });
  });

  it('finds what is damaged, and what is not served or another image', async () => {
    const { run, asked } = setUp({
      registry: { verify: async () => [damage] },
      maker: {
        look: async () => ({ served: new Map(), outdated: new Set() }),
        make: () => Promise.reject(new Error('not asked for')),
        mend: () => Promise.reject(new Error('not asked for')),
        recorded: async () => [
          { name: 'nginx:1.26', expected: digest('a'), served: digest('f') },
          { name: 'redis:1', expected: digest('b'), served: null },
          { name: 'redis:latest', expected: digest('b'), served: digest('b') },
        ],
      },
    });
    const { code, out } = await run('verify', '--json');
    expect(code).toBe(1);
    const { damaged } = JSON.parse(out) as { damaged: { name: string; problem: string }[] };
    expect(damaged.map(({ name, problem }) => `${name} ${problem}`)).toEqual([
      'nginx:1.26 is cut',
      'redis:1 is not served any more',
    ]);
    expect(asked).toEqual([]);
  });

  it('makes anew what was lost', async () => {
    const { run, asked } = setUp({ registry: { verify: async () => [damage] } });
    const { code, out } = await run('verify', '--mend');
    expect(asked).toEqual([{ id: 'nginx', options: {} }]);
    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining('Mended: nginx.') as string });
  });
});

describe('bundle and load', () => {
  it('packs all that can be had, or what lessons need', async () => {
    const { run } = setUp();
    const all = { images: ['alpine', 'nginx', 'redis'] };
    expect(JSON.parse((await run('bundle', 'class.tar', '--json')).out)).toMatchObject(all);
    expect(JSON.parse((await run('bundle', 'class.tar', '--all', '--json')).out)).toMatchObject(all);
    expect(JSON.parse((await run('bundle', 'class.tar', '--needed', '--json')).out)).toMatchObject({
      images: ['alpine', 'nginx'],
    });
  });

  it('insists on what lessons need and what is named', async () => {
    const spared: string[][] = [];
    const { run } = setUp({
      bundle: async (_images, file, { spare }) => {
        spared.push([...spare]);
        return { file, bytes: 5, images: [], left: [] };
      },
    });
    await run('bundle', 'class.tar');
    await run('bundle', 'class.tar', 'redis');
    expect(spared).toEqual([['redis'], []]);
  });

  it('packs those that are named', async () => {
    const { run } = setUp();
    expect(JSON.parse((await run('bundle', 'class.tar', 'redis', '--json')).out)).toMatchObject({ images: ['redis'] });
    const { code, err } = await run('bundle', 'class.tar', 'redsi');
    expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining('Did you mean `redis`?') as string });
  });

  it('says what was loaded and what was there', async () => {
    const { out } = await setUp().run('load', 'class.tar');
    expect(out).toContain('Loaded: nginx.\nThere already: redis.\n');
    expect(out).toContain('does not have them: old.\nMade from other files than this clone has: nginx.');
  });
});
