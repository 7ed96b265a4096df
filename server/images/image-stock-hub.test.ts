import { describe, expect, it } from 'vitest';
import { imageOf, StockFixture, withStoppedClock } from './stock-fixture.ts';

const catalogue = ['a', 'b', 'c', 'd'].map((id) => imageOf(id));
let fixture: StockFixture;

withStoppedClock(() => fixture);

describe('a stock with what only Docker Hub has', () => {
  const alpine = imageOf('alpine', { build: null, hub: 'alpine:3', instead: 'Use busybox.' });

  it('promises no time, and tries it after all that can be built, as long as nothing came from there', async () => {
    fixture = new StockFixture([alpine, ...catalogue], { 'x/one': ['alpine', 'a'] }, { policy: 'all' });
    await fixture.start();
    expect(fixture.view('alpine')).toMatchObject({ status: { state: 'waiting', readyIn: null }, hubOnly: true });
    for (const _ of catalogue) await fixture.now.succeed();
    expect(fixture.tried).toEqual(['a', 'b', 'c', 'd', 'alpine']);
    expect(fixture.view('alpine').status).toMatchObject({ state: 'making', readyIn: null });
  });

  it('says at once that it cannot be had, where Docker Hub was asked in vain', async () => {
    fixture = new StockFixture([alpine, imageOf('ubuntu', { build: null, hub: 'ubuntu:1' }), ...catalogue], {
      'x/one': ['a', 'alpine'],
    });
    await fixture.start();
    fixture.hubTrouble = 'no such host';
    await fixture.now.succeed();
    expect(fixture.view('ubuntu').status).toEqual({
      state: 'unavailable',
      message: 'ubuntu comes from Docker Hub alone, which cannot be reached from this lab.',
    });
    expect(fixture.stock.counts()).toMatchObject({ wanted: 2, ready: 1, byState: { unavailable: 1 } });
    expect(fixture.tried).toEqual(['a', 'alpine']);
    fixture.hubTrouble = null;
    await fixture.now.succeed({ source: 'docker-hub' });
    expect(fixture.view('ubuntu').status).toEqual({ state: 'absent' });
  });

  it('takes it as one of the others where Docker Hub gives', async () => {
    fixture = new StockFixture([...catalogue, alpine], { 'x/one': ['a', 'alpine', 'b'] });
    await fixture.start();
    await fixture.now.succeed({ source: 'docker-hub' });
    expect(fixture.tried).toEqual(['a', 'alpine']);
    expect(fixture.view('alpine').status).toMatchObject({ state: 'making', readyIn: expect.any(Number) });
  });
});
