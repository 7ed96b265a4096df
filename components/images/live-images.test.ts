import { describe, expect, it } from 'vitest';
import type { ImageView } from '../../protocol/images.ts';
import { failed, image, making, ready, waiting } from './fake-images.ts';
import { type ImagesChange, type LiveImages, mayBeOutdated, reduceImages } from './live-images.ts';
import { leftOf } from './time-left.ts';

const begin = (...images: ImageView[]): LiveImages => ({ shown: images, since: [] });
const follow = (live: LiveImages, ...changes: ImagesChange[]) => changes.reduce(reduceImages, live).shown;
const told = (...images: ImageView[]): ImagesChange => ({ type: 'told', images });
const rendered = (...images: ImageView[]): ImagesChange => ({ type: 'rendered', images });
const states = (images: readonly ImageView[]) => images.map(({ id, status }) => `${id} ${status.state}`);

describe('images of a page', () => {
  it('keep their order when facts come, and new ones are added at the end', () => {
    const shown = follow(
      begin(image('a', waiting(1)), image('b', waiting(2))),
      told(image('c', ready), image('b', ready)),
    );
    expect(states(shown)).toEqual(['a waiting', 'b ready', 'c ready']);
  });

  it('lets a fact that came after the page was asked for anew win over what it was rendered with', () => {
    const before = begin(image('a', waiting(1)), image('b', waiting(2)));
    const changes = [told(image('a', making(1))), { type: 'asked' }, told(image('b', ready))] as const;
    const shown = follow(before, ...changes, rendered(image('a', ready), image('b', making(5))));
    expect(states(shown)).toEqual(['a ready', 'b ready']);
  });

  it('forgets what is no longer in the catalogue', () => {
    expect(states(follow(begin(image('a', ready), image('b', ready)), rendered(image('b', ready))))).toEqual([
      'b ready',
    ]);
  });

  const leftAt = (now: number, ...facts: ImagesChange[]) => {
    const [first] = follow(begin(image('a', making(40_000, 0))), ...facts);
    return first === undefined ? null : leftOf(first.status, now);
  };

  it('does not let the time that is left jump back by a little', () => {
    expect(leftAt(10_000, told(image('a', making(38_000, 10_000))))).toBe(30_000);
    expect(leftAt(10_000, rendered(image('a', making(38_000, 10_000))))).toBe(30_000);
  });

  it('follows an estimate that is much later, or sooner', () => {
    expect(leftAt(10_000, told(image('a', making(90_000, 10_000))))).toBe(90_000);
    expect(leftAt(10_000, told(image('a', making(5_000, 10_000))))).toBe(5_000);
  });

  it('stays overdue as long as a few seconds more are estimated again and again', () => {
    const again = [45_000, 60_000].map((at) => told(image('a', making(4_000, at))));
    expect(leftAt(60_000, ...again)).toBe(-20_000);
    expect(leftAt(60_000, ...again, told(image('a', making(20_000, 60_000))))).toBe(20_000);
  });
});

it('asks for the page anew at the first connection for whatever was not ready when it was rendered', () => {
  const here = image('a', ready);
  expect(mayBeOutdated([here], false)).toBe(false);
  expect(mayBeOutdated([here], true)).toBe(true);
  for (const status of [waiting(1), failed('No room.', 1), { state: 'absent' } as const])
    expect(mayBeOutdated([here, image('b', status)], false)).toBe(true);
});
