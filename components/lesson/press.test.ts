import type { KeyboardEvent } from 'react';
import { expect, it, vi } from 'vitest';
import { isSlip, pressOnce } from './press.ts';

const idle = { pending: false, words: null, tone: 'done', busy: false } as const;

it('a key does not press again what shows that it has worked, or is on its way; a pointer does', () => {
  const worked = { ...idle, words: 'Typed into terminal 1.' };
  expect(isSlip({ by: 'keyboard' }, worked, true)).toBe(true);
  expect(isSlip({ by: 'keyboard' }, { ...idle, pending: true }, false)).toBe(true);
  // A pointer pressed it before, or the focus has been elsewhere: it is meant.
  expect(isSlip({ by: 'keyboard' }, worked, false)).toBe(false);
  expect(isSlip({ by: 'mouse' }, worked, true)).toBe(false);
  expect(isSlip({ by: 'touch' }, worked, true)).toBe(false);
  expect(isSlip({ by: 'keyboard' }, idle, true)).toBe(false);
});

it('a key may press again what was refused', () => {
  const refused = { pending: false, words: 'A command runs there.', tone: 'refused', busy: true } as const;
  expect(isSlip({ by: 'keyboard' }, refused, true)).toBe(false);
});

it('a key that is held down presses once, and other keys are left alone', () => {
  const stopped = (key: string, repeat: boolean) => {
    const preventDefault = vi.fn();
    pressOnce({ key, repeat, preventDefault } as unknown as KeyboardEvent);
    return preventDefault.mock.calls.length > 0;
  };
  expect([stopped('Enter', true), stopped(' ', true)]).toEqual([true, true]);
  expect([stopped('Enter', false), stopped(' ', false), stopped('Tab', true)]).toEqual([false, false, false]);
});
