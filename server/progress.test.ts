import { describe, expect, it } from 'vitest';
import { formatDuration, Progress } from './progress.ts';

function setUp(isTTY: boolean): { progress: Progress; written: string[]; pass: (milliseconds: number) => void } {
  const written: string[] = [];
  let now = 0;
  const pass = (milliseconds: number): void => {
    now += milliseconds;
  };
  const progress = new Progress({ write: (text) => void written.push(text), isTTY, columns: 60 }, () => now);
  return { progress, written, pass };
}

describe('Progress', () => {
  it('writes a line every five seconds where lines cannot be rewritten', () => {
    const { progress, written, pass } = setUp(false);
    const line = progress.begin('sandbox image');
    line.tell('\u001b[32mUnpacking\u001b[0m git\r\n');
    pass(4000);
    progress.refresh();
    pass(1000);
    progress.refresh();
    pass(2000);
    line.done();
    progress.dispose();
    expect(written).toEqual([
      '… sandbox image\n',
      '  sandbox image (5.0 s) — Unpacking git\n',
      '✓ sandbox image (7.0 s)\n',
    ]);
  });

  it('shows all that runs on one line in a terminal, cut to its width', () => {
    const { progress, written, pass } = setUp(true);
    progress.begin('pages');
    progress.begin('sandbox image');
    pass(61_000);
    progress.refresh();
    progress.dispose();
    const drawn = written.filter((text) => text.includes('sandbox')).at(-1) ?? '';
    expect(drawn).toBe('… pages (1 min 1 s) · sandbox image (1 min 1 s)');
    expect(written.every((text) => !text.includes('\n'))).toBe(true);
  });

  it('says nothing of what was dropped', () => {
    const { progress, written } = setUp(false);
    progress.begin('pages').dropped();
    progress.dispose();
    expect(written).toEqual(['… pages\n']);
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0.0 s'],
    [9_940, '9.9 s'],
    [59_400, '59 s'],
    [125_000, '2 min 5 s'],
  ])('writes %i ms as %s', (milliseconds, text) => expect(formatDuration(milliseconds)).toBe(text));
});
