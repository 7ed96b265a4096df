import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { terminalKeys } from './terminal-keys.ts';
import { touchKeySequence, withControl } from './touch-key-bar.tsx';

const actions = { copySelection: vi.fn(), openSearch: vi.fn(), leave: vi.fn() };
let handle: (event: KeyboardEvent) => boolean;

function press(key: string, options: Partial<KeyboardEvent> = {}): { toShell: boolean; prevented: boolean } {
  let prevented = false;
  const event = {
    type: 'keydown',
    key,
    code: key.length === 1 ? `Key${key.toUpperCase()}` : key,
    ctrlKey: false,
    shiftKey: false,
    altKey: false,
    metaKey: false,
    repeat: false,
    timeStamp: 0,
    preventDefault: () => {
      prevented = true;
    },
    ...options,
  };
  return { toShell: handle(event as KeyboardEvent), prevented };
}
const control = { ctrlKey: true };

beforeEach(() => {
  vi.useFakeTimers();
  handle = terminalKeys(actions);
});
afterEach(() => {
  vi.clearAllMocks();
  vi.useRealTimers();
});

test('Ctrl+C, Ctrl+K, Ctrl+P, Tab and letters are the shell’s', () => {
  for (const key of ['c', 'k', 'p', 'r']) expect(press(key, control)).toEqual({ toShell: true, prevented: false });
  for (const key of ['Tab', 'a', 'F5']) expect(press(key).toShell).toBe(true);
});

test('pasting is the browser’s', () => {
  expect(press('v', control)).toEqual({ toShell: false, prevented: false });
  expect(press('V', { ctrlKey: true, shiftKey: true, code: 'KeyV' })).toEqual({ toShell: false, prevented: false });
  expect(press('Insert', { shiftKey: true })).toEqual({ toShell: false, prevented: false });
});

test('Ctrl+Shift+C copies and keeps the inspector closed', () => {
  expect(press('C', { ctrlKey: true, shiftKey: true, code: 'KeyC' })).toEqual({ toShell: false, prevented: true });
  expect(actions.copySelection).toHaveBeenCalledOnce();
});

test('the page keeps F6, Ctrl+` and Ctrl+Shift+P', () => {
  expect(press('F6').toShell).toBe(false);
  expect(press('`', { ctrlKey: true, code: 'Backquote' }).toShell).toBe(false);
  expect(press('P', { ctrlKey: true, shiftKey: true, code: 'KeyP' }).toShell).toBe(false);
});

test('Ctrl+F searches', () => {
  expect(press('f', control)).toEqual({ toShell: false, prevented: true });
  expect(actions.openSearch).toHaveBeenCalledOnce();
});

test('Esc twice within half a second leaves, and the shell gets both', () => {
  expect(press('Escape', { timeStamp: 0 }).toShell).toBe(true);
  expect(press('Escape', { timeStamp: 400 }).toShell).toBe(true);
  vi.runAllTimers();
  expect(actions.leave).toHaveBeenCalledOnce();
});

test('Esc twice slowly, held down, or with a key between does not leave', () => {
  press('Escape', { timeStamp: 0 });
  press('Escape', { timeStamp: 600 });
  press('x', { timeStamp: 650 });
  press('Escape', { timeStamp: 700 });
  press('Escape', { timeStamp: 720, repeat: true });
  vi.runAllTimers();
  expect(actions.leave).not.toHaveBeenCalled();
});

test('keys for touch', () => {
  expect(touchKeySequence('up', false)).toBe('\x1b[A');
  expect(touchKeySequence('up', true)).toBe('\x1bOA');
  expect(withControl('c')).toBe('\x03');
  expect(withControl('ls')).toBe('ls');
  expect(withControl('é')).toBe('é');
});
