import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ImageStatus, ImageView } from '../../protocol/images.ts';
import { ImageWords, imageWords } from './image-words.ts';
import { flush, imageOf, madeOf, StockFixture } from './stock-fixture.ts';

function viewOf(id: string, names: string[], status: ImageStatus): ImageView {
  return {
    id,
    description: '',
    names,
    status,
    source: null,
    origin: null,
    hubDigest: null,
    digest: null,
    size: null,
    lessons: [],
  };
}

function wordsOf(
  images: ImageView[],
  isRunning = true,
  { instead, isHubOnly = false }: { instead?: string; isHubOnly?: boolean } = {},
): Map<string, string> {
  const build = isHubOnly ? null : { seconds: 10, args: {} };
  const catalogue = images.map(({ id }) => ({ id, instead, build }));
  const views = isHubOnly ? images.map((image) => ({ ...image, hubOnly: true as const })) : images;
  const text = imageWords(views, catalogue, isRunning);
  expect(text.endsWith('\n')).toBe(true);
  const lines = text.trimEnd().split('\n');
  for (const line of lines) {
    expect(line).toMatch(/^[a-z0-9./_*@-]+\t[\x20-\x7e]{1,400}$/);
  }
  return new Map(lines.map((line) => line.split('\t') as [string, string]));
}

