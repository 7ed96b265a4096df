import type { ImageStatus } from '../../protocol/images.ts';
import type { Disposable } from '../disposable.ts';
import { formatDuration, type Progress, type ProgressLine } from '../progress.ts';
import type { ImageStock } from './image-stock.ts';

/**
 * Shows in the terminal of a lab how its images are made: on a terminal one line that changes in place, and everywhere a
 * line for each that is done and one at the end. Nothing where all of them are there already.
 */
export function reportStock(
  stock: Pick<ImageStock, 'onWork' | 'counts'>,
  progress: Progress,
  isTerminal: boolean,
  now: () => number = Date.now,
): Disposable {
  let line: ProgressLine | null = null;
  let since: number | null = null;

  const begin = (id: string): void => {
    since ??= now();
    if (!isTerminal || line !== null) return;
    const { ready, wanted } = stock.counts();
    line = progress.begin(`image ${id}, ${ready + 1} of ${Math.max(wanted, ready + 1)}`);
  };

  const following = stock.onWork((work) => {
    switch (work.kind) {
      case 'begun':
        begin(work.id);
        break;
      case 'told':
        begin(work.id);
        line?.tell(work.detail);
        break;
      case 'ended': {
        since ??= now() - work.tookMs;
        line?.dropped();
        line = null;
        const text = endOf(work.id, work.tookMs, work.status, stock.counts());
        if (text !== null) progress.say(text);
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

/** null: nothing came of it, and that says nothing about the image. */
function endOf(
  id: string,
  tookMs: number,
  status: ImageStatus,
  { ready, wanted }: { ready: number; wanted: number },
): string | null {
  const took = formatDuration(tookMs);
  switch (status.state) {
    case 'ready':
      return `✓ image ${id} (${took}), ${ready} of ${wanted}`;
    case 'failed':
      return `✗ image ${id} (${took}): ${status.message}${status.retryAt === null ? '' : ' It is tried again.'}`;
    case 'unavailable':
      return `✗ image ${id}: ${status.message}`;
    case 'making':
    case 'waiting':
    case 'absent':
      return null;
  }
}
