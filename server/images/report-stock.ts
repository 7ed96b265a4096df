import type { ImageStatus } from '../../protocol/images.ts';
import type { Disposable } from '../disposable.ts';
import { formatDuration, type Progress, type ProgressLine } from '../progress.ts';
import type { ImageStock } from './image-stock.ts';
import type { StockCounts } from './image-stock-counts.ts';

/**
 * Shows in the terminal of a lab how its images are made: on a terminal one line that changes in place, and everywhere a
 * line for each that is done, one when lessons have theirs, and one at the end. Nothing where all of them are there already.
 */
export function reportStock(
  stock: Pick<ImageStock, 'onWork' | 'counts'>,
  progress: Progress,
  isTerminal: boolean,
  now: () => number = Date.now,
): Disposable {
  let line: ProgressLine | null = null;
  let since: number | null = null;
  /** Lessons wait for some. */
  let isAwaited = false;

  const begin = (name: string): void => {
    since ??= now();
    if (!isTerminal || line !== null) return;
    const { ready, wanted } = stock.counts();
    line = progress.begin(`image ${name}, ${ready + 1} of ${Math.max(wanted, ready + 1)}`);
  };

  const following = stock.onWork((work) => {
    switch (work.kind) {
      case 'begun':
        begin(work.name);
        isAwaited ||= isOpen(stock.counts().needed);
        break;
      case 'told':
        begin(work.name);
        line?.tell(work.detail);
        break;
      case 'ended': {
        since ??= now() - work.tookMs;
        line?.dropped();
        line = null;
        const counts = stock.counts();
        const text = endOf(work.name, work.tookMs, work.status, counts);
        if (text !== null) progress.say(text);
        if (!isAwaited || isOpen(counts.needed)) break;
        isAwaited = false;
        const more = counts.wanted - counts.ready - counts.failed;
        if (more > 0) progress.say(lessonsHaveTheirs(counts.needed, now() - since, more));
        break;
      }
      case 'rested': {
        if (since === null) break;
        const took = formatDuration(now() - since);
        since = null;
        const { ready, wanted } = stock.counts();
        if (ready === 0) break;
        progress.say(
          ready < wanted
            ? `${ready} of ${wanted} images are ready (${took}); the page /images says why the others are not.`
            : `All ${wanted} images are ready (${took}).`,
        );
        break;
      }
    }
  });
  return {
    dispose: () => {
      following.dispose();
      line?.dropped();
      line = null;
    },
  };
}

/** Some are neither there nor known not to come. */
function isOpen({ wanted, ready, failed }: StockCounts['needed']): boolean {
  return ready + failed < wanted;
}

function lessonsHaveTheirs({ wanted, ready }: StockCounts['needed'], tookMs: number, more: number): string {
  const follow = `${more} more ${more === 1 ? 'follows' : 'follow'}`;
  const took = formatDuration(tookMs);
  return ready < wanted
    ? `${ready} of ${wanted} images for the lessons are ready (${took}); ${follow}.`
    : `Images for the lessons are ready (${took}); ${follow}.`;
}

/** null: nothing came of it, and that says nothing about the image. */
function endOf(
  name: string,
  tookMs: number,
  status: ImageStatus,
  { ready, wanted }: { ready: number; wanted: number },
): string | null {
  const took = formatDuration(tookMs);
  switch (status.state) {
    case 'ready':
      return `✓ image ${name} (${took}), ${ready} of ${wanted}`;
    case 'failed':
      return `✗ image ${name} (${took}): ${status.message}${status.retryAt === null ? '' : ' It is tried again.'}`;
    case 'unavailable':
      return `✗ image ${name}: ${status.message}`;
    case 'making':
    case 'waiting':
    case 'absent':
      return null;
  }
}