describe('the words of a sandbox about images', () => {
  it('name the tags of an image that is there', () => {
    const words = wordsOf([viewOf('nginx', ['nginx:latest', 'nginx:1.26'], { state: 'ready' })]);
    expect(words.get('library/nginx')).toBe('This lab has nginx only as latest and 1.26. Use nginx:1.26.');
  });

  it('say when one that is made is ready', () => {
    const words = wordsOf([
      viewOf('nginx', ['nginx:latest'], { state: 'making', at: 0, readyIn: 18_000, detail: 'Step 1' }),
      viewOf('redis', ['redis:latest'], { state: 'waiting', at: 0, readyIn: 110_000 }),
      viewOf('node', ['node:22'], { state: 'waiting', at: 0, readyIn: null }),
    ]);
    expect(words.get('library/nginx')).toBe(
      'This lab can have nginx only as latest. nginx is being made for this lab right now; it is ready in about 20 s. Try again then.',
    );
    expect(words.get('library/redis')).toBe(
      'This lab can have redis only as latest. redis waits to be made for this lab; it is ready in about 2 min. Try again then.',
    );
    expect(words.get('library/node')).toBe(
      'This lab can have node only as 22. node:22 waits to be made for this lab. Try again then.',
    );
  });

  it('name the tags before the image is there, with the one that says its version', () => {
    const names = ['nginx:latest', 'nginx:1', 'nginx:1.26'];
    expect(wordsOf([viewOf('nginx', names, { state: 'absent' })]).get('library/nginx')).toBe(
      'This lab can have nginx only as latest, 1 and 1.26. nginx:1.26 is not made in this lab yet. Whoever runs it makes it with: npm run images -- build nginx',
    );
  });

  it('promise no time of what only Docker Hub has, as long as that has given nothing', () => {
    const only = { instead: 'Use busybox.', isHubOnly: true };
    const waiting: ImageStatus = { state: 'waiting', at: 0, readyIn: null };
    const alpine = viewOf('alpine', ['alpine:latest', 'alpine:3'], waiting);
    expect(wordsOf([alpine], true, only).get('library/alpine')).toBe(
      'alpine comes from Docker Hub alone, and this lab is still to ask for it. Use busybox.',
    );
    const soon: ImageStatus = { state: 'waiting', at: 0, readyIn: 20_000 };
    expect(wordsOf([{ ...alpine, status: soon }], true, only).get('library/alpine')).toBe(
      'alpine:3 waits to be made for this lab; it is ready in about 20 s. Try again then.',
    );
  });

  it('promise nothing of a lab that does not run', () => {
    const making: ImageStatus = { state: 'making', at: 0, readyIn: 1, detail: '' };
    const words = wordsOf([viewOf('nginx', ['nginx:latest'], making)], false);
    expect(words.get('library/nginx')).toBe(
      'This lab can have nginx only as latest. nginx is not made yet, and the lab that makes it is not running.',
    );
  });

  it('say why one is not there, and what to use instead', () => {
    const failed: ImageStatus = { state: 'failed', code: 'host.disk-full', message: 'The disk is full', retryAt: 1 };
    const words = wordsOf([
      viewOf('nginx', ['nginx:latest'], failed),
      viewOf('alpine', ['alpine:latest'], {
        state: 'unavailable',
        message: 'alpine is not made of Debian packages. Use busybox.',
      }),
      viewOf('golang', ['golang:latest'], { state: 'absent' }),
    ]);
    expect(words.get('library/nginx')).toBe(
      'nginx could not be made for this lab, because its disk is full. It is tried again by itself. Whoever runs the lab reads more on its page Images.',
    );
    expect(words.get('library/alpine')).toBe('alpine is not made of Debian packages. Use busybox.');
    expect(words.get('library/golang')).toMatch(/npm run images -- build golang$/);
    const away = wordsOf(
      [viewOf('alpine', ['alpine:latest'], { state: 'unavailable', message: 'no such host' })],
      true,
      { instead: 'Use busybox.', isHubOnly: true },
    );
    expect(away.get('library/alpine')).toBe(
      'alpine comes from Docker Hub alone, which this lab does not reach. Use busybox.',
    );
    const alpine = viewOf('alpine', ['alpine:latest'], { state: 'absent' });
    const hubOnly = wordsOf([alpine], true, { instead: 'Use busybox instead', isHubOnly: true });
    expect(hubOnly.get('library/alpine')).toBe(
      'alpine comes from Docker Hub alone, and is not in this lab. Whoever runs it can try: "npm run images -- pull alpine". Use busybox instead.',
    );
  });

  it('say how one is made that can be, and what to use where that does not work', () => {
    const use = { instead: 'Use mariadb.' };
    const absent = wordsOf([viewOf('mysql', ['mysql:latest'], { state: 'absent' })], true, use);
    expect(absent.get('library/mysql')).toBe(
      'This lab can have mysql only as latest. mysql is not made in this lab yet. Whoever runs it makes it with: "npm run images -- build mysql". Use mariadb.',
    );
    const status: ImageStatus = { state: 'failed', code: 'image.build-failed', message: 'No unstable.', retryAt: 1 };
    expect(wordsOf([viewOf('mysql', ['mysql:latest'], status)], true, use).get('library/mysql')).toBe(
      'mysql could not be made for this lab. It is tried again by itself. Use mariadb. Whoever runs the lab reads more on its page Images.',
    );
  });

  it('claim nothing about the internet of an image that Docker Hub may have', () => {
    expect(wordsOf([]).get('*')).toBe(
      "This lab has no image {image}, and Docker Hub, which may have it, cannot be reached from this sandbox. None is here yet. The lab's page Images says more.",
    );
  });

  it('say of several images of one name what is true of each', () => {
    const words = wordsOf([
      viewOf('web-1', ['drydock/web:1'], { state: 'ready' }),
      viewOf('web-2', ['drydock/web:2'], { state: 'making', at: 0, readyIn: 0, detail: '' }),
    ]);
    expect(words.get('drydock/web')).toBe(
      'This lab can have drydock/web only as 1 and 2. drydock/web:2 is being made for this lab right now; it is ready in a moment. Try again then. Use drydock/web:1.',
    );
  });

  it('tell a command from the sentence that follows it', () => {
    const words = wordsOf([
      viewOf('web-1', ['drydock/web:1'], { state: 'absent' }),
      viewOf('web-2', ['drydock/web:2'], { state: 'ready' }),
    ]);
    expect(words.get('drydock/web')).toMatch(/with: "npm run images -- build [^"]+"\. Use drydock\/web:2\.$/);
  });

  it('name what is there to who asks for anything else, and leave room for its name', () => {
    const names = Array.from({ length: 60 }, (_, n) => `image-number-${n}:latest`);
    const words = wordsOf(names.map((name, n) => viewOf(`image-${n}`, [name], { state: 'ready' })));
    const other = words.get('*') ?? '';
    expect(other).toContain('{image}');
    expect(other).toContain('image-number-0, image-number-1');
    expect(other).toMatch(/ and others\. The lab's page Images says more\.$/);
    expect(other.length).toBeLessThanOrEqual(280);
    expect(words.get('@')).toContain('{host}');
    expect(words.get('@')).toContain('page Images');
    expect(wordsOf([]).get('*')).toContain('None is here yet.');
  });

  it('stay one line of plain characters, whatever a message says', () => {
    const message = `“apt-get” ended\nwith 100 — \u001b[31mred\u001b[0m\t${'no space left '.repeat(60)}`;
    const words = wordsOf([viewOf('nginx', ['nginx:latest'], { state: 'unavailable', message })]);
    const text = words.get('library/nginx') ?? '';
    expect(text).toMatch(/^"apt-get" ended with 100 - /);
    expect(text).toMatch(/\.\.\.$/);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(400);
  });
});

describe('the file of words', () => {
  beforeEach(() => void vi.useFakeTimers({ now: 0, toFake: ['setTimeout', 'clearTimeout', 'Date'] }));
  afterEach(() => {
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  it('follows the images, and is left true when the lab stops', async () => {
    const catalogue = [imageOf('nginx', { build: { seconds: 60, args: {} } }), imageOf('redis')];
    const fixture = new StockFixture(catalogue, { 'a/one': ['nginx'] });
    const written: string[] = [];
    const registry = { setWords: async (text: string) => void written.push(text) };
    const { logger } = silent();
    const words = new ImageWords({ stock: fixture.stock, catalogue, registry, isOwner: true, logger });
    words.start();
    await fixture.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(written.at(-1)).toContain('nginx is being made for this lab right now; it is ready in about 1 min.');
    await vi.advanceTimersByTimeAsync(49_000);
    expect(written.at(-1)).toContain('it is ready in about 15 s.');
    await fixture.now.succeed();
    await vi.advanceTimersByTimeAsync(3_500);
    expect(written.at(-1)).toContain('This lab has nginx only as latest');
    const count = written.length;
    await vi.advanceTimersByTimeAsync(600_000);
    expect(written).toHaveLength(count);
    await fixture.save({ 'a/one': ['redis'] });
    await vi.advanceTimersByTimeAsync(15_000);
    expect(written.at(-1)).toContain('redis is being made');
    fixture.stock.dispose();
    await words.close();
    expect(written.at(-1)).toContain('redis is not made yet, and the lab that makes it is not running.');
  });

  it('is written again when it could not be, and not by a lab that never saw its registry', async () => {
    const catalogue = [imageOf('nginx')];
    const fixture = new StockFixture(catalogue, { 'a/one': ['nginx'] });
    fixture.served.set('nginx', madeOf('nginx'));
    const setWords = vi.fn<(text: string) => Promise<void>>().mockRejectedValueOnce(new Error('away'));
    const { logger } = silent();
    const words = new ImageWords({ stock: fixture.stock, catalogue, registry: { setWords }, isOwner: true, logger });
    words.start();
    await fixture.start();
    await vi.advanceTimersByTimeAsync(20_000);
    await flush();
    expect(setWords).toHaveBeenCalledTimes(2);
    fixture.stock.dispose();
    await words.close();
    expect(setWords).toHaveBeenCalledTimes(2);
    const other = new ImageWords({ stock: fixture.stock, catalogue, registry: { setWords }, isOwner: true, logger });
    await other.close();
    expect(setWords).toHaveBeenCalledTimes(2);
  });

  it('stays as it is when a lab ends that only stands beside the one that makes them', async () => {
    const catalogue = [imageOf('nginx')];
    const fixture = new StockFixture(catalogue, { 'a/one': ['nginx'] });
    const written: string[] = [];
    const registry = { setWords: async (text: string) => void written.push(text) };
    const words = new ImageWords({ stock: fixture.stock, catalogue, registry, isOwner: false, ...silent() });
    words.start();
    await fixture.start();
    await vi.advanceTimersByTimeAsync(0);
    fixture.stock.dispose();
    await words.close();
    expect(written.join()).toContain('nginx is being made');
    expect(written.join()).not.toContain('not running');
  });
});

function silent() {
  const ignore = () => undefined;
  return { logger: { debug: ignore, info: ignore, warn: ignore, error: ignore } };
}
