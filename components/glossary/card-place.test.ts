import { expect, it } from 'vitest';
import { cardPlace } from './card-place.ts';

const window = { width: 400, height: 600 };
const card = { width: 320, height: 100 };

it('puts a card under its word', () => {
  expect(cardPlace({ left: 20, top: 80, bottom: 100 }, card, window)).toEqual({ left: 20, top: 106 });
});

it('keeps it inside the window', () => {
  expect(cardPlace({ left: 300, top: 80, bottom: 100 }, card, window).left).toBe(72);
  expect(cardPlace({ left: -5, top: 80, bottom: 100 }, card, window).left).toBe(8);
});

it('puts it above where there is no room below', () => {
  expect(cardPlace({ left: 20, top: 560, bottom: 580 }, card, window).top).toBe(454);
  expect(cardPlace({ left: 20, top: 60, bottom: 80 }, { width: 320, height: 560 }, window).top).toBe(86);
});
