import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LiveDisplay } from './live-display.ts';
import { screenText } from './screen-text.ts';

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

function displayOn(isTTY: boolean) {
  const written: string[] = [];
  const write = (text: string) => void written.push(text.replaceAll('\n', '\r\n'));
  const display = new LiveDisplay({ write, isTTY, columns: 60 });
  return { display, write, shown: () => screenText(written.join(''), { cols: 60, rows: 20 }) };
}

test('a terminal shows one line for each lesson, which changes in place', () => {
  const { display, write, shown } = displayOn(true);
  const one = display.begin('shop/one');
  const two = display.begin('shop/two');
  one.tell({ step: 2, steps: 3, doing: 'docker run --name web' });
  two.tell({ doing: 'x'.repeat(100) });
  vi.advanceTimersByTime(1_200);
  expect(shown()).toEqual([
    '… shop/one (1 s) · step 2 of 3 · docker run --name web',
    `… shop/two (1 s) · ${'x'.repeat(39)}…`,
  ]);
  one.end();
  display.say(() => write('✓ shop/one\n'));
  vi.advanceTimersByTime(1_000);
  expect(shown()).toEqual(['✓ shop/one', `… shop/two (2 s) · ${'x'.repeat(39)}…`]);
  two.end();
  display.dispose();
  expect(shown()).toEqual(['✓ shop/one']);
});

test('elsewhere it is a line when a lesson begins', () => {
  const { display, shown } = displayOn(false);
  const line = display.begin('shop/one');
  line.tell({ step: 1, steps: 1, doing: 'docker ps' });
  vi.advanceTimersByTime(60_000);
  line.end();
  display.dispose();
  expect(shown()).toEqual(['… shop/one']);
});
