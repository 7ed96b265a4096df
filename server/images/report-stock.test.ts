import { describe, expect, it } from 'vitest';
import type { ImageStatus } from '../../protocol/images.ts';
import { Emitter } from '../emitter.ts';
import { Progress } from '../progress.ts';
import type { StockWork } from './image-stock.ts';
import { reportStock } from './report-stock.ts';

function setUp(isTTY: boolean, { wanted, forLessons } = { wanted: 3, forLessons: 3 }) {
  const work = new Emitter<StockWork>((error) => {
    throw error;
  });
  const written: string[] = [];
  let now = 0;
  const clock = () => now;
  const progress = new Progress({ write: (text) => void written.push(text), isTTY, columns: 80 }, clock);
  const needed = { wanted: forLessons, ready: 0, failed: 0 };
  const counts = { wanted, ready: 0, failed: 0, needed, byState: {} as never };
  const report = reportStock({ onWork: (listener) => work.on(listener), counts: () => counts }, progress, isTTY, clock);
  const make = (name: string, tookMs: number, status: ImageStatus, isForLessons = true) => {
    work.emit({ kind: 'begun', name });
    work.emit({ kind: 'told', name, detail: 'Step 1/3' });
    now += tookMs;
    for (const count of isForLessons ? [counts, needed] : [counts]) {
      if (status.state === 'ready') count.ready += 1;
      if (status.state === 'failed') count.failed += 1;
    }
    work.emit({ kind: 'ended', name, tookMs, status });
  };
  return { written, make, rest: () => work.emit({ kind: 'rested' }), work, progress, report };
}

const failed: ImageStatus = { state: 'failed', code: 'image.build-failed', message: 'It ended with 1.', retryAt: 1 };

describe('the report of a lab’s images', () => {
  it('is a line for each that is done, and one at the end', () => {
    const { written, make, rest, progress } = setUp(false);
    make('busybox', 6_000, { state: 'ready' });
    make('nginx', 14_000, { state: 'ready' });
    make('redis', 2_000, failed);
    rest();
    rest();
    make('redis', 40_000, { state: 'ready' });
    rest();
    progress.dispose();
    expect(written).toEqual([
      '✓ image busybox (6.0 s), 1 of 3\n',
      '✓ image nginx (14 s), 2 of 3\n',
      '✗ image redis (2.0 s): It ended with 1. It is tried again.\n',
      '2 of 3 images are ready (22 s); the page /images says why the others are not.\n',
      '✓ image redis (40 s), 3 of 3\n',
      'All 3 images are ready (40 s).\n',
    ]);
  });

  it('says when lessons have theirs, and how many follow', () => {
    const { written, make, rest, progress } = setUp(false, { wanted: 4, forLessons: 2 });
    make('busybox', 20_000, { state: 'ready' });
    make('debian', 42_000, { state: 'ready' });
    make('nginx', 60_000, { state: 'ready' }, false);
    make('redis', 60_000, { state: 'ready' }, false);
    rest();
    progress.dispose();
    expect(written.filter((line) => !line.startsWith('✓'))).toEqual([
      'Images for the lessons are ready (1 min 2 s); 2 more follow.\n',
      'All 4 images are ready (3 min 2 s).\n',
    ]);
  });

  it('says that of lessons too when one of theirs failed, and not when they had theirs before', () => {
    const lab = setUp(false, { wanted: 3, forLessons: 2 });
    lab.make('busybox', 1_000, failed);
    lab.make('debian', 1_000, { state: 'ready' });
    lab.make('nginx', 1_000, { state: 'ready' }, false);
    expect(lab.written.filter((line) => !/^[✓✗]/.test(line))).toEqual([
      '1 of 2 images for the lessons are ready (2.0 s); 1 more follows.\n',
    ]);
    const other = setUp(false, { wanted: 2, forLessons: 0 });
    other.make('nginx', 1_000, { state: 'ready' }, false);
    expect(other.written.join('')).not.toContain('lessons');
  });

  it('says nothing where everything is there, or another process makes it', () => {
    const { written, make, rest, progress } = setUp(false);
    rest();
    make('busybox', 100, { state: 'waiting', at: 0, readyIn: null });
    progress.dispose();
    expect(written).toEqual([]);
  });

  it('changes one line in place in a terminal, which lines of the log do not end up in', () => {
    const { written, work, progress, report } = setUp(true);
    work.emit({ kind: 'begun', name: 'nginx' });
    work.emit({ kind: 'told', name: 'nginx', detail: 'Step 1/3' });
    progress.refresh();
    expect(written.at(-1)).toBe('… image nginx, 1 of 3 (0.0 s) — Step 1/3');
    progress.above(() => written.push('a line of the log\n'));
    const clear = '\r\u001b[2K';
    expect(written.slice(-4)).toEqual([
      clear,
      'a line of the log\n',
      clear,
      '… image nginx, 1 of 3 (0.0 s) — Step 1/3',
    ]);
    report.dispose();
    progress.dispose();
    expect(written.at(-1)).toBe(clear);
  });
});
