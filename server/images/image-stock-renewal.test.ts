import { describe, expect, it } from 'vitest';
import { imageOf, madeOf, minute, pass, StockFixture, withStoppedClock } from './stock-fixture.ts';

const catalogue = ['a', 'b'].map((id) => imageOf(id));
let fixture: StockFixture;

withStoppedClock(() => fixture);

describe('a stock that has an older make of an image', () => {
  const older = (...ids: string[]) => {
    for (const id of ids) {
      fixture.served.set(id, madeOf(id));
      fixture.outdated.add(id);
    }
  };

  it('goes on serving it, and renews it when nothing is missing', async () => {
    fixture = new StockFixture(catalogue, { 'x/one': ['a', 'b'] });
    older('a');
    await fixture.start();
    expect(fixture.tried).toEqual(['b']);
    expect(fixture.view('a').status).toEqual({ state: 'ready', note: expect.stringContaining('older') as string });
    expect(fixture.stock.missing().map(({ id }) => id)).toEqual(['b']);
    await fixture.now.succeed();
    expect(fixture.tried).toEqual(['b', 'a']);
    // To everybody all is there already.
    expect(fixture.work.at(-1)).toEqual({ kind: 'rested' });
    expect(fixture.stock.counts()).toMatchObject({ wanted: 2, ready: 2, failed: 0 });
    expect(fixture.view('a').status).toMatchObject({ state: 'ready' });
    await fixture.now.succeed({ digest: 'sha256:newer' });
    expect(fixture.view('a')).toMatchObject({ status: { state: 'ready' }, digest: 'sha256:newer' });
    expect(fixture.view('a').status).not.toHaveProperty('note');
    await fixture.stock.settled();
  });

  it('makes no failure of one that cannot be renewed, and tries it again after long pauses', async () => {
    fixture = new StockFixture(catalogue, { 'x/one': ['a', 'b'] });
    older('a', 'b');
    await fixture.start();
    await fixture.now.fail('image.build-failed', 'No network.');
    await fixture.now.fail('image.unavailable', 'Nobody answers.');
    expect(fixture.tried).toEqual(['a', 'b']);
    await fixture.stock.settled();
    expect(fixture.view('a').status).toMatchObject({
      state: 'ready',
      note: expect.stringContaining('No network.') as string,
    });
    expect(fixture.stock.missing()).toEqual([]);
    expect(fixture.stock.counts()).toMatchObject({ ready: 2, failed: 0, byState: { ready: 2, failed: 0 } });
    expect(fixture.work.filter(({ kind }) => kind !== 'rested')).toEqual([]);
    await pass(29 * minute);
    expect(fixture.tried).toHaveLength(2);
    await pass(2 * minute);
    await fixture.now.fail('image.build-failed', 'No network.');
    await fixture.now.fail('image.build-failed', 'No network.');
    await pass(59 * minute);
    expect(fixture.tried).toHaveLength(4);
    await pass(2 * minute);
    expect(fixture.tried).toHaveLength(5);
  });

  it('does not renew without end what is another one each time', async () => {
    fixture = new StockFixture(catalogue, { 'x/one': ['a'] });
    older('a');
    await fixture.start();
    // Somebody is in the midst of changing its files.
    fixture.outdated.delete = () => false;
    await fixture.now.succeed();
    expect(fixture.view('a').status).toMatchObject({ note: expect.stringContaining('changed while') as string });
    await pass(29 * minute);
    expect(fixture.tried).toEqual(['a']);
    await pass(2 * minute);
    expect(fixture.tried).toEqual(['a', 'a']);
  });

  it('tidies the registry once, when all is made', async () => {
    fixture = new StockFixture(catalogue, { 'x/one': ['a'] });
    await fixture.start();
    expect(fixture.tidied).toBe(0);
    await fixture.now.succeed();
    await fixture.stock.settled();
    await pass(10 * minute);
    expect(fixture.tidied).toBe(1);
  });
});
