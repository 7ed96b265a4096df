import { describe, expect, it, vi } from 'vitest';
import { DrydockError } from '../errors.ts';
import { flush, imageOf, madeOf, minute, pass, StockFixture, withStoppedClock } from './stock-fixture.ts';

const catalogue = ['a', 'b', 'c', 'd'].map((id) => imageOf(id));
let fixture: StockFixture;

withStoppedClock(() => fixture);

describe('the stock of images', () => {
  it('makes what lessons need, one after the other, in the order in which learners meet it', async () => {
    fixture = new StockFixture(catalogue, { 'x/one': ['c'], 'x/two': ['a', 'c'] });
    await fixture.start();
    expect(fixture.tried).toEqual(['c']);
    expect(fixture.view('c').status).toMatchObject({ state: 'making', readyIn: 10_000 });
    expect(fixture.view('a').status).toMatchObject({ state: 'waiting', readyIn: 20_000 });
    expect(fixture.view('b')).toMatchObject({ status: { state: 'absent' }, lessons: [], size: null });
    await fixture.now.succeed();
    expect(fixture.tried).toEqual(['c', 'a']);
    expect(fixture.view('c')).toMatchObject({
      status: { state: 'ready' },
      digest: 'sha256:c',
      lessons: ['x/one', 'x/two'],
    });
    await fixture.now.succeed();
    await fixture.stock.settled();
    expect(fixture.stock.counts()).toMatchObject({ wanted: 2, ready: 2, failed: 0 });
    expect(fixture.stock.view().images.map(({ id }) => id)).toEqual(['c', 'a', 'b', 'd']);
    await pass(10 * minute);
    expect(fixture.tried).toEqual(['c', 'a']);
  });

  it('makes all of the catalogue, or nothing, where that is asked for', async () => {
    fixture = new StockFixture(catalogue, { 'x/one': ['c'] }, { policy: 'all' });
    await fixture.start();
    for (const _ of catalogue) await fixture.now.succeed();
    expect(fixture.tried).toEqual(['c', 'a', 'b', 'd']);
    fixture.stock.dispose();
    fixture = new StockFixture(catalogue, { 'x/one': ['c'] }, { policy: 'none' });
    await fixture.start();
    fixture.stock.want(['c']);
    await pass(minute);
    expect(fixture.tried).toEqual([]);
    expect(fixture.view('c').status).toEqual({ state: 'absent' });
  });

  it('makes what lessons need again before the rest of the catalogue', async () => {
    fixture = new StockFixture(catalogue, { 'x/one': ['c'] }, { policy: 'all' });
    await fixture.start();
    await fixture.now.fail('image.build-failed');
    expect(fixture.stock.counts()).toMatchObject({ wanted: 4, needed: { wanted: 1, ready: 0, failed: 1 } });
    expect(fixture.tried).toEqual(['c', 'a']);
    await pass(minute);
    await fixture.now.succeed();
    expect(fixture.tried).toEqual(['c', 'a', 'c']);
    await fixture.now.succeed();
    expect(fixture.tried).toEqual(['c', 'a', 'c', 'b']);
    fixture.stock.want(['d']);
    await fixture.now.fail('image.build-failed');
    expect(fixture.tried).toEqual(['c', 'a', 'c', 'b', 'd']);
    expect(fixture.stock.counts()).toMatchObject({ needed: { wanted: 1, ready: 1, failed: 0 } });
  });

  it('does not miss what no lesson needs and nobody can have', async () => {
    const images = [imageOf('a'), imageOf('alpine', { build: null, hub: 'alpine:3', instead: 'Use busybox.' })];
    fixture = new StockFixture(images, {}, { policy: 'all', hub: null });
    await fixture.start();
    await fixture.now.succeed();
    expect(fixture.stock.counts()).toMatchObject({ wanted: 1, ready: 1, failed: 0, byState: { unavailable: 1 } });
    await fixture.save({ 'x/one': ['alpine'] });
    expect(fixture.stock.counts()).toMatchObject({ wanted: 2, ready: 1, failed: 1 });
  });

  it('counts what people see: also what somebody else had made', async () => {
    fixture = new StockFixture(catalogue, { 'x/one': ['c'] });
    fixture.served.set('d', madeOf('d'));
    await fixture.start();
    expect(fixture.stock.counts()).toMatchObject({ wanted: 2, ready: 1, needed: { wanted: 1, ready: 0 } });
  });

  it('makes nothing that is served already, and says nothing is missing', async () => {
    fixture = new StockFixture(catalogue, { 'x/one': ['c'] });
    fixture.served.set('c', madeOf('c'));
    expect(fixture.stock.missing()).toEqual([]);
    await fixture.start();
    await fixture.stock.looked();
    expect(fixture.tried).toEqual([]);
    expect(fixture.stock.missing()).toEqual([]);
  });

  it('makes next what somebody waits for', async () => {
    fixture = new StockFixture(catalogue, { 'x/one': ['a', 'b'], 'x/two': ['c'] });
    await fixture.start();
    fixture.stock.want(['docker.io/library/c', 'nowhere']);
    expect(fixture.view('c').status).toMatchObject({ state: 'waiting', readyIn: 20_000 });
    expect(fixture.view('b').status).toMatchObject({ state: 'waiting', readyIn: 30_000 });
    await fixture.now.succeed();
    expect(fixture.tried).toEqual(['a', 'c']);
  });

  it('makes what no listed lesson needs when somebody opens one that does', async () => {
    fixture = new StockFixture(catalogue, {});
    await fixture.start();
    fixture.stock.want(['d']);
    await flush();
    expect(fixture.tried).toEqual(['d']);
  });

  it('follows the lessons', async () => {
    fixture = new StockFixture(catalogue, { 'x/one': ['a'] });
    await fixture.start();
    await fixture.now.succeed();
    await fixture.save({ 'x/one': ['a', 'b'] });
    expect(fixture.tried).toEqual(['a', 'b']);
    expect(fixture.view('b').lessons).toEqual(['x/one']);
    await fixture.save({ 'x/two': ['a'] });
    expect(fixture.view('a').lessons).toEqual(['x/two']);
  });

  it('goes on with the others when one fails, and tries it again after growing pauses', async () => {
    fixture = new StockFixture(catalogue, { 'x/one': ['a', 'b'] });
    await fixture.start();
    await fixture.now.fail('image.build-failed', 'apt-get ended with 100.');
    expect(fixture.tried).toEqual(['a', 'b']);
    expect(fixture.view('a').status).toEqual({
      state: 'failed',
      code: 'image.build-failed',
      message: 'apt-get ended with 100.',
      retryAt: Date.now() + minute,
    });
    await fixture.now.succeed();
    await pass(minute - 1_000);
    expect(fixture.tried).toEqual(['a', 'b']);
    await pass(1_000);
    expect(fixture.tried).toEqual(['a', 'b', 'a']);
    await fixture.now.fail('image.build-failed');
    expect(fixture.view('a').status).toMatchObject({ retryAt: Date.now() + 2 * minute });
    for (let attempt = 0; attempt < 6; attempt++) {
      await pass(30 * minute);
      await fixture.now.fail('image.build-failed');
    }
    expect(fixture.view('a').status).toMatchObject({ retryAt: Date.now() + 30 * minute });
    await pass(30 * minute);
    await fixture.now.succeed();
    expect(fixture.view('a').status).toEqual({ state: 'ready' });
  });

  it('tries again sooner what somebody waits for, but not with every reload of a page', async () => {
    fixture = new StockFixture(catalogue, { 'x/one': ['a'] });
    await fixture.start();
    for (const wait of [minute, 2 * minute, 0]) {
      await fixture.now.fail('host.disk-full');
      await pass(wait);
    }
    expect(fixture.tried).toHaveLength(3);
    fixture.stock.want(['a']);
    await flush();
    expect(fixture.tried).toHaveLength(3);
    await pass(minute);
    expect(fixture.tried).toHaveLength(4);
  });

  it('leaves to people what only they can decide, and what cannot be had', async () => {
    const images = [imageOf('a'), imageOf('alpine', { build: null, hub: 'alpine:3', instead: 'Use busybox.' })];
    fixture = new StockFixture(images, { 'x/one': ['a', 'alpine'] });
    await fixture.start();
    await fixture.now.fail('image.digest-mismatch', 'Another one.');
    await fixture.now.fail('image.unavailable', 'Docker Hub does not answer. Use busybox.');
    expect(fixture.view('a').status).toMatchObject({ state: 'failed', retryAt: null });
    expect(fixture.view('alpine').status).toEqual({
      state: 'unavailable',
      message: 'Docker Hub does not answer. Use busybox.',
    });
    await pass(29 * minute);
    expect(fixture.tried).toEqual(['a', 'alpine']);
    fixture.told.length = 0;
    await pass(minute);
    // Docker Hub is asked again; nobody is told as long as nothing comes of it.
    expect(fixture.tried).toEqual(['a', 'alpine', 'alpine']);
    await pass(8_000);
    expect(fixture.view('alpine').status).toMatchObject({ state: 'unavailable' });
    await fixture.now.fail('image.unavailable', 'Docker Hub does not answer. Use busybox.');
    expect(fixture.told.flat()).toEqual([]);
    expect(fixture.stock.counts()).toMatchObject({ wanted: 2, ready: 0, failed: 2 });
  });

  it('knows without trying what Docker Hub alone has when it is not asked', async () => {
    const images = [imageOf('alpine', { build: null, hub: 'alpine:3', instead: 'Use busybox.' })];
    fixture = new StockFixture(images, { 'x/one': ['alpine'] }, { hub: null });
    await fixture.start();
    expect(fixture.tried).toEqual([]);
    expect(fixture.view('alpine').status).toMatchObject({
      state: 'unavailable',
      message: expect.stringMatching(/Use busybox\.$/),
    });
  });

  it('waits while another process makes images, and takes over what that has made', async () => {
    fixture = new StockFixture(catalogue, { 'x/one': ['a', 'b'] });
    await fixture.start();
    await fixture.now.fail('image.busy');
    expect(fixture.view('a').status).toMatchObject({ state: 'waiting', readyIn: null });
    fixture.served.set('a', madeOf('a'));
    await pass(4_000);
    expect(fixture.tried).toEqual(['a', 'b']);
    expect(fixture.view('a').status).toEqual({ state: 'ready' });
    await fixture.now.fail('image.busy');
    fixture.told.length = 0;
    fixture.work.length = 0;
    for (let attempt = 0; attempt < 10; attempt++) {
      await pass(4_000);
      fixture.now.line('waiting for process 7');
      await fixture.now.fail('image.busy');
    }
    // Nobody hears of attempts that come to nothing.
    expect(fixture.told.flat()).toEqual([]);
    expect(fixture.work).toEqual([]);
    await pass(4_500);
    expect(fixture.view('b').status).toMatchObject({ state: 'making' });
    await fixture.now.succeed();
    expect(fixture.view('b').status).toEqual({ state: 'ready' });
  });

  it('waits while the engine or the registry is away, and goes on when it is back', async () => {
    fixture = new StockFixture(catalogue, { 'x/one': ['a'] });
    fixture.away = new DrydockError('engine.unreachable', 'away');
    await fixture.start();
    await fixture.stock.looked();
    await pass(20_000);
    expect(fixture.tried).toEqual([]);
    expect(fixture.view('a').status).toEqual({
      state: 'failed',
      code: 'engine.unreachable',
      message: 'away',
      retryAt: expect.any(Number),
    });
    expect(fixture.view('b').status).toEqual({ state: 'absent' });
    fixture.away = null;
    await pass(30_000);
    expect(fixture.logged).toEqual([
      'the registry of this lab cannot be asked for images',
      'the registry of this lab answers again',
    ]);
    expect(fixture.tried).toEqual(['a']);
    expect(fixture.view('a').status).toMatchObject({ state: 'making', readyIn: expect.any(Number) });
    await fixture.now.fail('engine.unreachable');
    expect(fixture.view('a').status).toMatchObject({ state: 'waiting' });
    await pass(5_000);
    expect(fixture.tried).toEqual(['a', 'a']);
  });

  it('makes again what is not served any more', async () => {
    fixture = new StockFixture(catalogue, { 'x/one': ['a'] });
    await fixture.start();
    await fixture.now.succeed();
    // The terminal has it in words.
    expect(fixture.logged).toEqual([]);
    fixture.served.clear();
    await pass(30_000);
    expect(fixture.logged).toEqual(['an image is not served any more']);
    expect(fixture.tried).toEqual(['a', 'a']);
    await fixture.now.succeed();
    expect(fixture.view('a').status).toEqual({ state: 'ready' });
  });

  it('does not go round in circles over an image that is made and not served', async () => {
    fixture = new StockFixture(catalogue, { 'x/one': ['a'] });
    await fixture.start();
    const { succeed } = fixture.now;
    const served = vi.spyOn(fixture.served, 'set').mockReturnThis();
    await succeed();
    served.mockRestore();
    await pass(30_000);
    expect(fixture.tried).toEqual(['a']);
    expect(fixture.view('a').status).toMatchObject({ state: 'failed', code: 'registry.failed' });
    await pass(minute);
    expect(fixture.tried).toEqual(['a', 'a']);
  });

  it('learns from what was made how long the others take', async () => {
    fixture = new StockFixture(catalogue, { 'x/one': ['a', 'b'] });
    await fixture.start();
    await pass(40_000);
    // Overdue by far: what waits is as far away as it takes itself.
    expect(fixture.view('a').status).toMatchObject({ state: 'making', readyIn: 0 });
    expect(fixture.view('b').status).toMatchObject({ state: 'waiting', readyIn: 10_000 });
    await fixture.now.succeed({ tookMs: 40_000 });
    // (20 + 40) s for what should have been (20 + 10) s: twice as slow.
    expect(fixture.view('b').status).toMatchObject({ state: 'making', readyIn: 20_000 });
  });

  it('tells only what is another one, at most twice a second', async () => {
    fixture = new StockFixture(catalogue, { 'x/one': ['a'] });
    await fixture.start();
    await pass(500);
    fixture.told.length = 0;
    for (let line = 0; line < 100; line++) {
      fixture.now.line(`Step ${line}`);
      await pass(10);
    }
    expect(fixture.told.length).toBeGreaterThan(0);
    expect(fixture.told.length).toBeLessThanOrEqual(3);
    expect(fixture.told.flat().map(({ id }) => id)).not.toContain('d');
    await pass(500);
    expect(fixture.told.flat().at(-1)).toMatchObject({ id: 'a', status: { detail: 'Step 99' } });
    fixture.told.length = 0;
    await pass(5_000);
    expect(fixture.told).toEqual([]);
  });

  it('says what a pull of one moves beside what it shares with others', async () => {
    fixture = new StockFixture(catalogue, { 'x/one': ['a', 'b'] });
    fixture.served.set(
      'a',
      madeOf('a', {
        download: 160,
        layers: [
          { digest: 'base', bytes: 60 },
          { digest: 'x', bytes: 90 },
        ],
      }),
    );
    await fixture.start();
    expect(fixture.view('a').size).toEqual({ download: 160, unpacked: 200, own: 160 });
    await fixture.now.succeed({ layers: [{ digest: 'base', bytes: 60 }] });
    expect(fixture.view('a').size?.own).toBe(100);
    expect(fixture.view('b').size).toEqual({ download: 100, unpacked: 200, own: 40 });
  });

  it('says of a lesson’s images how they stand, also of those it does not know', async () => {
    fixture = new StockFixture(catalogue, { 'x/one': ['a'] });
    await fixture.start();
    expect(fixture.stock.lessonImages(['a', 'library/b', 'nowhere:1'])).toMatchObject([
      { reference: 'a', image: { id: 'a', status: { state: 'making' } } },
      { reference: 'library/b', image: { id: 'b' } },
      { reference: 'nowhere:1', image: null },
    ]);
  });

  it('gives up what is under way when it is disposed of, and tells nobody any more', async () => {
    fixture = new StockFixture(catalogue, { 'x/one': ['a', 'b'] });
    await fixture.start();
    const { signal } = fixture.now;
    fixture.told.length = 0;
    fixture.work.length = 0;
    fixture.stock.dispose();
    await fixture.stock.settled();
    expect(signal?.aborted).toBe(true);
    await pass(10 * minute);
    expect(fixture.tried).toEqual(['a']);
    expect([...fixture.told, ...fixture.work]).toEqual([]);
  });

  it('tells what it does to whoever shows it', async () => {
    fixture = new StockFixture(catalogue, { 'x/one': ['a'] });
    await fixture.start();
    fixture.now.line('Step 1');
    await fixture.now.succeed();
    expect(fixture.work).toEqual([
      { kind: 'begun', name: 'a' },
      { kind: 'told', name: 'a', detail: 'Step 1' },
      { kind: 'ended', name: 'a', tookMs: 0, status: { state: 'ready' } },
      { kind: 'rested' },
    ]);
  });
});
